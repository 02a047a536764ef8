"""Routes as arrays, and the clocks along them that say at once whether one stop more fits.

``clock[worker, i]`` holds the earliest departures after i visits, one for each number of breaks had;
``late[worker, i]`` the latest arrivals at the i-th visit (counted from 1; behind the last, at the end) from which the
rest of the day still works. As leaving later never means arriving earlier, both are exact with several windows and
breaks too.
"""

from typing import NamedTuple

import numpy as np

from routing.core.ground import NEVER, Floats, Ground, Ints
from routing.jit import inlined, lean


class Routes(NamedTuple):
    """What changes.

    ``sums[worker]`` are driving, metres, end of the day, cost and working time; ``where[place]`` is its worker or -1;
    ``version`` tells one state of a route from another.
    """

    order: Ints
    length: Ints
    clock: Ints
    late: Ints
    load: Ints
    sums: Floats
    where: Ints
    version: Ints


TRAVEL, METRES, END, COST, WORK = 0, 1, 2, 3, 4
"""Columns of ``Routes.sums``."""


def no_routes(ground: Ground) -> Routes:
    """Routes that visit nobody."""
    workers, clocks = ground.clock_start.shape
    room = len(ground.stops)
    routes = Routes(
        order=np.zeros((workers, room), dtype=np.int64),
        length=np.zeros(workers, dtype=np.int64),
        clock=np.zeros((workers, room + 1, clocks), dtype=np.int64),
        late=np.zeros((workers, room + 2, clocks), dtype=np.int64),
        load=np.zeros((workers, ground.amount.shape[1]), dtype=np.int64),
        sums=np.zeros((workers, 5)),
        where=np.full(len(ground.service), -1, dtype=np.int64),
        version=np.zeros(workers + 1, dtype=np.int64),
    )
    for worker in range(workers):
        refresh(ground, routes, worker)
    return routes


@inlined
def earliest(span_at: Ints, span_first: Ints, span_last: Ints, place: int, ready: int) -> int:
    """When service can start for somebody ready at a place; NEVER if not at all."""
    start = NEVER
    for at in range(span_at[place], span_at[place + 1]):
        if ready <= span_last[at]:
            start = max(ready, span_first[at])
            break
    return start


@inlined
def latest(span_at: Ints, span_first: Ints, span_last: Ints, place: int, by: int) -> int:
    """The latest start of a service no later than ``by``; -NEVER if there is none."""
    start = -NEVER
    for at in range(span_at[place + 1] - 1, span_at[place] - 1, -1):
        if by >= span_first[at]:
            start = min(by, span_last[at])
            break
    return start


@inlined
def arrival(clock: Ints, add: Ints, opening: Ints, last: Ints, worker: int, index: int, had: int, step: int) -> int:
    """The earliest arrival with ``had`` breaks behind at the end of a way that begins after ``index`` visits."""
    ready: int = clock[worker, index, had] + step
    for before in range(had):
        leaves = clock[worker, index, before]
        for choice in range(last.shape[3]):
            if leaves <= last[worker, before, had, choice]:
                eaten = leaves + step + add[worker, before, had, choice]
                ready = min(ready, max(eaten, opening[worker, before, had, choice]))
    return ready


@inlined
def departure(late: Ints, add: Ints, opening: Ints, last: Ints, worker: int, index: int, had: int, step: int) -> int:
    """The latest departure with ``had`` breaks behind from which the index-th place is reached in time."""
    leaves: int = late[worker, index, had] - step
    for after in range(had + 1, late.shape[2]):
        by = late[worker, index, after]
        for choice in range(last.shape[3]):
            if by >= opening[worker, had, after, choice] and last[worker, had, after, choice] > -NEVER:
                left = by - step - add[worker, had, after, choice]
                leaves = max(leaves, min(left, last[worker, had, after, choice]))
    return leaves


@lean
def refresh(ground: Ground, routes: Routes, worker: int) -> bool:
    """Reckon a route anew; False if it cannot be driven."""
    routes.version[-1] += 1
    routes.version[worker] = routes.version[-1]
    end, travel = _look_ahead(ground, routes, worker)
    _look_back(ground, routes, worker)
    count = routes.length[worker]
    service, dislikes, amount = ground.service, ground.dislike, ground.amount
    order, load, sums = routes.order, routes.load, routes.sums
    for kind in range(amount.shape[1]):
        load[worker, kind] = 0
    dislike, served, metres = 0, 0, 0
    here = ground.begins[worker]
    for index in range(count):
        place = order[worker, index]
        served += service[place]
        dislike += dislikes[place, worker]
        for kind in range(amount.shape[1]):
            load[worker, kind] += amount[place, kind]
        if ground.metres.size:
            metres += ground.metres[here, place]
            here = place
    if count and ground.metres.size:
        metres += ground.metres[here, ground.finishes[worker]]
    cost = float(travel + dislike)
    if count and end < NEVER:
        cost += max(0, end - ground.over_from[worker]) * ground.over_price[worker]
        cost += ground.wait_weight * max(0, end - ground.opens[worker] - travel - served)
    sums[worker, TRAVEL], sums[worker, METRES], sums[worker, END] = travel, metres, end
    sums[worker, WORK], sums[worker, COST] = travel + served, cost
    return count == 0 or end < NEVER


