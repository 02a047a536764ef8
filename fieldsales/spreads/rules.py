"""Visits that are wanted, spread over days and reps as far as there is room.

The wish with the most behind it chooses first, of equals the one with the smaller id, so that the order in which wishes
are given changes nothing. It takes, in this order,

1. the first of its reps who has a day for it, as the wish names them (whose turn it is stands first);
2. the weekday on which the customer usually orders, if that day has room;
3. the soonest day, or, where days shall be filled evenly, the one with the most room left.

A day is one for it if the shop is open then, if it is far enough from every other visit of the customer, and if the rep
has room for the service and one more leg of the road. Reps who go together need room on the same day. A customer who
is on a plan already within the days gets no second visit. Everything that was wanted is told: where it went, or why
not.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

Slot = tuple[uuid.UUID, date]
"""A rep's day."""


class Fate(StrEnum):
    """What became of a wish. `there`: it was on a plan already; `joined`: and that visit now asks for the cause too.

    All others say why it did not fit.
    """

    PLANNED = "planned"
    THERE = "there"
    JOINED = "joined"
    NOBODY = "nobody"
    HELD_OUT = "held_out"
    NOT_OPEN = "not_open"
    NOT_DUE = "not_due"
    NOT_YOUR_TURN = "not_your_turn"
    CLOSED = "closed"
    TOO_SOON = "too_soon"
    NO_ROOM = "no_room"


TOLD: Mapping[Fate, str] = {
    Fate.NOBODY: "None of these reps serves the customer on these days, or works on them.",
    Fate.HELD_OUT: "Held out by lot: nobody is sent there on these days.",
    Fate.CLOSED: "The shop is closed on these days while the rep works.",
    Fate.TOO_SOON: "Too near to another visit of the customer, on {near}.",
    Fate.NO_ROOM: "No day that would do has room for {minutes} more minutes.",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """A visit that is wanted.

    Attributes:
        customer_id: To whom; one wish for a customer.
        reps: Who may go, in the order in which they are asked; all of them at once if `together`.
        service_s: How long the visit takes, without the way there.
        value: What it is worth beside others.
        days: The days on which it may be made.
        open_days: Those of them on which the shop is open.
        near: Days of other visits of the customer, made or planned, outside the span or by others.
        minimum_gap_days: How far from these it must lie at least; 1: only not on the same day.
        weekday: The one on which the customer usually orders (Monday is 0).
        there: Where it is on a plan already.
        refused: Why it is not wanted after all, with what to tell.
    """

    customer_id: uuid.UUID
    reps: tuple[uuid.UUID, ...]
    service_s: int
    value: int
    days: frozenset[date]
    open_days: frozenset[date]
    near: tuple[date, ...] = ()
    minimum_gap_days: int = 1
    weekday: int | None = None
    together: bool = False
    there: tuple[Slot, ...] = ()
    refused: tuple[Fate, str] | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What became of a wish: on whose days it is now (`slots`), or why on nobody's."""

    customer_id: uuid.UUID
    fate: Fate
    slots: tuple[Slot, ...] = ()
    reason: str = ""


def spread(
    wishes: Iterable[Wish], room_s: Mapping[Slot, int], travel_s: Mapping[uuid.UUID, int], *, evenly: bool = False
) -> list[Told]:
    """Return what becomes of each wish, the most valuable first.

    Parameters
    ----------
    wishes : at most one for a customer.
    room_s : the free seconds of each rep's working days; a day that is not named is not worked.
    travel_s : the mean leg of each rep in seconds.
    evenly : fill the day with the most room first, rather than the soonest.
    """
    left = dict(room_s)
    return [_settle(wish, left, travel_s, evenly=evenly) for wish in sorted(wishes, key=_first)]


def _first(wish: Wish) -> tuple[int, uuid.UUID]:
    return -wish.value, wish.customer_id


def _settle(wish: Wish, left: dict[Slot, int], travel_s: Mapping[uuid.UUID, int], *, evenly: bool) -> Told:
    if wish.there:
        return Told(wish.customer_id, Fate.THERE, wish.there)
    if wish.refused:
        return Told(wish.customer_id, wish.refused[0], reason=wish.refused[1])
    worked = [
        day
        for day in sorted(wish.days)
        if any((rep, day) in left for rep in wish.reps)
        and (not wish.together or all((rep, day) in left for rep in wish.reps))
    ]
    opened = [day for day in worked if day in wish.open_days]
    free = [day for day in opened if _far_enough(day, wish)]
    for team in [wish.reps] if wish.together else [(rep,) for rep in wish.reps]:
        fitting = [day for day in free if all(_fits((rep, day), wish, left, travel_s) for rep in team)]
        if fitting:
            day = min(fitting, key=lambda day: _order(day, team, wish, left, evenly=evenly))
            for rep in team:
                left[rep, day] -= _needed(rep, wish, travel_s)
            return Told(wish.customer_id, Fate.PLANNED, tuple((rep, day) for rep in team))
    return _unfit(wish, worked, opened, free, travel_s)


def _order(
    day: date, team: Sequence[uuid.UUID], wish: Wish, left: Mapping[Slot, int], *, evenly: bool
) -> tuple[bool, int, date]:
    room = min(left[rep, day] for rep in team)
    return wish.weekday is not None and day.weekday() != wish.weekday, -room if evenly else 0, day


def _needed(rep: uuid.UUID, wish: Wish, travel_s: Mapping[uuid.UUID, int]) -> int:
    return wish.service_s + travel_s.get(rep, 0)


def _fits(slot: Slot, wish: Wish, left: Mapping[Slot, int], travel_s: Mapping[uuid.UUID, int]) -> bool:
    return slot in left and _needed(slot[0], wish, travel_s) <= left[slot]


def _far_enough(day: date, wish: Wish) -> bool:
    gap = timedelta(days=max(1, wish.minimum_gap_days))
    return all(abs(day - other) >= gap for other in wish.near)


def _unfit(
    wish: Wish, worked: Sequence[date], opened: Sequence[date], free: Sequence[date], travel_s: Mapping[uuid.UUID, int]
) -> Told:
    fate = Fate.NO_ROOM
    for found, why in ((worked, Fate.NOBODY), (opened, Fate.CLOSED), (free, Fate.TOO_SOON)):
        if not found:
            fate = why
            break
    near = min(wish.near, key=lambda other: (_distance(other, opened), other)) if fate is Fate.TOO_SOON else None
    minutes = -(-max((_needed(rep, wish, travel_s) for rep in wish.reps), default=wish.service_s) // 60)
    return Told(wish.customer_id, fate, reason=TOLD[fate].format(near=near, minutes=minutes))


def _distance(other: date, days: Sequence[date]) -> timedelta:
    return min((abs(other - day) for day in days), default=timedelta())
