"""One instance solved by us, and anybody's orders judged by the independent checker."""

import sys
from time import perf_counter

from benchmarks.routes.families import Instance
from benchmarks.routes.tables import Score
from routing.budget import Budget
from routing.compiled import compile_day
from routing.search import search_order
from routing.team.answer import answer
from routing.team.checker import broken_team_rules
from routing.team.matrix import day_of
from routing.team.search import search_team


def our_score(instance: Instance, seconds: float, seed: int) -> Score:
    """Our own search: of a day, if there is one worker, of a team otherwise. The answer's reasons are not timed."""
    problem, matrix = instance.problem, instance.matrix
    budget = Budget(seconds, patience=None)
    if len(problem.workers) > 1:
        began = perf_counter()
        orders = search_team(problem, matrix, budget, seed)
        return score_of(instance, "ours", seconds, orders, perf_counter() - began)
    day, ways = day_of(problem, matrix, 0, range(len(problem.stops)))
    began = perf_counter()
    found = search_order(compile_day(day, ways), budget, seed)
    took_s = perf_counter() - began
    order = [place - 1 for place in found.order]
    return score_of(instance, "ours", seconds, [order], took_s, is_proven=found.is_proven, bound=found.bound.prize)


def score_of(
    instance: Instance,
    solver: str,
    seconds: float,
    orders: list[list[int]],
    took_s: float,
    *,
    is_proven: bool = False,
    bound: int | None = None,
) -> Score:
    """What orders are worth; an order that breaks a rule ends the run."""
    problem, matrix = instance.problem, instance.matrix
    route = answer(problem, matrix, orders)
    if broken := broken_team_rules(problem, matrix, route):
        sys.exit(f"{solver} on {instance.name}: {broken}")
    missing = sum(left.mandatory for left in route.left_out)
    if bound is not None and not missing and bound < route.prize:
        sys.exit(f"{instance.name}: a bound of {bound} on a prize of {route.prize}")
    return Score(
        instance=instance.name,
        family=instance.family,
        solver=solver,
        seconds=seconds,
        took_s=took_s,
        missing=missing,
        value=-route.travel_s / instance.scale if instance.is_mandatory else route.prize,
        best=-instance.best_cost if instance.best_cost else instance.best_prize,
        is_proven=is_proven,
    )