@inlined
def _look_ahead(ground: Ground, routes: Routes, worker: int) -> tuple[int, int]:
    """Reckon the earliest departures of a route; return when it ends, NEVER if it cannot be driven, and its driving."""
    ways, pace, service, order = ground.ways, ground.pace[worker], ground.service, routes.order
    span_at, span_first, span_last = ground.span_at, ground.span_first, ground.span_last
    add, opening, last, clock = ground.leg_add, ground.leg_open, ground.leg_last, routes.clock
    clock_start, clock_end = ground.clock_start, ground.clock_end
    clocks = clock.shape[2]
    for had in range(clocks):
        clock[worker, 0, had] = clock_start[worker, had]
    here, travel = ground.begins[worker], 0
    count = routes.length[worker]
    for index in range(count):
        place = order[worker, index]
        step = ways[pace, here, place]
        travel += step
        for had in range(clocks):
            ready = arrival(clock, add, opening, last, worker, index, had, step)
            start = earliest(span_at, span_first, span_last, place, ready)
            clock[worker, index + 1, had] = min(NEVER, start + service[place])
        here = place
    step = ways[pace, here, ground.finishes[worker]] if count else 0
    end = NEVER
    for had in range(clocks):
        ready = arrival(clock, add, opening, last, worker, count, had, step)
        if ready <= clock_end[worker, had]:
            end = min(end, ready)
    return end, travel + step


@inlined
def _look_back(ground: Ground, routes: Routes, worker: int) -> None:
    """Reckon the latest arrivals of a route."""
    ways, pace, service, order = ground.ways, ground.pace[worker], ground.service, routes.order
    span_at, span_first, span_last = ground.span_at, ground.span_first, ground.span_last
    add, opening, last, late = ground.leg_add, ground.leg_open, ground.leg_last, routes.late
    clock_end = ground.clock_end
    count = routes.length[worker]
    for had in range(late.shape[2]):
        late[worker, count + 1, had] = clock_end[worker, had]
    there = ground.finishes[worker]
    for index in range(count, 0, -1):
        place = order[worker, index - 1]
        step = ways[pace, place, there]
        for had in range(late.shape[2]):
            by = departure(late, add, opening, last, worker, index + 1, had, step) - service[place]
            late[worker, index, had] = latest(span_at, span_first, span_last, place, by)
        there = place


@lean
def put_in(ground: Ground, routes: Routes, worker: int, place: int, index: int) -> bool:
    """Visit a place after ``index`` others; False if the route cannot be driven then."""
    count = routes.length[worker]
    order = routes.order[worker]
    for at in range(count, index, -1):
        order[at] = order[at - 1]
    order[index] = place
    routes.length[worker] = count + 1
    routes.where[place] = worker
    return refresh(ground, routes, worker)


@lean
def take_out(routes: Routes, place: int) -> None:
    """No longer visit a place. The clocks of its route are stale until it is reckoned anew."""
    worker = routes.where[place]
    order = routes.order[worker]
    count = routes.length[worker]
    at = 0
    while order[at] != place:
        at += 1
    for index in range(at, count - 1):
        order[index] = order[index + 1]
    routes.length[worker] = count - 1
    routes.where[place] = -1


@lean
def keep(source: Routes, target: Routes, worker: int) -> None:
    """Write one route over the same of another set; ``where`` is left to the caller."""
    count = source.length[worker]
    target.length[worker] = count
    target.version[worker] = source.version[worker]
    order, clock, late, load, sums = source.order, source.clock, source.late, source.load, source.sums
    to_order, to_clock, to_late, to_load, to_sums = target.order, target.clock, target.late, target.load, target.sums
    for index in range(count):
        to_order[worker, index] = order[worker, index]
    for had in range(clock.shape[2]):
        for index in range(count + 1):
            to_clock[worker, index, had] = clock[worker, index, had]
        for index in range(count + 2):
            to_late[worker, index, had] = late[worker, index, had]
    for kind in range(load.shape[1]):
        to_load[worker, kind] = load[worker, kind]
    for column in range(sums.shape[1]):
        to_sums[worker, column] = sums[worker, column]


@lean
def keep_all(source: Routes, target: Routes) -> None:
    """Write all routes over those of another set."""
    for worker in range(len(source.length)):
        keep(source, target, worker)
    for place in range(len(source.where)):
        target.where[place] = source.where[place]
