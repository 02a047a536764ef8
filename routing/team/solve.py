"""A team's day in one call: travel, search, timetables, reasons."""

from dataclasses import replace

import numpy as np

from routing.budget import Budget
from routing.day import solve_on_matrix
from routing.errors import TravelError
from routing.team.answer import answer
from routing.team.matrix import day_of
from routing.team.problem import TeamProblem
from routing.team.route import TeamRoute
from routing.team.search import search_team
from routing.travel.matrix import TravelMatrix, TravelProvider

DEFAULT_TEAM_BUDGET = Budget(seconds=5.0)


def solve_team(
    problem: TeamProblem, travel: TravelProvider, budget: Budget = DEFAULT_TEAM_BUDGET, seed: int = 0
) -> TeamRoute:
    """The best routes found for a team's day, with a reason for every stop left out.

    Raises:
        TravelError: when ``travel`` gives no usable matrix.
    """
    return solve_team_on_matrix(problem, travel.matrix(problem.points()), budget, seed)


def solve_team_on_matrix(
    problem: TeamProblem, matrix: TravelMatrix, budget: Budget = DEFAULT_TEAM_BUDGET, seed: int = 0
) -> TeamRoute:
    """As :func:`solve_team`, over a matrix of ``problem.points()`` already at hand.

    Everything is done in the order of the ids, so that the order in which workers and stops are listed changes nothing.
    """
    crew = sorted(range(len(problem.workers)), key=lambda worker: problem.workers[worker].id)
    shops = sorted(range(len(problem.stops)), key=lambda stop: problem.stops[stop].id)
    problem, matrix = _in_order(problem, matrix, crew, shops), _ways_in_order(matrix, crew, shops)
    if len(problem.workers) == 1 and problem.workers[0].shift is not None:
        found = _alone(problem, matrix, budget, seed)
    else:
        found = answer(problem, matrix, search_team(problem, matrix, budget, seed))
    listed = {problem.stops[at].id: stop for at, stop in enumerate(shops)}
    return replace(
        found,
        routes=tuple(found.routes[at] for at in np.argsort(crew)),
        left_out=tuple(sorted(found.left_out, key=lambda left: listed[left.stop_id])),
    )


def _alone(problem: TeamProblem, matrix: TravelMatrix, budget: Budget, seed: int) -> TeamRoute:
    """A team of one has the day of a rep, with its proof."""
    route = solve_on_matrix(*day_of(problem, matrix, 0, range(len(problem.stops))), budget, seed)
    at = {stop.id: number for number, stop in enumerate(problem.stops)}
    order = [at[visit.stop_id] for visit in route.visits]
    has_wishes = problem.preference_s > 0 and any(stop.prefers for stop in problem.stops)
    return answer(problem, matrix, [order], route.bound, is_proven=route.is_proven and not has_wishes)


def _in_order(problem: TeamProblem, matrix: TravelMatrix, crew: list[int], shops: list[int]) -> TeamProblem:
    if len(matrix) != len(problem.points()):
        raise TravelError(f"the matrix covers {len(matrix)} places, the team's day has {len(problem.points())}")
    return replace(
        problem,
        workers=tuple(problem.workers[worker] for worker in crew),
        stops=tuple(problem.stops[stop] for stop in shops),
    )


def _ways_in_order(matrix: TravelMatrix, crew: list[int], shops: list[int]) -> TravelMatrix:
    many, size = len(crew), len(shops)
    places = [*crew, *(many + stop for stop in shops), *(many + size + worker for worker in crew)]
    cut = np.ix_(np.array(places, dtype=np.intp), np.array(places, dtype=np.intp))
    return replace(matrix, duration_s=matrix.duration_s[cut], distance_m=matrix.distance_m[cut])
