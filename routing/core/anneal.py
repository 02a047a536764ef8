"""Ruin and recreate under simulated annealing, the best by the true goal kept.

After J. Christiaens and G. Vanden Berghe, "Slack Induction by String Removals for Vehicle Routing Problems",
Transportation Science 54(2), 2020. What is annealed is driving against prizes at a price; what is kept is judged
lexicographically: mandatory visits, then prize, then cost. Mandatory visits that are hard to fit in weigh more the
longer they stay out (the absence counters of the same paper).
"""

import math
from typing import NamedTuple

import numpy as np

from routing.core.ground import Flags, Floats, Ground
from routing.core.placing import Places, is_full_for, is_near_for, nothing_placed, put_back
from routing.core.routes import COST, WORK, Routes, keep, keep_all, no_routes, put_in, refresh, take_out
from routing.core.ruin import ruin
from routing.jit import compiled

MISSING = 100_000.0
"""What a missing mandatory visit weighs, in seconds of driving; more each time that it is missing."""

OVERLOOKED = 0.1
"""How often a stop that need not be visited is not tried."""


class State(NamedTuple):
    """A search under way: where it is, what it came from, the best so far and its merit.

    ``merit`` is mandatory visits, prize, and cost of the best; ``absent`` what a missing mandatory visit weighs.
    """

    now: Routes
    before: Routes
    best: Routes
    merit: Floats
    absent: Floats
    places: Places


def begin(ground: Ground) -> State:
    """A search that has visited nobody yet but the first stops of each worker whose places are locked."""
    state = State(
        no_routes(ground),
        no_routes(ground),
        no_routes(ground),
        np.array([0.0, 0.0, 0.0]),
        np.ones(len(ground.service)),
        nothing_placed(ground),
    )
    start_anew(ground, state)
    return state


def start_anew(ground: Ground, state: State) -> None:
    """Take everything out of the routes at hand, and pin what is locked to the head of a route there."""
    now = state.now
    now.length[:], now.where[:], ground.pinned[:] = 0, -1, 0
    for each in range(len(now.length)):
        refresh(ground, now, each)
    locked = ground.stops[ground.locked_at[ground.stops] >= 0]
    for stop in locked[np.argsort(ground.locked_at[locked], kind="stable")]:
        for worker in np.nonzero(ground.allowed[stop])[0].tolist():
            count = now.length[worker]
            if count != ground.locked_at[stop] or is_full_for(ground, now, stop, worker):
                continue
            if ground.metres.size and not is_near_for(ground, now, stop, worker, count):
                continue
            if put_in(ground, now, worker, stop, count):
                ground.pinned[worker] += 1
            else:
                take_out(now, stop)
                refresh(ground, now, worker)
    offer(ground, state)


@compiled
def anneal(ground: Ground, state: State, price: float, heat: tuple[float, float], rounds: int, seed: int) -> int:
    """Change the routes ``rounds`` times, from one temperature down to another; return how often the best improved.

    ``price`` is what a point of prize is worth in seconds of driving.
    """
    np.random.seed(seed)
    now, before = state.now, state.before
    touched = np.zeros(len(now.length), dtype=np.bool_)
    old_where = now.where.copy()
    energy = _energy(ground, state, now, price)
    temperature = heat[0]
    cooling = (heat[1] / heat[0]) ** (1.0 / max(1, rounds))
    better = 0
    for _ in range(rounds):
        touched[:] = False
        old_where[:] = now.where
        ruin(ground, now, before, touched)
        drivable = True
        for worker in range(len(touched)):
            if touched[worker] and not refresh(ground, now, worker):
                drivable = False
        if drivable:
            _recreate(ground, state, touched)
            new = _energy(ground, state, now, price)
            if new < energy - temperature * math.log(np.random.random()):
                energy = new
                better += offer(ground, state)
            else:
                drivable = False
        if not drivable:
            for worker in range(len(touched)):
                if touched[worker]:
                    keep(before, now, worker)
            now.where[:] = old_where
        temperature *= cooling
    return better


@compiled
def _recreate(ground: Ground, state: State, touched: Flags) -> None:
    """Put back whatever fits, in an order drawn anew each time."""
    stops, where, must, rules = ground.stops, state.now.where, ground.must, ground.keys
    out = np.empty(len(stops), dtype=np.int64)
    keys = np.empty(len(stops))
    many = 0
    rule = np.random.randint(0, rules.shape[0] + 1)
    noise = np.random.random()
    for stop in stops:
        if where[stop] >= 0 or (not must[stop] and np.random.random() < OVERLOOKED):
            continue
        out[many] = stop
        if rule == rules.shape[0]:
            keys[many] = -np.random.random() - (10.0 if must[stop] else 0.0)
        else:
            keys[many] = -rules[rule, stop] * (1.0 + noise * (np.random.random() - 0.5))
        many += 1
    put_back(ground, state.now, state.before, state.places, touched, out[np.argsort(keys[:many])])


@compiled
def _energy(ground: Ground, state: State, routes: Routes, price: float) -> float:
    """What is annealed: cost less the price of the prizes, and much for each mandatory visit that is missing."""
    total = 0.0
    stops, where, prize, must, absent = ground.stops, routes.where, ground.prize, ground.must, state.absent
    sums = routes.sums
    for worker in range(sums.shape[0]):
        total += sums[worker, COST]
    if ground.balance > 0:
        total += ground.balance * spread(ground, routes)
    for stop in stops:
        if where[stop] >= 0:
            total -= price * prize[stop]
            if ground.locked_at[stop] >= 0 and is_misplaced(ground, routes, stop):
                total += MISSING * absent[stop]
        elif must[stop]:
            total += MISSING * absent[stop]
    return total


@compiled
def spread(ground: Ground, routes: Routes) -> float:
    """Seconds between the longest and the shortest working day of those who work."""
    longest, shortest = 0.0, np.inf
    for worker in range(len(routes.length)):
        if ground.works[worker]:
            longest = max(longest, routes.sums[worker, WORK])
            shortest = min(shortest, routes.sums[worker, WORK])
    return max(0.0, longest - shortest)


@compiled
def is_misplaced(ground: Ground, routes: Routes, stop: int) -> bool:
    """Whether a visited stop is not the visit of the day that it is locked to be."""
    at = ground.locked_at[stop]
    worker = routes.where[stop]
    return bool(at >= routes.length[worker] or routes.order[worker, at] != stop)


@compiled
def offer(ground: Ground, state: State) -> int:
    """Keep the routes at hand if they are better than the best by the true goal."""
    merit, sums, stops, where = state.merit, state.now.sums, ground.stops, state.now.where
    is_must, prizes, absent = ground.must, ground.prize, state.absent
    must, prize, cost = 0, 0, 0.0
    for worker in range(sums.shape[0]):
        cost += sums[worker, COST]
    if ground.balance > 0:
        cost += ground.balance * spread(ground, state.now)
    for stop in stops:
        if where[stop] >= 0:
            if ground.locked_at[stop] >= 0 and is_misplaced(ground, state.now, stop):
                return 0
            must += is_must[stop]
            prize += prizes[stop]
        elif is_must[stop]:
            absent[stop] += 1
    if must < merit[0] or (must == merit[0] and (prize < merit[1] or (prize == merit[1] and cost >= merit[2]))):
        return 0
    merit[0], merit[1], merit[2] = must, prize, cost
    keep_all(state.now, state.best)
    return 1
