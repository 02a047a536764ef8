"""Breaks on the clock: when several of them, in their order, can be had.

A rep who has had k of m breaks is further on than one who has had fewer, at the same time. So k + 1 clocks
run side by side, one for each number of breaks had: each only moves forward, the earlier time is never the worse
one, and the answer is exact.
"""

from collections.abc import Sequence

from routing.compiled import NEVER_S
from routing.problem import Lunch

Clocks = list[int]
"""By number of breaks had, the earliest time; NEVER_S where it is too late for the next one."""


def begins(lunch: Lunch, ready_s: int) -> int:
    """When a break can begin for a rep who is ready for it; NEVER_S when it is too late."""
    if not lunch.also:
        window = lunch.window
        return max(ready_s, window.opens_s) if ready_s <= window.closes_s - lunch.duration_s else NEVER_S
    for window in lunch.windows:
        if ready_s <= window.closes_s - lunch.duration_s:
            return max(ready_s, window.opens_s)
    return NEVER_S


def had_before(breaks: Sequence[Lunch], opens_s: int) -> Clocks:
    """By number of breaks had at home before leaving, when the rep of a shift from ``opens_s`` can leave."""
    clocks, over_s = [opens_s], 0
    for lunch in breaks:
        over_s = min(NEVER_S, begins(lunch, over_s) + lunch.duration_s)
        clocks.append(max(opens_s, over_s))
    return clocks


def back_by(breaks: Sequence[Lunch]) -> Clocks:
    """By number of breaks had on the road, when the rep must be done to have the others afterwards."""
    latest = [NEVER_S]
    for lunch in reversed(breaks):
        done_s = latest[0]
        starts = (
            min(window.closes_s, done_s) - lunch.duration_s
            for window in lunch.windows
            if window.opens_s + lunch.duration_s <= done_s
        )
        latest.insert(0, max(starts, default=-1))
    return latest


def after_way(clocks: Clocks, way_s: int, breaks: Sequence[Lunch]) -> Clocks:
    """The clocks at the end of a way, any breaks had on it, before it or on arrival."""
    there = [clock + way_s for clock in clocks]
    for had in range(len(breaks)):
        clock, left_s = clocks[had], way_s
        if clock >= NEVER_S:
            continue
        for number in range(had, len(breaks)):
            starts_s = begins(breaks[number], clock)
            if starts_s == NEVER_S:
                break
            left_s -= min(left_s, starts_s - clock)
            clock = starts_s + breaks[number].duration_s
            there[number + 1] = min(there[number + 1], clock + left_s)
    return there


def latest_departures(ready_by: Clocks, way_s: int, breaks: Sequence[Lunch]) -> Clocks:
    """By number of breaks had, the latest departure that is ready at the end of a way by ``ready_by``; -1 for none.

    The inverse of :func:`after_way`.
    """
    latest = [by_s - way_s for by_s in ready_by]
    for had in range(len(breaks)):
        if ready_by[had + 1] >= 0:
            latest[had] = max(latest[had], _latest_with_one(breaks[had], ready_by[had + 1], way_s))
        for upto in range(had + 2, len(ready_by)):
            if ready_by[upto] > latest[had]:
                latest[had] = _latest_with_several(breaks[had:upto], ready_by[upto], way_s, latest[had])
    return [max(-1, each) for each in latest]


def _latest_with_one(lunch: Lunch, ready_by_s: int, way_s: int) -> int:
    ends = (window for window in lunch.windows if window.opens_s + lunch.duration_s <= ready_by_s)
    return max((min(window.closes_s, ready_by_s - way_s) - lunch.duration_s for window in ends), default=-1)


def _latest_with_several(breaks: Sequence[Lunch], ready_by_s: int, way_s: int, known_s: int) -> int:
    """By bisection: a later departure is never ready earlier. ``known_s`` is a departure known to do, or -1."""
    nobody = [NEVER_S] * len(breaks)
    low_s, high_s = max(-1, known_s), ready_by_s
    while low_s < high_s:
        middle_s = (low_s + high_s + 1) // 2
        if after_way([middle_s, *nobody], way_s, breaks)[-1] <= ready_by_s:
            low_s = middle_s
        else:
            high_s = middle_s - 1
    return low_s
