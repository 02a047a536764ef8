"""A problem and its travel matrix in the plain lists that inner loops want.

Places are numbered as in :meth:`routing.problem.DayProblem.points`: 0 is the start, 1 to n the stops in the
problem's order, n + 1 the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from routing.errors import TravelError
from routing.problem import DayProblem, Lunch, Stop, Window, Worker
from routing.travel.matrix import NO_WAY_S, IntMatrix, TravelMatrix

NEVER_S = 1 << 40
"""A time that never comes; it stays never when driving time is added."""

NO_SHIFT = Window(0, 1)
"""Stands for the shift of somebody who does not work that day."""


@dataclass(frozen=True, slots=True)
class CompiledDay:
    """What the timetable and the search read, all of it derived from the problem and the matrix.

    Attributes:
        problem: Where it came from.
        travel_s: ``travel_s[i][j]`` seconds from place i to place j at the worker's speed; 0 to an end that is nowhere.
        distance_m: Metres, likewise.
        service_s: Seconds in the shop by place; 0 at start and end.
        starts: By place, the spans in which service may start, both ends included, in order and disjoint. Empty for
            a stop that this worker may not visit.
        is_plain: The clock alone decides which orders can be driven; see :func:`keeps_limits`.
    """

    problem: DayProblem
    travel_s: list[list[int]]
    distance_m: list[list[int]]
    service_s: list[int]
    starts: list[tuple[tuple[int, int], ...]]
    is_plain: bool = True

    @property
    def shift(self) -> Window:
        """The rep's shift, overtime left out."""
        return self.problem.worker.shift or NO_SHIFT

    @property
    def closes_s(self) -> int:
        """When the day is over at the latest, overtime included."""
        return self.shift.closes_s + self.problem.worker.overtime_s

    @property
    def length_s(self) -> int:
        """The longest that the day can be, overtime included."""
        return self.closes_s - self.shift.opens_s

    @property
    def breaks(self) -> tuple[Lunch, ...]:
        """The breaks owed to the rep, in the order in which they are had."""
        return self.problem.worker.breaks

    @property
    def lunch(self) -> Lunch | None:
        """The first break owed to the rep."""
        return self.problem.worker.lunch

    @property
    def end(self) -> int:
        """The number of the end place."""
        return len(self.problem.stops) + 1

    def stop(self, place: int) -> Stop:
        """The stop at a place from 1 to n."""
        return self.problem.stops[place - 1]

    def earliest_start(self, place: int, ready_s: int) -> int:
        """When service can start at a place for a rep who is ready there at ``ready_s``; NEVER_S if not at all."""
        for first, last in self.starts[place]:
            if ready_s <= last:
                return max(ready_s, first)
        return NEVER_S

    def could_fit(self, place: int) -> bool:
        """Whether a visit can start and end within the shift at all, wherever it is."""
        return self.earliest_start(place, self.shift.opens_s) + self.service_s[place] <= self.closes_s

    def driving_s(self, order: Sequence[int]) -> int:
        """All driving of an order, from the start to the end; none when nothing is visited."""
        return sum(self.travel_s[here][there] for here, there in pairwise((0, *order, self.end))) if order else 0

    def driving_m(self, order: Sequence[int]) -> int:
        """All metres of an order, likewise."""
        return sum(self.distance_m[here][there] for here, there in pairwise((0, *order, self.end))) if order else 0

    def overtime_cost_s(self, ends_s: int) -> int:
        """What a day that ends then costs for running late, in seconds of driving."""
        return max(0, ends_s - self.shift.closes_s) * self.problem.worker.overtime_price


def compile_day(problem: DayProblem, matrix: TravelMatrix) -> CompiledDay:
    """Compile a day.

    Raises:
        TravelError: when the matrix does not cover exactly ``problem.points()``.
    """
    worker, places = problem.worker, len(problem.stops) + 2
    if len(matrix) != places:
        raise TravelError(f"the matrix covers {len(matrix)} places, the day has {places}")
    travel_s: list[list[int]] = at_speed(matrix.duration_s, worker.speed).tolist()
    distance_m: list[list[int]] = matrix.distance_m.tolist()
    if worker.end is None:
        for row in (*travel_s, *distance_m):
            row[-1] = 0
    spans = [allowed_starts(stop) if worker.may_visit(stop) else () for stop in problem.stops]
    return CompiledDay(
        problem=problem,
        travel_s=travel_s,
        distance_m=distance_m,
        service_s=[0, *(stop.service_s for stop in problem.stops), 0],
        starts=[(), *spans, ()],
        is_plain=not has_limits(worker, problem.stops),
    )


def at_speed(duration_s: IntMatrix, speed: float) -> IntMatrix:
    """Travel times of somebody who drives ``speed`` times as fast, rounded half up; no way stays no way."""
    if speed == 1:
        return duration_s
    scaled: IntMatrix = np.floor(duration_s / speed + 0.5).astype(np.int64)
    return np.where(duration_s >= NO_WAY_S, duration_s, scaled)


def allowed_starts(stop: Stop) -> tuple[tuple[int, int], ...]:
    """The spans in which a visit may start so that it ends by the close of the same window; merged, in order."""
    spans: list[tuple[int, int]] = []
    for window in sorted(stop.windows, key=lambda window: window.opens_s):
        first, last = window.opens_s, window.closes_s - stop.service_s
        if last < first:
            continue
        if spans and first <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], last))
        else:
            spans.append((first, last))
    return tuple(spans)


def has_limits(worker: Worker, stops: Sequence[Stop]) -> bool:
    """Whether anything but the clock limits which visits go together, or in which order."""
    is_limited = any(limit is not None for limit in (worker.max_visits, worker.max_travel_s, worker.max_distance_m))
    weighs = bool(worker.capacity) and any(stop.amount for stop in stops)
    return is_limited or weighs or any(stop.lock and stop.lock.place is not None for stop in stops)


def keeps_limits(day: CompiledDay, order: Sequence[int]) -> bool:
    """Whether an order keeps the worker's capacity, most visits, most driving and the places of locked stops."""
    worker, stops = day.problem.worker, [day.stop(place) for place in order]
    if worker.max_visits is not None and len(order) > worker.max_visits:
        return False
    if worker.max_travel_s is not None and day.driving_s(order) > worker.max_travel_s:
        return False
    if worker.max_distance_m is not None and day.driving_m(order) > worker.max_distance_m:
        return False
    if any(stop.lock and stop.lock.place not in (None, number) for number, stop in enumerate(stops)):
        return False
    return all(load <= room for load, room in zip(loads(stops), worker.capacity, strict=False))


def loads(stops: Sequence[Stop]) -> tuple[int, ...]:
    """What stops take together, by dimension."""
    size = max((len(stop.amount) for stop in stops), default=0)
    return tuple(sum(stop.amount[axis] for stop in stops if axis < len(stop.amount)) for axis in range(size))
