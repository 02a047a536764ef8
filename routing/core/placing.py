"""Where one stop more fits best."""

from typing import NamedTuple

import numpy as np

from routing.core.ground import NEVER, NO_LIMIT, Flags, Floats, Ground, Ints
from routing.core.routes import METRES, TRAVEL, Routes, arrival, departure, earliest, keep, put_in
from routing.jit import inlined, lean

BLINK = 0.01
"""How often a gap is overlooked on purpose, as in SISR (Christiaens and Vanden Berghe, 2020)."""


class Places(NamedTuple):
    """What was found for ``[place, worker]``, and of which version of the route it is true."""

    gap: Ints
    detour: Floats
    version: Ints


def nothing_placed(ground: Ground) -> Places:
    """Nothing looked at yet."""
    shape = ground.allowed.shape
    return Places(
        np.zeros(shape, dtype=np.int64),
        np.zeros(shape),
        np.full(shape, -1, dtype=np.int64),
    )


@lean
def put_back(ground: Ground, routes: Routes, before: Routes, places: Places, touched: Flags, stops: Ints) -> None:
    """Put stops where they cost least, one after the other; one that fits nowhere stays out.

    Routes that change are first written to ``before``, unless they are ``touched`` already.
    """
    allowed, looked, detours, gaps = ground.allowed, places.version, places.detour, places.gap
    dislike, version, workers = ground.dislike, routes.version, ground.allowed.shape[1]
    has_limits = _has_limits(ground)
    for stop in stops:
        best, chosen = np.inf, -1
        for worker in range(workers):
            if not allowed[stop, worker]:
                continue
            if looked[stop, worker] != version[worker]:
                looked[stop, worker] = version[worker]
                detours[stop, worker] = np.inf
                if not (has_limits and is_full_for(ground, routes, stop, worker)):
                    gap, detour = _look(ground, routes, stop, worker)
                    if gap >= 0:
                        gaps[stop, worker], detours[stop, worker] = gap, detour + dislike[stop, worker]
            detour = detours[stop, worker]
            if detour < best and (workers == 1 or np.random.random() >= BLINK):
                best, chosen = detour, worker
        if chosen >= 0:
            if not touched[chosen]:
                touched[chosen] = True
                keep(routes, before, chosen)
            put_in(ground, routes, chosen, stop, gaps[stop, chosen])


@inlined
def _look(ground: Ground, routes: Routes, stop: int, worker: int) -> tuple[int, float]:
    """The cheapest gap of a route in which a stop can be visited, and its detour; -1 if there is none."""
    ways, pace, order, clock = ground.ways, ground.pace[worker], routes.order, routes.clock
    late, serves = routes.late, ground.service[stop]
    span_at, span_first, span_last = ground.span_at, ground.span_first, ground.span_last
    add, opening, last = ground.leg_add, ground.leg_open, ground.leg_last
    count, clocks = routes.length[worker], clock.shape[2]
    finishes = ground.finishes[worker]
    most_detour = ground.most_travel[worker] - routes.sums[worker, TRAVEL]
    locked_at = ground.locked_at[stop]
    closes = span_last[span_at[stop + 1] - 1]
    best, chosen = NO_LIMIT, -1
    first, upto = ground.pinned[worker], count + 1
    if locked_at >= 0:
        first, upto = max(first, locked_at), min(upto, locked_at + 1)
    for gap in range(first, upto):
        if clock[worker, gap, 0] > closes and clock[worker, gap, clocks - 1] > closes:
            continue
        here = order[worker, gap - 1] if gap else ground.begins[worker]
        there = order[worker, gap] if gap < count else finishes
        there_s, back_s = ways[pace, here, stop], ways[pace, stop, there]
        detour = there_s + back_s - (ways[pace, here, there] if count else 0)
        if detour >= best or detour > most_detour or np.random.random() < BLINK:
            continue
        if ground.metres.size > 0 and not is_near_for(ground, routes, stop, worker, gap):
            continue
        for had in range(clocks):
            ready = arrival(clock, add, opening, last, worker, gap, had, there_s)
            done = earliest(span_at, span_first, span_last, stop, ready) + serves
            if done < NEVER and done <= departure(late, add, opening, last, worker, gap + 1, had, back_s):
                best, chosen = detour, gap
                break
    return chosen, float(best)


@lean
def _has_limits(ground: Ground) -> bool:
    """Whether anybody minds capacity or the number of visits."""
    has: bool = ground.amount.shape[1] > 0
    for worker in range(len(ground.most)):
        has = bool(has or ground.most[worker] < NO_LIMIT)
    return has


@lean
def is_full_for(ground: Ground, routes: Routes, stop: int, worker: int) -> bool:
    """Whether a worker has no room for a stop, whatever the hour."""
    if routes.length[worker] >= ground.most[worker]:
        return True
    load, amount, capacity = routes.load, ground.amount, ground.capacity
    full = False
    for kind in range(amount.shape[1]):
        full = full or load[worker, kind] + amount[stop, kind] > capacity[worker, kind]
    return full


@lean
def is_near_for(ground: Ground, routes: Routes, stop: int, worker: int, gap: int) -> bool:
    """Whether a stop in a gap keeps within the worker's metres."""
    metres, count = ground.metres, routes.length[worker]
    here = routes.order[worker, gap - 1] if gap else ground.begins[worker]
    there = routes.order[worker, gap] if gap < count else ground.finishes[worker]
    more = metres[here, stop] + metres[stop, there] - (metres[here, there] if count else 0)
    return bool(routes.sums[worker, METRES] + more <= ground.most_metres[worker])
