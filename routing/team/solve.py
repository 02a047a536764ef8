"""A team's day in one call: travel, search, timetables, reasons."""

from routing.budget import Budget
from routing.team.answer import answer
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
    """As :func:`solve_team`, over a matrix of ``problem.points()`` already at hand."""
    return answer(problem, matrix, search_team(problem, matrix, budget, seed))
