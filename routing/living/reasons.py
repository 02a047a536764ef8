"""Why a visit has no room in what is left of a day: the reasons of a whole day, told from now."""

from collections.abc import Sequence
from dataclasses import replace

from routing.compiled import CompiledDay
from routing.living.problem import LivingDay
from routing.reasons import explain
from routing.route import DayRoute, LeftOut

SHIFT_OVER = "shift_over"
SAID_FROM_NOW = (
    ("the shift starts", "the rep can go on at"),
    ("outside the shift of", "outside what is left of the shift,"),
    ("the shift is", "what is left of the shift is"),
)
"""A shift that is under way began before: what the sentences of a whole day say, and what they mean now."""


def explain_now(living: LivingDay, day: CompiledDay, order: Sequence[int], route: DayRoute) -> tuple[LeftOut, ...]:
    """A reason for each visit that is not on the rest of the day; its code is one of a whole day, or `SHIFT_OVER`."""
    ends_s = living.shift.closes_s
    return tuple(
        _shift_over(left, ends_s) if living.ready_s >= ends_s else replace(left, reason=_from_now(left.reason))
        for left in explain(day, order, route)
    )


def _shift_over(left: LeftOut, ends_s: int) -> LeftOut:
    told = f"The shift ended at {ends_s // 3600 % 24:02d}:{ends_s % 3600 // 60:02d}."
    return LeftOut(left.stop_id, SHIFT_OVER, told, {"shift_ends_at_s": ends_s}, left.mandatory)


def _from_now(reason: str) -> str:
    for of_a_day, from_now in SAID_FROM_NOW:
        reason = reason.replace(of_a_day, from_now)
    return reason
