"""Who visits whom: visits handed out one by one, then each worker's day searched again among what is left."""

from collections.abc import Sequence
from dataclasses import replace
from time import perf_counter

from routing.budget import Budget
from routing.compiled import CompiledDay, compile_day
from routing.polish import worth
from routing.problem import MAX_STOPS
from routing.schedule import earliest_end
from routing.search import search_order
from routing.team.insertion import Orders, hand_out
from routing.team.matrix import day_of
from routing.team.problem import TeamProblem
from routing.travel.matrix import TravelMatrix

MOST_ROUNDS = 3
"""How often every day is searched again, if time allows and the rounds before found something."""


def search_team(problem: TeamProblem, matrix: TravelMatrix, budget: Budget, seed: int) -> Orders:
    """By worker, the numbers of the stops (from 0) in driving order."""
    began = perf_counter()
    deadline = began + budget.seconds
    workers, stops = range(len(problem.workers)), range(len(problem.stops))
    days = [compile_day(*day_of(problem, matrix, worker, stops)) for worker in workers]
    orders = hand_out(days, problem.preference_s, [[] for _ in workers], lambda: perf_counter() > deadline)
    for _ in range(MOST_ROUNDS):
        before = [list(order) for order in orders]
        for number in sorted(workers, key=lambda each: problem.workers[each].id):
            left_s = (deadline - perf_counter()) / max(1, len(problem.workers))
            if left_s > 0:
                orders[number] = _searched_again(
                    problem, matrix, orders, number, (replace(budget, seconds=left_s), seed)
                )
        if orders == before:
            break
    orders = hand_out(days, problem.preference_s, orders, lambda: False)
    return [[place - 1 for place in order] for order in orders]


def _searched_again(
    problem: TeamProblem, matrix: TravelMatrix, orders: Orders, number: int, effort: tuple[Budget, int]
) -> list[int]:
    """The day of one worker among their own visits and those that nobody makes, if that is better than before."""
    taken = {place for order in orders for place in order}
    mine = orders[number]
    free = [place for place in range(1, len(problem.stops) + 1) if place not in taken]
    free = [place for place in free if problem.workers[number].may_visit(problem.stops[place - 1])]
    free.sort(key=lambda place: (-problem.stops[place - 1].prize, problem.stops[place - 1].id))
    pool = [*mine, *free][:MAX_STOPS]
    day = compile_day(*day_of(problem, matrix, number, [place - 1 for place in pool]))
    now = list(range(1, len(mine) + 1))
    found = search_order(day, *effort).order
    better = max((now, found), key=lambda order: _merit(day, order))
    return [pool[place - 1] for place in better]


def _merit(day: CompiledDay, order: Sequence[int]) -> tuple[int, int, int]:
    must = sum(worth(day, place)[0] for place in order)
    cost_s = day.driving_s(order) + day.overtime_cost_s(earliest_end(day, order))
    return must, sum(day.stop(place).prize for place in order), -cost_s
