"""The days of a team's members, cut out of the team's problem and matrix."""

from collections.abc import Sequence

import numpy as np

from routing.errors import TravelError
from routing.problem import DayProblem
from routing.team.problem import TeamProblem
from routing.travel.matrix import TravelMatrix


def day_of(
    problem: TeamProblem, matrix: TravelMatrix, worker: int, stops: Sequence[int]
) -> tuple[DayProblem, TravelMatrix]:
    """The day of the worker of that number over some stops (numbers, from 0), and its matrix.

    Raises:
        TravelError: when the matrix does not cover exactly ``problem.points()``.
    """
    many = len(problem.workers)
    places = 2 * many + len(problem.stops)
    if len(matrix) != places:
        raise TravelError(f"the matrix covers {len(matrix)} places, the team's day has {places}")
    columns = np.array([worker, *(many + stop for stop in stops), many + len(problem.stops) + worker], dtype=np.intp)
    cut = np.ix_(columns, columns)
    chosen = tuple(problem.stops[stop] for stop in stops)
    return (
        DayProblem(problem.workers[worker], chosen),
        TravelMatrix(matrix.duration_s[cut], matrix.distance_m[cut], matrix.warnings),
    )
