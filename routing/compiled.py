"""A problem and its travel matrix in the plain lists that inner loops want.

Places are numbered as in :meth:`routing.problem.DayProblem.points`: 0 is the start, 1 to n the stops in the
problem's order, n + 1 the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from routing.errors import TravelError
from routing.problem import DayProblem, Lunch, Stop, Window
from routing.travel.matrix import TravelMatrix

NEVER_S = 1 << 40
"""A time that never comes; it stays never when driving time is added."""


@dataclass(frozen=True, slots=True)
class CompiledDay:
    """What the timetable and the search read, all of it derived from the problem and the matrix.

    Attributes:
        problem: Where it came from.
        travel_s: ``travel_s[i][j]`` seconds from place i to place j; 0 to an end that is nowhere.
        distance_m: Metres, likewise.
        service_s: Seconds in the shop by place; 0 at start and end.
        starts: By place, the spans in which service may start, both ends included, in order and disjoint.
    """

    problem: DayProblem
    travel_s: list[list[int]]
    distance_m: list[list[int]]
    service_s: list[int]
    starts: list[tuple[tuple[int, int], ...]]

    @property
    def shift(self) -> Window:
        """The rep's shift."""
        return self.problem.worker.shift

    @property
    def lunch(self) -> Lunch | None:
        """The break owed to the rep."""
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
        return self.earliest_start(place, self.shift.opens_s) + self.service_s[place] <= self.shift.closes_s

    def driving_s(self, order: Sequence[int]) -> int:
        """All driving of an order, from the start to the end; none when nothing is visited."""
        return sum(self.travel_s[here][there] for here, there in pairwise((0, *order, self.end))) if order else 0


def compile_day(problem: DayProblem, matrix: TravelMatrix) -> CompiledDay:
    """Compile a day.

    Raises:
        TravelError: when the matrix does not cover exactly ``problem.points()``.
    """
    places = len(problem.stops) + 2
    if len(matrix) != places:
        raise TravelError(f"the matrix covers {len(matrix)} places, the day has {places}")
    travel_s: list[list[int]] = matrix.duration_s.tolist()
    distance_m: list[list[int]] = matrix.distance_m.tolist()
    if problem.worker.end is None:
        for row in (*travel_s, *distance_m):
            row[-1] = 0
    return CompiledDay(
        problem=problem,
        travel_s=travel_s,
        distance_m=distance_m,
        service_s=[0, *(stop.service_s for stop in problem.stops), 0],
        starts=[(), *(allowed_starts(stop) for stop in problem.stops), ()],
    )


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
