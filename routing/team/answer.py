"""From driving orders to the answer: timetables, sums, a bound, and the reasons for what is left out."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from routing.compiled import allowed_starts, at_speed, compile_day
from routing.errors import TravelError
from routing.knapsack import Supply, gap_percent, knapsack, nearest
from routing.problem import Stop, Worker
from routing.reasons import with_causes
from routing.route import Bound, DayRoute
from routing.schedule import timetable
from routing.team.matrix import day_of
from routing.team.problem import TeamProblem
from routing.team.reasons import explain_team
from routing.team.route import TeamRoute
from routing.travel.matrix import NO_WAY_S, TravelMatrix


def answer(
    problem: TeamProblem,
    matrix: TravelMatrix,
    orders: Sequence[Sequence[int]],
    bound: Bound | None = None,
    *,
    is_proven: bool = False,
) -> TeamRoute:
    """The answer that ``orders`` make: by worker, the numbers of the stops (from 0) in driving order.

    Without a ``bound`` the cheap one of :mod:`routing.knapsack` is given.

    Raises:
        TravelError: when the matrix does not cover exactly ``problem.points()``.
    """
    if len(matrix) != len(problem.points()):
        raise TravelError(f"the matrix covers {len(matrix)} places, the team's day has {len(problem.points())}")
    routes = tuple(_route(problem, matrix, worker, order) for worker, order in enumerate(orders))
    known = bound or most_team_prize(problem, matrix)
    prize = sum(route.prize for route in routes)
    return TeamRoute(
        routes=routes,
        left_out=explain_team(problem, matrix, orders, routes),
        prize=prize,
        travel_s=sum(route.travel_s for route in routes),
        distance_m=sum(route.distance_m for route in routes),
        wait_s=sum(route.wait_s for route in routes),
        service_s=sum(route.service_s for route in routes),
        overtime_s=sum(route.overtime_s for route in routes),
        unpreferred=_unpreferred(problem, orders),
        imbalance_s=_imbalance_s(problem, routes),
        bound=known,
        gap=gap_percent(prize, known),
        is_proven=is_proven,
    )


def _route(problem: TeamProblem, matrix: TravelMatrix, worker: int, order: Sequence[int]) -> DayRoute:
    day, places = compile_day(*day_of(problem, matrix, worker, order)), range(1, len(order) + 1)
    route = timetable(day, places)
    if route is None:
        raise AssertionError(f"{problem.workers[worker].id} cannot drive the order {order} that was found drivable")
    return replace(with_causes(day, places, route), warnings=matrix.warnings)


def _unpreferred(problem: TeamProblem, orders: Sequence[Sequence[int]]) -> int:
    return sum(
        bool(problem.stops[stop].prefers) and worker.id not in problem.stops[stop].prefers
        for worker, order in zip(problem.workers, orders, strict=True)
        for stop in order
    )


def _imbalance_s(problem: TeamProblem, routes: Sequence[DayRoute]) -> int:
    pairs = zip(problem.workers, routes, strict=True)
    working_s = [route.travel_s + route.service_s for worker, route in pairs if worker.shift is not None]
    return max(working_s) - min(working_s) if working_s else 0


def most_team_prize(problem: TeamProblem, matrix: TravelMatrix) -> Bound:
    """An upper bound on the prize of a team, from the time that its visits take at least."""
    many, size = len(problem.workers), len(problem.stops)
    between_s = matrix.duration_s[many : many + size, many : many + size]
    supplies = []
    for number, worker in enumerate(problem.workers):
        if worker.shift is None:
            continue
        from_start_s = matrix.duration_s[number : number + 1, many : many + size]
        ways_s = at_speed(nearest(np.concatenate([from_start_s, between_s])), worker.speed)
        can = np.array([_could_fit(worker, stop) for stop in problem.stops], dtype=bool)
        service_s = np.array([stop.service_s for stop in problem.stops], dtype=np.int64)
        needs_s = np.where(can & (ways_s < NO_WAY_S), ways_s + service_s, np.inf)
        supplies.append(Supply(needs_s, worker.shift.length_s + worker.overtime_s))
    return Bound(knapsack([stop.prize for stop in problem.stops], supplies))


def _could_fit(worker: Worker, stop: Stop) -> bool:
    if worker.shift is None or not worker.may_visit(stop):
        return False
    opens_s, closes_s = worker.shift.opens_s, worker.shift.closes_s + worker.overtime_s
    return any(
        last >= opens_s and max(first, opens_s) + stop.service_s <= closes_s for first, last in allowed_starts(stop)
    )
