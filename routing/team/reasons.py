"""Why nobody of a team makes a visit."""

from collections.abc import Sequence

from routing.compiled import compile_day
from routing.reasons import Reason, left_out_of, sentence
from routing.route import LeftOut
from routing.schedule import timetable
from routing.team.matrix import day_of
from routing.team.problem import TeamProblem
from routing.travel.matrix import TravelMatrix


def explain_team(problem: TeamProblem, matrix: TravelMatrix, orders: Sequence[Sequence[int]]) -> tuple[LeftOut, ...]:
    """A reason for every stop that is in none of ``orders``, in the problem's order."""
    taken = {stop for order in orders for stop in order}
    return tuple(_why(problem, matrix, orders, stop) for stop in range(len(problem.stops)) if stop not in taken)


def _why(problem: TeamProblem, matrix: TravelMatrix, orders: Sequence[Sequence[int]], number: int) -> LeftOut:
    stop = problem.stops[number]
    found = []
    for worker, order in enumerate(orders):
        if problem.workers[worker].may_visit(stop):
            day = compile_day(*day_of(problem, matrix, worker, [*order, number]))
            kept = range(1, len(order) + 1)
            route = timetable(day, kept)
            if route:
                found.append(left_out_of(day, kept, route, len(order) + 1))
    if found:
        return max(found, key=lambda left: list(Reason).index(Reason(left.code)))
    return LeftOut(stop.id, Reason.CLOSED, sentence(Reason.CLOSED, {}, mandatory=stop.mandatory), {}, stop.mandatory)
