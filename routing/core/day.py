"""One worker's day as the compiled core wants it."""

from collections.abc import Sequence

import numpy as np

from routing.compiled import CompiledDay
from routing.core.ground import NO_LIMIT, NO_WAY, Ground, breaks_of, choices_of, nearest, rules_of


def ground_of_day(day: CompiledDay, candidates: Sequence[int], wait_weight: float) -> Ground:
    """A day as arrays; only ``candidates`` (numbers of places) may be visited."""
    ways = np.minimum(np.array(day.travel_s, dtype=np.int64), NO_WAY).astype(np.int32)
    service = np.array(day.service_s, dtype=np.int64)
    at = np.concatenate([[0], np.cumsum([len(spans) for spans in day.starts])]).astype(np.int64)
    flat = [span for spans in day.starts for span in spans]
    spans = (
        at,
        np.array([first for first, _ in flat], dtype=np.int64),
        np.array([last for _, last in flat], dtype=np.int64),
    )
    stops = np.array(candidates, dtype=np.int64)
    places = len(service)
    prize, must = np.zeros(places, dtype=np.int64), np.zeros(places, dtype=np.bool_)
    prize[1:-1] = [stop.prize for stop in day.problem.stops]
    must[1:-1] = [stop.mandatory for stop in day.problem.stops]
    worker, owed = day.problem.worker, day.breaks
    choices = choices_of(owed)
    clocks = breaks_of(owed, len(owed) + 1, choices, day.shift.opens_s, day.closes_s)
    one = np.zeros(1, dtype=np.int64)
    kinds = len(worker.capacity)
    amount = np.zeros((places, kinds), dtype=np.int64)
    locked_at = np.full(places, -1, dtype=np.int64)
    for place, stop in enumerate(day.problem.stops, start=1):
        amount[place, : len(stop.amount[:kinds])] = stop.amount[:kinds]
        if stop.lock and stop.lock.place is not None:
            locked_at[place] = stop.lock.place
    metres = np.zeros((0, 0), dtype=np.int32)
    if worker.max_distance_m is not None:
        metres = np.minimum(np.array(day.distance_m, dtype=np.int64), NO_WAY).astype(np.int32)
    return Ground(
        ways=ways[None],
        pace=one,
        service=service,
        span_at=spans[0],
        span_first=spans[1],
        span_last=spans[2],
        begins=one,
        finishes=one + day.end,
        clock_start=clocks.start[None],
        clock_end=clocks.end[None],
        leg_add=clocks.add[None],
        leg_open=clocks.open[None],
        leg_last=clocks.last[None],
        opens=one + day.shift.opens_s,
        over_from=one + day.shift.closes_s,
        over_price=one + worker.overtime_price,
        wait_weight=float(wait_weight),
        stops=stops,
        prize=prize,
        must=must,
        allowed=np.ones((places, 1), dtype=np.bool_),
        dislike=np.zeros((places, 1), dtype=np.int64),
        amount=amount,
        capacity=np.array([worker.capacity], dtype=np.int64).reshape(1, kinds),
        most=one + _limit(worker.max_visits),
        pinned=one.copy(),
        near=nearest(ways, service, stops, spans),
        keys=rules_of(ways, service, prize, must, stops, spans),
        works=np.ones(1, dtype=np.bool_),
        balance=0.0,
        metres=metres,
        most_metres=one + _limit(worker.max_distance_m),
        most_travel=one + _limit(worker.max_travel_s),
        locked_at=locked_at,
    )


def _limit(most: int | None) -> int:
    return NO_LIMIT if most is None else most
