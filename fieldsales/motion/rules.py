"""What the movement says: whether anybody can have got there so fast, and whether anybody stood there at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

from fieldsales.evidence.rules import Evidence, Fix, Limits, Signal, Spot, Told, doubt_m, near
from fieldsales.stays.rules import seconds_near
from fieldsales.visits.models import EventKind
from fieldsales.visits.rules import metres_between

IMPOSSIBLE = "impossible_speed"
IN_AND_OUT = "in_and_out"
SHORT = "short_stay"
DRIVE_BY = "drive_by"
NOT_THERE = "track_was_elsewhere"
_SURROUNDINGS = timedelta(minutes=10)
_MOMENT = timedelta(seconds=100)
_LEAST_FIXES = 4


def signals(evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    """Tell what is odd about how the phone moved to the customer, and there."""
    yield from _speed(evidence, limits)
    yield from _inside(evidence, limits)
    yield from _standing(evidence, limits)


def _speed(evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    fastest = 0.0
    for told in evidence.told:
        if told.fix is not None:
            others = [each.fix for each in evidence.neighbours] + _jumps(told.fix, evidence.track, limits)
            own = [each.fix for each in evidence.told if each.fix and each is not told]
            fastest = max([fastest, *(_mps(told.fix, other, limits) for other in others + own)])
    if fastest > limits.most_mps:
        says = f"To be there and where the phone was otherwise, it went at least {fastest * 3.6:,.0f} km/h."
        yield Signal(IMPOSSIBLE, 1.0, says, {"kmh": round(min(fastest * 3.6, 100_000))})


def _jumps(fix: Fix, track: Sequence[Fix], limits: Limits) -> list[Fix]:
    """The last three fixes before or first three after that all lie too far off: one alone may be a reflection."""
    around = [each for each in track if abs(each.at - fix.at) <= _SURROUNDINGS / 2]
    before = [each for each in around if each.at < fix.at][-3:]
    after = [each for each in around if each.at > fix.at][:3]
    return [
        side[-1]
        for side in (before, after[::-1])
        if len(side) == 3 and all(_mps(fix, each, limits) > limits.most_mps for each in side)
    ]


def _mps(one: Fix, other: Fix, limits: Limits) -> float:
    doubt = doubt_m(one) + doubt_m(other)
    if near(one.spot, other.spot, limits.least_jump_m + doubt):
        return 0.0
    apart = metres_between(one.spot, other.spot) - doubt
    if apart < limits.least_jump_m:
        return 0.0
    return apart / max(1.0, abs((one.at - other.at).total_seconds()))


def _inside(evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    seconds = evidence.seconds
    if seconds is None or seconds < 0 or evidence.excused:
        return
    if seconds < limits.seconds_inside:
        says = f"Check-in and check-out are {seconds:.0f} seconds apart, and no cause is given."
        yield Signal(IN_AND_OUT, 1.0, says, {"seconds": round(seconds)})
    elif seconds < max(limits.stay_s, evidence.least_s):
        says = f"It lasted {seconds / 60:.0f} minutes, and no cause is given."
        yield Signal(SHORT, 1.0, says, {"seconds": round(seconds)})


def _standing(evidence: Evidence, limits: Limits) -> Iterator[Signal]:
    came = evidence.first(EventKind.CHECK_IN)
    if came is None or came.fix is None:
        return
    left = evidence.first(EventKind.CHECK_OUT)
    until = max(came.at, left.at if left else came.at) + _SURROUNDINGS
    around = [each for each in evidence.track if came.at - _SURROUNDINGS <= each.at <= until]
    if len(around) < _LEAST_FIXES or not any(abs(each.at - came.at) <= _MOMENT * 2 for each in around):
        return
    stood = max(seconds_near(around, spot, radius) for spot, radius in _spots(came.fix, evidence))
    speed = _pace(came, around)
    claimed = evidence.seconds or 0.0
    if speed > limits.moving_mps and stood < limits.stay_s:
        pace = f"{speed * 3.6:.0f} km/h"
        says = f"Around the check-in the phone moved at {pace}, and it stood there for {stood:.0f} seconds."
        yield Signal(DRIVE_BY, 1.0, says, {"kmh": round(speed * 3.6), "stood_s": round(stood)})
    elif claimed > 2 * limits.stay_s and stood < min(limits.stay_s, claimed / 4):
        says = f"{claimed / 60:.0f} minutes are claimed; by the track the phone was there for {stood / 60:.0f}."
        yield Signal(NOT_THERE, 1.0, says, {"claimed_s": round(claimed), "stood_s": round(stood)})


def _spots(told: Fix, evidence: Evidence) -> list[tuple[Spot, float]]:
    """Where the visit may have been, and how near to that counts: where it was told from, or where the customer is."""
    least = max(80.0, evidence.radius_m / 2)
    spots = [(told.spot, max(least, doubt_m(told) / 2))]
    return spots if evidence.customer is None else [*spots, (evidence.customer, least)]


def _pace(came: Told, around: Sequence[Fix]) -> float:
    """The least of the speeds shortly before and shortly after a check-in, metres a second."""
    sides = (
        [each for each in around if timedelta(0) <= came.at - each.at <= _MOMENT],
        [each for each in around if timedelta(0) < each.at - came.at <= _MOMENT],
    )
    speeds = [_mean_speed(side) for side in _with_edge(came, sides)]
    return min(speeds) if len(speeds) == 2 else 0.0


def _with_edge(came: Told, sides: tuple[list[Fix], list[Fix]]) -> list[list[Fix]]:
    return [sorted([*side, came.fix], key=lambda fix: fix.at) for side in sides if side and came.fix]


def _mean_speed(fixes: Sequence[Fix]) -> float:
    seconds = (fixes[-1].at - fixes[0].at).total_seconds()
    blur = min(fixes[0].accuracy_m or 0.0, 100.0) + min(fixes[-1].accuracy_m or 0.0, 100.0)
    apart = max(0.0, metres_between(fixes[0].spot, fixes[-1].spot) - blur)
    return apart / seconds if seconds >= 10 else 0.0
