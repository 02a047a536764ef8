"""Why nobody of a team makes a visit: told of the worker into whose day it would fit best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from routing.compiled import compile_day
from routing.polish import least_detour_s
from routing.problem import MAX_STOPS, Stop, Worker
from routing.reasons.codes import Params, sentence
from routing.reasons.findings import left_out_of, why_barred
from routing.reasons.remedies import Kept, of_permission
from routing.route import DayRoute, LeftOut
from routing.team.matrix import day_of
from routing.team.problem import TeamProblem
from routing.travel.matrix import TravelMatrix

LOOKED_AT = 2
"""Into how many days a visit is tried: those that it costs least driving."""

NAMED = 3
"""Up to so many workers are named where only they may make a visit."""


def explain_team(
    problem: TeamProblem, matrix: TravelMatrix, orders: Sequence[Sequence[int]], routes: Sequence[DayRoute]
) -> tuple[LeftOut, ...]:
    """A reason for every stop that is in none of ``orders`` (by worker, stops from 0), in the problem's order."""
    taken = {stop for order in orders for stop in order}
    left = [stop for stop in range(len(problem.stops)) if stop not in taken]
    days = [_day(problem, matrix, worker, (orders[worker], left), routes[worker]) for worker in range(len(orders))]
    return tuple(_why(problem, days, stop) for stop in left)


@dataclass(frozen=True, slots=True)
class _Day:
    """One worker's day with what the team leaves out beside it; ``place`` tells the place of a stop."""

    worker: Worker
    route: DayRoute
    kept: Kept
    place: dict[int, int]

    def detour_s(self, stop: int) -> int:
        return least_detour_s(self.kept.day, self.kept.order, self.place[stop])

    def why(self, stop: int) -> LeftOut:
        return left_out_of(self.kept, self.route, self.place[stop])


def _day(
    problem: TeamProblem, matrix: TravelMatrix, worker: int, stops: tuple[Sequence[int], Sequence[int]], route: DayRoute
) -> _Day:
    order, left = stops[0], stops[1][: MAX_STOPS - len(stops[0])]
    day = compile_day(*day_of(problem, matrix, worker, [*order, *left]))
    place = {stop: place for place, stop in enumerate(left, start=len(order) + 1)}
    return _Day(problem.workers[worker], route, Kept(day, range(1, len(order) + 1)), place)


def _why(problem: TeamProblem, days: Sequence[_Day], number: int) -> LeftOut:
    stop = problem.stops[number]
    barred = why_barred(sorted(problem.workers, key=lambda worker: worker.id), stop)
    days = sorted((day for day in days if number in day.place), key=lambda day: day.worker.id)
    if barred or not days:
        code, params = barred or why_barred((), stop) or ("", {})
        reason = sentence(code, params, mandatory=stop.mandatory)
        helps = tuple(each for day in days for each in of_permission(day.kept.day, day.kept.order, day.place[number]))
        return LeftOut(stop.id, code, reason, params, stop.mandatory, remedies=helps)
    able = [day for day in days if day.worker.may_visit(stop)]
    nearest = sorted(able, key=lambda day: (day.detour_s(number), day.worker.id))[:LOOKED_AT]
    found = min((day.why(number) for day in nearest), key=_effort)
    return _naming_the_only(problem, able, stop, found)


def _effort(left: LeftOut) -> tuple[bool, int]:
    """How far a visit is from fitting: what a longer shift would have to give, else what it pushes out."""
    late_s = [int(remedy.params["late_s"]) for remedy in left.remedies if "late_s" in remedy.params]
    return not late_s, late_s[0] if late_s else sum(out.prize for out in left.pushes_out)


def _naming_the_only(problem: TeamProblem, able: Sequence[_Day], stop: Stop, found: LeftOut) -> LeftOut:
    """Where only few of those who work may make a visit, the sentence names them."""
    working = [worker for worker in problem.workers if worker.shift is not None]
    if len(able) > NAMED or len(able) == len(working):
        return found
    names = ", ".join(sorted(day.worker.id for day in able))
    params: Params = {**found.params, "workers": names}
    return replace(found, params=params, reason=sentence(found.code, params, mandatory=stop.mandatory))
