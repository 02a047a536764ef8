"""An independent judge of a team's day: every rule that it breaks, as sentences. Shares no code with the search."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from routing.checker import broken_rules
from routing.problem import DayProblem
from routing.team.problem import TeamProblem
from routing.team.route import TeamRoute
from routing.travel.matrix import TravelMatrix


def broken_team_rules(problem: TeamProblem, matrix: TravelMatrix, route: TeamRoute) -> list[str]:
    """Every rule that ``route`` breaks as an answer to ``problem``; empty when it is sound.

    ``matrix`` covers ``problem.points()``.
    """
    if [each.worker_id for each in route.routes] != [worker.id for worker in problem.workers]:
        return [f"routes of {[each.worker_id for each in route.routes]}, asked {[w.id for w in problem.workers]}"]
    return [
        *_every_stop_is_answered_once(problem, route),
        *_days_hold(problem, matrix, route),
        *_sums_hold(problem, route),
    ]


def _every_stop_is_answered_once(problem: TeamProblem, route: TeamRoute) -> Iterator[str]:
    visited = [visit.stop_id for day in route.routes for visit in day.visits]
    answered = Counter(visited + [left.stop_id for left in route.left_out])
    asked = Counter(stop.id for stop in problem.stops)
    if answered != asked:
        wrong = sorted(name for name in {*answered, *asked} if answered[name] != asked[name])
        yield f"answered not once: {wrong}"
    must = {stop.id for stop in problem.stops if stop.mandatory}
    for left in route.left_out:
        if left.mandatory != (left.stop_id in must):
            yield f"{left.stop_id}: left out as mandatory={left.mandatory}"
        if not left.reason or not left.code:
            yield f"{left.stop_id}: left out without a reason"


def _days_hold(problem: TeamProblem, matrix: TravelMatrix, route: TeamRoute) -> Iterator[str]:
    number = {stop.id: index for index, stop in enumerate(problem.stops)}
    many = len(problem.workers)
    for index, (worker, day) in enumerate(zip(problem.workers, route.routes, strict=True)):
        if day.left_out:
            yield f"{worker.id}: leaves out {day.left_out[0].stop_id} alone; the team leaves out"
        made = sorted({number[visit.stop_id] for visit in day.visits if visit.stop_id in number})
        columns = np.array([index, *(many + stop for stop in made), many + len(problem.stops) + index])
        cut = np.ix_(columns, columns)
        alone = DayProblem(worker, tuple(problem.stops[stop] for stop in made))
        ways = TravelMatrix(matrix.duration_s[cut], matrix.distance_m[cut])
        yield from (f"{worker.id}: {rule}" for rule in broken_rules(alone, ways, replace(day, left_out=())))


def _sums_hold(problem: TeamProblem, route: TeamRoute) -> Iterator[str]:
    for name in ("prize", "travel_s", "distance_m", "wait_s", "service_s", "overtime_s"):
        said, summed = getattr(route, name), sum(getattr(day, name) for day in route.routes)
        if said != summed:
            yield f"{name} says {said}, the routes sum to {summed}"
    if route.bound and route.bound.prize < route.prize:
        yield f"a bound of {route.bound.prize} on a prize of {route.prize}"
    wishes = {stop.id: stop.prefers for stop in problem.stops if stop.prefers}
    strangers = sum(
        day.worker_id not in wishes.get(visit.stop_id, {day.worker_id}) for day in route.routes for visit in day.visits
    )
    if route.unpreferred != strangers:
        yield f"unpreferred says {route.unpreferred}, counted {strangers}"
    working = [
        day.travel_s + day.service_s
        for worker, day in zip(problem.workers, route.routes, strict=True)
        if worker.shift is not None
    ]
    spread = max(working) - min(working) if working else 0
    if route.imbalance_s != spread:
        yield f"imbalance_s says {route.imbalance_s}, counted {spread}"
