"""Where one stop more fits best."""

from typing import NamedTuple

import numpy as np

from routing.core.ground import NEVER, NO_LIMIT, Floats, Ground, Ints
from routing.core.routes import METRES, TRAVEL, Routes, arrival, departure, earliest
from routing.jit import compiled, inlined

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


@inlined
def choose(ground: Ground, routes: Routes, places: Places, stop: int, blink: float) -> int:
    """The worker for whom a stop costs least, the gap in ``places.gap``; -1 if it fits nowhere."""
    best, chosen = np.inf, -1
    allowed, looked, detours, version = ground.allowed, places.version, places.detour, routes.version
    workers = allowed.shape[1]
    for worker in range(workers):
        if allowed[stop, worker]:
            if looked[stop, worker] != version[worker]:
                look(ground, routes, places, stop, worker, blink)
            detour = detours[stop, worker]
            if detour < best and (workers == 1 or np.random.random() >= blink):
                best, chosen = detour, worker
    return chosen


@compiled
def look(ground: Ground, routes: Routes, places: Places, stop: int, worker: int, blink: float) -> None:
    """Find the cheapest gap of a route for a stop, in which it can be driven."""
    places.version[stop, worker] = routes.version[worker]
    places.detour[stop, worker] = np.inf
    if _is_full(ground, routes, stop, worker):
        return
    ways, pace, order, clock = ground.ways, ground.pace[worker], routes.order, routes.clock
    late, service = routes.late, ground.service
    span_at, span_first, span_last = ground.span_at, ground.span_first, ground.span_last
    add, opening, last = ground.leg_add, ground.leg_open, ground.leg_last
    begins, finishes = ground.begins[worker], ground.finishes[worker]
    count, clocks = routes.length[worker], clock.shape[2]
    if span_at[stop] == span_at[stop + 1]:
        return
    closes = span_last[span_at[stop + 1] - 1]
    most_detour = ground.most_travel[worker] - routes.sums[worker, TRAVEL]
    has_metres, locked_at = ground.metres.size > 0, ground.locked_at[stop]
    best, chosen = NO_LIMIT, -1
    for gap in range(ground.pinned[worker], count + 1):
        if clock[worker, gap, 0] > closes and clock[worker, gap, clocks - 1] > closes:
            continue
        here = order[worker, gap - 1] if gap else begins
        there = order[worker, gap] if gap < count else finishes
        there_s, back_s = ways[pace, here, stop], ways[pace, stop, there]
        detour = there_s + back_s - (ways[pace, here, there] if count else 0)
        if detour >= best or detour > most_detour or np.random.random() < blink:
            continue
        if locked_at >= 0 and gap != locked_at:
            continue
        if has_metres and not _is_near(ground, routes, stop, worker, gap):
            continue
        for had in range(clocks):
            ready = arrival(clock, add, opening, last, worker, gap, had, there_s)
            done = earliest(span_at, span_first, span_last, stop, ready) + service[stop]
            if done < NEVER and done <= departure(late, add, opening, last, worker, gap + 1, had, back_s):
                best, chosen = detour, gap
                break
    if chosen >= 0:
        places.detour[stop, worker] = best + ground.dislike[stop, worker]
        places.gap[stop, worker] = chosen


@compiled
def _is_full(ground: Ground, routes: Routes, stop: int, worker: int) -> bool:
    """Whether a worker has no room for a stop, whatever the hour."""
    if routes.length[worker] >= ground.most[worker]:
        return True
    load, amount, capacity = routes.load, ground.amount, ground.capacity
    for kind in range(amount.shape[1]):
        if load[worker, kind] + amount[stop, kind] > capacity[worker, kind]:
            return True
    return False


@compiled
def _is_near(ground: Ground, routes: Routes, stop: int, worker: int, gap: int) -> bool:
    """Whether a stop in a gap keeps within the worker's metres."""
    metres, count = ground.metres, routes.length[worker]
    here = routes.order[worker, gap - 1] if gap else ground.begins[worker]
    there = routes.order[worker, gap] if gap < count else ground.finishes[worker]
    more = metres[here, stop] + metres[stop, there] - (metres[here, there] if count else 0)
    return routes.sums[worker, METRES] + more <= ground.most_metres[worker]
