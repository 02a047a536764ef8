"""A team's day as the compiled core wants it: places are all starts, all stops, all ends."""

from collections.abc import Sequence

import numpy as np

from routing.compiled import NO_SHIFT, allowed_starts, at_speed
from routing.core.ground import NO_LIMIT, NO_WAY, Ground, Ints, Shorts, breaks_of, choices_of, nearest, rules_of
from routing.problem import Stop, Worker
from routing.team.problem import TeamProblem
from routing.travel.matrix import TravelMatrix


def ground_of_team(problem: TeamProblem, matrix: TravelMatrix, wait_weight: float) -> Ground:
    """A team's day as arrays. There must be a worker and a stop."""
    workers, stops = problem.workers, problem.stops
    many, places = len(workers), len(matrix)
    numbers = np.arange(many, many + len(stops))
    spans = _spans(stops, many)
    service = _by_place(places, many, [stop.service_s for stop in stops])
    prize = _by_place(places, many, [stop.prize for stop in stops])
    must = _by_place(places, many, [int(stop.mandatory) for stop in stops]).astype(np.bool_)
    allowed = np.zeros((places, many), dtype=np.bool_)
    allowed[numbers] = [[bool(allowed_starts(stop)) and worker.may_visit(stop) for worker in workers] for stop in stops]
    dislike = np.zeros((places, many), dtype=np.int64)
    dislike[numbers] = [
        [problem.preference_s * (bool(stop.prefers) and worker.id not in stop.prefers) for worker in workers]
        for stop in stops
    ]
    paces, pace = np.unique([worker.speed for worker in workers], return_inverse=True)
    ways = np.stack([_ways(problem, matrix, float(speed)) for speed in paces])
    fits = numbers[allowed[numbers].any(axis=1)]
    amount, capacity = _loads(workers, stops, places)
    shifts = [worker.shift or NO_SHIFT for worker in workers]
    return Ground(
        ways=ways,
        pace=pace.astype(np.int64),
        service=service,
        span_at=spans[0],
        span_first=spans[1],
        span_last=spans[2],
        begins=np.arange(many),
        finishes=np.arange(places - many, places),
        **_clocks(workers),
        opens=np.array([shift.opens_s for shift in shifts], dtype=np.int64),
        over_from=np.array([shift.closes_s for shift in shifts], dtype=np.int64),
        over_price=np.array([worker.overtime_price for worker in workers], dtype=np.int64),
        wait_weight=float(wait_weight),
        stops=fits,
        prize=prize,
        must=must,
        allowed=allowed,
        dislike=dislike,
        amount=amount,
        capacity=capacity,
        most=_limits([worker.max_visits for worker in workers]),
        pinned=np.zeros(many, dtype=np.int64),
        near=nearest(ways[0], service, fits, spans),
        keys=rules_of(ways[0], service, prize, must, fits, spans),
        works=np.array([worker.shift is not None for worker in workers]),
        balance=float(problem.balance),
        metres=_metres(problem, matrix),
        most_metres=_limits([worker.max_distance_m for worker in workers]),
        most_travel=_limits([worker.max_travel_s for worker in workers]),
        locked_at=_by_place(places, many, [_locked_at(stop) for stop in stops], -1),
    )


def _by_place(places: int, first: int, values: Sequence[int], other: int = 0) -> Ints:
    column = np.full(places, other, dtype=np.int64)
    column[first : first + len(values)] = values
    return column


def _locked_at(stop: Stop) -> int:
    return -1 if stop.lock is None or stop.lock.place is None else stop.lock.place


def _limits(most: Sequence[int | None]) -> Ints:
    return np.array([NO_LIMIT if each is None else each for each in most], dtype=np.int64)


def _spans(stops: Sequence[Stop], many: int) -> tuple[Ints, Ints, Ints]:
    by_stop = [allowed_starts(stop) for stop in stops]
    counts = [0] * many + [len(spans) for spans in by_stop] + [0] * many
    flat = [span for spans in by_stop for span in spans]
    return (
        np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        np.array([first for first, _ in flat], dtype=np.int64),
        np.array([last for _, last in flat], dtype=np.int64),
    )


def _ways(problem: TeamProblem, matrix: TravelMatrix, speed: float) -> Shorts:
    """Seconds between places at a speed; there is no way to the end of a worker who has none, it takes nothing."""
    ways = np.minimum(at_speed(matrix.duration_s, speed), NO_WAY)
    ends = len(ways) - len(problem.workers)
    for number, worker in enumerate(problem.workers):
        if worker.end is None:
            ways = ways.copy()
            ways[:, ends + number] = 0
    return np.ascontiguousarray(ways, dtype=np.int32)


def _metres(problem: TeamProblem, matrix: TravelMatrix) -> Shorts:
    """Metres between places, where any worker minds them."""
    if all(worker.max_distance_m is None for worker in problem.workers):
        return np.zeros((0, 0), dtype=np.int32)
    metres = np.minimum(matrix.distance_m, NO_WAY).astype(np.int32)
    ends = len(metres) - len(problem.workers)
    for number, worker in enumerate(problem.workers):
        if worker.end is None:
            metres[:, ends + number] = 0
    return metres


def _loads(workers: Sequence[Worker], stops: Sequence[Stop], places: int) -> tuple[Ints, Ints]:
    """What stops take by place and kind, and what workers hold; a kind that a worker does not name is no limit."""
    kinds = max((len(worker.capacity) for worker in workers), default=0)
    amount = np.zeros((places, kinds), dtype=np.int64)
    for place, stop in enumerate(stops, start=len(workers)):
        taken = stop.amount[:kinds]
        amount[place, : len(taken)] = taken
    capacity = np.full((len(workers), kinds), 1 << 60, dtype=np.int64)
    for number, worker in enumerate(workers):
        capacity[number, : len(worker.capacity)] = worker.capacity
    return amount, capacity


def _clocks(workers: Sequence[Worker]) -> dict[str, Ints]:
    clocks = 1 + max(len(worker.breaks) for worker in workers)
    choices = max(choices_of(worker.breaks) for worker in workers)
    each = []
    for worker in workers:
        shift = worker.shift or NO_SHIFT
        each.append(breaks_of(worker.breaks, clocks, choices, shift.opens_s, shift.closes_s + worker.overtime_s))
    return {
        "clock_start": np.stack([one.start for one in each]),
        "clock_end": np.stack([one.end for one in each]),
        "leg_add": np.stack([one.add for one in each]),
        "leg_open": np.stack([one.open for one in each]),
        "leg_last": np.stack([one.last for one in each]),
    }
