"""One worker's day as the compiled core wants it."""

from collections.abc import Sequence

import numpy as np

from routing.compiled import CompiledDay
from routing.core.ground import NO_LIMIT, NO_WAY, Ground, breaks_of, nearest, rules_of


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
    owed = (day.lunch,) if day.lunch else ()
    clocks = breaks_of(owed, len(owed) + 1, day.shift.opens_s, day.shift.closes_s)
    one = np.zeros(1, dtype=np.int64)
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
        over_from=one + NO_LIMIT,
        over_price=one,
        wait_weight=float(wait_weight),
        stops=stops,
        prize=prize,
        must=must,
        allowed=np.ones((places, 1), dtype=np.bool_),
        dislike=np.zeros((places, 1), dtype=np.int64),
        amount=np.zeros((places, 0), dtype=np.int64),
        capacity=np.zeros((1, 0), dtype=np.int64),
        most=one + NO_LIMIT,
        pinned=one,
        near=nearest(ways, service, stops, spans),
        keys=rules_of(ways, service, prize, must, stops, spans),
        evenness=0.0,
    )
