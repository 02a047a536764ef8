"""Who visits whom: one cooling of the compiled core over the whole team.

The temperature falls with the share of the effort that is spent: of the seconds, or of the changes that patience
allows, whichever is further on. Where changes run out first, the same seed gives the same answer.
"""

from collections.abc import Sequence
from time import perf_counter

import numpy as np

from routing.budget import Budget
from routing.compiled import NEVER_S, CompiledDay, compile_day
from routing.core.anneal import anneal, begin
from routing.core.ground import Ground
from routing.core.team import ground_of_team
from routing.schedule import earliest_end
from routing.team.insertion import Orders, hand_out
from routing.team.matrix import day_of
from routing.team.problem import TeamProblem
from routing.travel.matrix import TravelMatrix

CHANGES_A_STOP = 200
"""How many changes a stop is worth for each round of patience."""

CHUNK = 100
"""After so many changes it is looked at the clock."""

HEAT = (4.0, 0.04)
"""The first and the last temperature, in prices of one point of prize."""

LAST_SHARE = 0.08
"""The share of a budget that is kept for looking at what still fits in the end."""

MOST_HEAT_S = 1_200.0
"""The highest temperature, in seconds of driving."""

PRICE = (2.0, 6.0)
"""What a point of prize is worth in fair prices, at first and at last."""


UNEVEN = 100
"""Prizes are of very different sizes where the greatest is more than so many times the least."""

DEAR_EVERY, DEAR_S = 4, 3600.0
"""Then, so often, the visit worth least is priced at this many seconds: it would else never be worth its way."""


def search_team(problem: TeamProblem, matrix: TravelMatrix, budget: Budget, seed: int) -> Orders:
    """By worker, the numbers of the stops (from 0) in driving order."""
    deadline = perf_counter() + budget.seconds
    many = len(problem.workers)
    orders: Orders = [[] for _ in problem.workers]
    numbers = range(len(problem.stops))
    days = [compile_day(*day_of(problem, matrix, worker, numbers)) for worker in range(many)]
    ground = ground_of_team(problem, matrix, budget.wait_weight) if problem.workers and problem.stops else None
    if ground is not None and len(ground.stops):
        orders = [[place - many for place in order] for order in _search(ground, budget, deadline, seed)]
    return _with_what_fits(problem, days, orders)


def _search(ground: Ground, budget: Budget, deadline: float, seed: int) -> Orders:
    state = begin(ground)
    began = perf_counter()
    anneal(ground, state, 1.0, (1.0, 1.0), 0, 0)  # where it has to be compiled first, that is not in the budget
    deadline += perf_counter() - began
    fair_s, least_prize = _fair_price_s(ground), max(1, int(ground.prize[ground.stops].min()))
    is_uneven = ground.prize[ground.stops].max() > UNEVEN * least_prize
    changes = np.inf if budget.patience is None else budget.patience * CHANGES_A_STOP * len(ground.stops)
    began, done, spent = perf_counter(), 0, 0.0
    seconds = max(1e-3, deadline - LAST_SHARE * budget.seconds - began)
    seed = seed * 1_000_003 % (1 << 31)
    while spent < 1:
        price_s = fair_s * PRICE[0] * (PRICE[1] / PRICE[0]) ** spent
        if is_uneven and done // CHUNK % DEAR_EVERY == DEAR_EVERY - 1:
            price_s = max(price_s, DEAR_S / least_prize)
        heat = min(MOST_HEAT_S, HEAT[0] * fair_s) * (HEAT[1] / HEAT[0]) ** spent
        seed = (seed + 1) % (1 << 31)
        anneal(ground, state, price_s, (heat, heat), CHUNK, seed)
        done += CHUNK
        spent = max(done / changes, (perf_counter() - began) / seconds)
    best = state.best
    return [[int(place) for place in order[:length]] for order, length in zip(best.order, best.length, strict=True)]


def _fair_price_s(ground: Ground) -> float:
    """What a point of prize costs in seconds: all shifts over the prizes that fit into them, most a second first."""
    stops = ground.stops
    room_s = float((ground.over_from - ground.opens)[ground.works].sum())
    ways = ground.ways[0][np.ix_(stops, stops)] + np.where(np.eye(len(stops), dtype=bool), 1 << 28, 0)
    need_s = 1.0 + ground.service[stops] + (np.minimum(ways.min(axis=0), 1 << 28) if len(stops) > 1 else 0)
    prize = ground.prize[stops]
    order = np.argsort(-prize / need_s, kind="stable")
    fits = np.cumsum(need_s[order]) <= room_s
    return min(room_s, float(need_s.sum())) / max(1, int(prize[order][fits].sum()))


def _with_what_fits(problem: TeamProblem, days: Sequence[CompiledDay], orders: Orders) -> Orders:
    """Nothing that fits stays out: so that the reasons for leaving a stop out are true."""
    for day, order in zip(days, orders, strict=True):
        places = [stop + 1 for stop in order]
        if places and earliest_end(day, places) == NEVER_S:
            raise AssertionError(f"{day.problem.worker.id} cannot drive the order {order} that was found drivable")
    kept = hand_out(days, problem.preference_s, [[stop + 1 for stop in order] for order in orders], lambda: False)
    return [[place - 1 for place in order] for order in kept]
