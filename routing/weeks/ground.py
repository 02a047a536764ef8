"""A problem as the arrays that inner loops want, and the routes that they change.

Places are numbered: 0 is the start, 1 to n the outlets. Route ``day * vehicles + vehicle`` belongs to its day.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.jit import compiled
from routing.weeks.problem import WeeksProblem

Ints = npt.NDArray[np.int32]
Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

NO_LIMIT = 1e18
NEIGHBOURS = 60
"""How many of its nearest an outlet can be torn out with."""


class Ground(NamedTuple):
    """What does not change.

    `travel_to[j, i]` is `travel[i, j]`: the ways to one place stand side by side.
    `option_from[i]` is the first option of place i, `option_from[i + 1]` the first that is not its own any more;
    `day_from` likewise points into `option_days`. `limits` and `capacity` are of one route.
    """

    travel: Floats
    travel_to: Floats
    service: Floats
    load: Floats
    option_from: Ints
    option_cost: Floats
    day_from: Ints
    option_days: Ints
    near: Ints
    limits: Floats
    capacity: float
    vehicles: int
    evenness: float


class Routes(NamedTuple):
    """What changes: the order of each route, its legs and its sums, and each outlet's option (-1: torn out) and routes.

    `leg[route, i]` leads to the place at `order[route, i]`, the last one back to the start.
    """

    order: Ints
    leg: Floats
    length: Ints
    travel: Floats
    service: Floats
    load: Floats
    option: Ints
    route_of: Ints


def ground_of(problem: WeeksProblem, travel: Floats) -> Ground:
    """Return a problem as arrays; `travel[i, j]` is from place to place."""
    outlets = problem.outlets
    options = [option for outlet in outlets for option in outlet.options]
    work = sum(outlet.service_s * len(outlet.options[0].days) for outlet in outlets)
    open_routes = problem.vehicles * sum(limit > 0 for limit in problem.day_limits_s)
    mean = 1.25 * work / max(1, open_routes) or float(travel.mean())
    return Ground(
        travel=np.ascontiguousarray(travel, dtype=np.float64),
        travel_to=np.ascontiguousarray(travel.T, dtype=np.float64),
        service=np.array([0, *(outlet.service_s for outlet in outlets)], dtype=np.float64),
        load=np.array([0, *(outlet.load for outlet in outlets)], dtype=np.float64),
        option_from=_starts([0, *(len(outlet.options) for outlet in outlets)]),
        option_cost=np.array([option.cost for option in options], dtype=np.float64),
        day_from=_starts([len(option.days) for option in options]),
        option_days=np.array([day for option in options for day in option.days], dtype=np.int32),
        near=_nearest(travel),
        limits=np.array([limit or 0 for limit in problem.day_limits_s for _ in range(problem.vehicles)], dtype=float),
        capacity=NO_LIMIT if problem.capacity is None else float(problem.capacity),
        vehicles=problem.vehicles,
        evenness=problem.balance / (2 * max(1.0, mean)),
    )


def no_routes(ground: Ground) -> Routes:
    """Return routes that go nowhere; the longest that any may become is all outlets."""
    places, routes = len(ground.service), len(ground.limits)
    days = routes // ground.vehicles
    return Routes(
        order=np.zeros((routes, places), dtype=np.int32),
        leg=np.zeros((routes, places + 1)),
        length=np.zeros(routes, dtype=np.int32),
        travel=np.zeros(routes),
        service=np.zeros(routes),
        load=np.zeros(routes),
        option=np.full(places, -1, dtype=np.int32),
        route_of=np.full((places, days), -1, dtype=np.int32),
    )


@compiled
def copy_of(routes: Routes) -> Routes:
    """Return the same routes, to be kept while others change."""
    return Routes(
        routes.order.copy(),
        routes.leg.copy(),
        routes.length.copy(),
        routes.travel.copy(),
        routes.service.copy(),
        routes.load.copy(),
        routes.option.copy(),
        routes.route_of.copy(),
    )


def _starts(counts: list[int]) -> Ints:
    return np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int32)


def _nearest(travel: Floats) -> Ints:
    """By place, the outlets nearest to it, itself first. The start is nobody's neighbour."""
    apart = (travel + travel.T)[1:, 1:].copy()
    np.fill_diagonal(apart, -1.0)
    many = min(NEIGHBOURS, len(apart))
    part = np.argpartition(apart, many - 1, axis=1)[:, :many] if many < len(apart) else np.argsort(apart, axis=1)
    rows = np.arange(len(apart))[:, None]
    ranked = part[rows, np.argsort(apart[rows, part], axis=1, kind="stable")]
    return np.vstack([np.zeros((1, many), dtype=np.int64), ranked + 1]).astype(np.int32)
