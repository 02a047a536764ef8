"""The call that answers a problem of weeks, and what the answer holds."""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from routing.checks import require
from routing.errors import TravelError
from routing.travel.matrix import TravelProvider
from routing.weeks.ground import Floats, Ground, Routes, copy_of, ground_of, no_routes
from routing.weeks.moves import over_limits
from routing.weeks.problem import WeeksProblem
from routing.weeks.search import begin, improve

STEPS, STEP = 50, 1_000
"""In how many steps at least a search cools down, and of how many rounds at most; between two the fines for broken
limits are set anew."""

TORN = 6.0
"""How many outlets are torn out at once in the mean."""

HEAT = (1.5, 0.01)
"""First and last temperature, as shares of what counts as a near way."""

NEAR = 0.2
"""What counts as a near way, as a share of the mean way between any two places."""

BROKEN = 1e6
"""What a second (or a unit of load) over a limit costs where plans are compared: more than any driving."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How long to search: so many rounds for each outlet (None: no bound), and at most so many seconds.

    A search that ends by its rounds gives the same answer every time; it cools down with them, so let the seconds be
    plenty.
    """

    rounds_per_outlet: int | None = 200
    seconds: float = 60.0

    def __post_init__(self) -> None:
        """Refuse no effort."""
        require((self.rounds_per_outlet or 0) >= 0, f"{self.rounds_per_outlet} rounds: give 0 or more")
        require(self.seconds > 0, f"a search of {self.seconds} s: give more than 0")


@dataclass(frozen=True, slots=True)
class DayOrder:
    """One route of a day: the outlets in their order, its driving and its time in the shops, in seconds."""

    day: int
    outlets: tuple[str, ...]
    travel_s: float
    service_s: float
    load: float


@dataclass(frozen=True, slots=True)
class WeeksPlan:
    """Who is visited when.

    Attributes:
        days: The days of each outlet's visits, by its id.
        orders: The routes that hold anything, by day. Their order is that of the search, with no look at opening hours.
        travel_s: All driving.
        over_s: By how much routes are over their limits of time (and load), together; 0 if every limit holds.
        rounds: How many rounds were searched.
    """

    days: dict[str, tuple[int, ...]]
    orders: tuple[DayOrder, ...]
    travel_s: float
    over_s: float
    rounds: int


def solve_weeks(problem: WeeksProblem, travel: TravelProvider, effort: Effort = Effort(), seed: int = 0) -> WeeksPlan:
    """Return for each outlet on which days it is visited, so that the days are compact and even.

    Raises:
        InvalidProblem: when a place has no position.
        TravelError: when `travel` gives no usable matrix.
    """
    return solve_on_times(problem, travel.matrix(problem.points()).duration_s.astype(np.float64), effort, seed)


def solve_on_times(problem: WeeksProblem, travel: Floats, effort: Effort = Effort(), seed: int = 0) -> WeeksPlan:
    """Do as `solve_weeks`, with a matrix: `travel[i, j]` from place to place, 0 the start, then the outlets."""
    places = len(problem.outlets) + 1
    if travel.shape != (places, places):
        raise TravelError(f"the matrix is of {travel.shape}, the problem has {places} places")
    if not problem.outlets:
        return WeeksPlan({}, (), 0.0, 0.0, 0)
    ground = ground_of(problem, travel)
    routes, rounds = _search(ground, effort, seed)
    return _plan(problem, ground, routes, rounds)


def _search(ground: Ground, effort: Effort, seed: int) -> tuple[Routes, int]:
    near = max(1e-6, NEAR * float(ground.travel.mean()))
    weights = np.array([1.0, near * 10 / max(1.0, float(ground.load.mean()))])
    routes = no_routes(ground)
    begin(ground, routes, weights, seed)
    best, best_cost = copy_of(routes), _judged(ground, routes)
    improve(ground, routes, weights, 0, (1.0, 1.0), TORN, seed)  # compiled now, not within somebody's seconds
    pace = _Pace(effort, outlets=len(ground.service) - 1)
    while rounds := pace.next_rounds():
        warm = near * HEAT[0] * (HEAT[1] / HEAT[0]) ** pace.progress
        _, found = improve(ground, routes, weights, rounds, (warm, warm), TORN, seed + pace.done)
        pace.done += rounds
        for each in (found, routes):
            if (cost := _judged(ground, each)) < best_cost:
                best, best_cost = copy_of(each), cost
        weights *= 1.3 if over_limits(ground, routes) > 1e-6 else 0.93
        np.clip(weights, 0.05, 1e6, out=weights)
    return best, pace.done


class _Pace:
    """How far a search is, by its rounds; by the clock where there is no bound to them."""

    def __init__(self, effort: Effort, outlets: int) -> None:
        self.began, self.seconds, self.done = time.monotonic(), effort.seconds, 0
        self.wanted = None if effort.rounds_per_outlet is None else effort.rounds_per_outlet * outlets

    @property
    def progress(self) -> float:
        return self._clock() if self.wanted is None else self.done / self.wanted

    def next_rounds(self) -> int:
        """How many rounds come next; 0 at the end."""
        if self._clock() >= 1:
            return 0
        if self.wanted is None:
            return STEP
        return min(self.wanted - self.done, max(1, min(STEP, self.wanted // STEPS)))

    def _clock(self) -> float:
        return (time.monotonic() - self.began) / self.seconds


def _judged(ground: Ground, routes: Routes) -> float:
    """What routes cost, where a broken limit is worse than any driving."""
    times = routes.travel + routes.service
    asked = ground.option_cost[routes.option[1:]].sum()
    return float(
        routes.travel.sum() + ground.evenness * (times**2).sum() + asked + BROKEN * over_limits(ground, routes)
    )


def _plan(problem: WeeksProblem, ground: Ground, routes: Routes, rounds: int) -> WeeksPlan:
    ids = ["", *(outlet.id for outlet in problem.outlets)]
    options = [option for outlet in problem.outlets for option in outlet.options]
    orders = tuple(
        DayOrder(
            route // ground.vehicles,
            tuple(ids[place] for place in routes.order[route, : routes.length[route]]),
            float(routes.travel[route]),
            float(routes.service[route]),
            float(routes.load[route]),
        )
        for route in range(len(routes.length))
        if routes.length[route]
    )
    days = {ids[place]: options[routes.option[place]].days for place in range(1, len(ids))}
    over = over_limits(ground, routes)
    return WeeksPlan(days, orders, math.fsum(each.travel_s for each in orders), over if over > 1e-6 else 0.0, rounds)


def days_of(plan: WeeksPlan, day: int) -> Sequence[DayOrder]:
    """Return the routes of a day."""
    return [each for each in plan.orders if each.day == day]
