"""The search for good weeks: tear neighbours out, put them back, and keep what is better or nearly so.

Simulated annealing over ruin and recreate, after J. Christiaens and G. Vanden Berghe, "Slack Induction by String
Removals for Vehicle Routing Problems", Transportation Science 54(2), 2020: here an outlet leaves and enters all its
days at once, so that its days are chosen together with its place on each.
"""

import math

import numpy as np

from routing.jit import compiled
from routing.weeks.ground import Flags, Floats, Ground, Ints, Routes, copy_of
from routing.weeks.moves import BLINK, insert, over_limit, over_limits, remove, shuffle, total

MOST_TORN = 24
WITHIN = 1e-6
"""By how much routes may be over their limits for want of exact sums."""


@compiled
def begin(ground: Ground, routes: Routes, weights: Floats, seed: int) -> None:
    """Fill empty routes, one outlet after the other."""
    np.random.seed(seed)
    places = np.arange(1, len(ground.service)).astype(np.int32)
    shuffle(ground, places, len(places))
    for index in range(len(places)):
        insert(ground, routes, places[index], weights, 0.0)


@compiled
def improve(
    ground: Ground, routes: Routes, weights: Floats, rounds: int, heat: tuple[float, float], torn: float, seed: int
) -> tuple[float, Routes]:
    """Change routes for some rounds, from one temperature down to another; return the best within all limits
    and its cost, or the first and infinity if none was.

    `torn` is how many outlets are torn out in the mean. `routes` are left as they were last.
    """
    np.random.seed(seed)
    places = len(ground.service)
    now, over = total(ground, routes, weights), over_limits(ground, routes)
    best, kept = (now if over < WITHIN else np.inf), copy_of(routes)
    gone, before = np.empty(MOST_TORN, dtype=np.int32), copy_of(routes)
    cooling = (heat[1] / heat[0]) ** (1.0 / max(1, rounds))
    temperature = heat[0]
    touched = np.zeros(len(ground.limits), dtype=np.bool_)
    for _ in range(rounds):
        many = _tear_out(ground, routes, before, touched, gone, 1 + np.random.randint(0, places), torn)
        shuffle(ground, gone, many)
        for index in range(many):
            insert(ground, routes, gone[index], weights, BLINK)
        _note(ground, routes, touched, gone, many)
        dearer, longer = _difference(ground, routes, before, touched, gone, many, weights)
        new = now + dearer
        if new < now - temperature * math.log(np.random.random()):
            _keep(routes, before, touched, gone, many)
            now = new
            over += longer
            if now < best - 1e-9 and over < WITHIN:
                best = now
                _assign(kept, routes)
        else:
            _keep(before, routes, touched, gone, many)
        temperature *= cooling
    return best, kept


@compiled
def _tear_out(
    ground: Ground, routes: Routes, before: Routes, touched: Flags, gone: Ints, seed_place: int, torn: float
) -> int:
    """Tear out an outlet and some of its nearest; `touched` says which routes changed."""
    touched[:] = False
    place = min(seed_place, len(ground.service) - 1)
    wanted = min(1 + np.random.randint(0, int(2 * torn)), MOST_TORN)
    skip = np.random.random() * 0.5
    many = 0
    for near in ground.near[place]:
        if many == wanted:
            break
        if many and np.random.random() < skip:
            continue
        gone[many] = near
        many += 1
    _note(ground, routes, touched, gone, many)
    for index in range(many):
        remove(ground, routes, gone[index])
    return many


@compiled
def _note(ground: Ground, routes: Routes, touched: Flags, gone: Ints, many: int) -> None:
    for index in range(many):
        option = routes.option[gone[index]]
        for at in range(ground.day_from[option], ground.day_from[option + 1]):
            touched[routes.route_of[gone[index], ground.option_days[at]]] = True


@compiled
def _difference(
    ground: Ground, routes: Routes, before: Routes, touched: Flags, gone: Ints, many: int, weights: Floats
) -> tuple[float, float]:
    """How much more the routes cost than before, and are over their limits, looking only at what changed."""
    more, longer = 0.0, 0.0
    for route in range(len(touched)):
        if touched[route]:
            more += _cost(ground, routes, route, weights) - _cost(ground, before, route, weights)
            longer += over_limit(ground, routes, route) - over_limit(ground, before, route)
    for index in range(many):
        place = gone[index]
        more += ground.option_cost[routes.option[place]] - ground.option_cost[before.option[place]]
    return more, longer


@compiled
def _cost(ground: Ground, routes: Routes, route: int, weights: Floats) -> float:
    time = routes.travel[route] + routes.service[route]
    cost: float = routes.travel[route] + ground.evenness * time * time
    cost += weights[0] * max(0.0, time - ground.limits[route])
    cost += weights[1] * max(0.0, routes.load[route] - ground.capacity)
    return cost


@compiled
def _keep(source: Routes, target: Routes, touched: Flags, gone: Ints, many: int) -> None:
    """Write what changed in one set of routes into another."""
    for route in range(len(touched)):
        if touched[route]:
            longest = max(source.length[route], target.length[route])
            target.order[route, :longest] = source.order[route, :longest]
            target.leg[route, : longest + 1] = source.leg[route, : longest + 1]
            target.length[route] = source.length[route]
            target.travel[route] = source.travel[route]
            target.service[route] = source.service[route]
            target.load[route] = source.load[route]
    for index in range(many):
        place = gone[index]
        target.option[place] = source.option[place]
        target.route_of[place] = source.route_of[place]


@compiled
def _assign(target: Routes, source: Routes) -> None:
    for route in range(len(source.length)):
        many = source.length[route]
        target.order[route, :many] = source.order[route, :many]
        target.leg[route, : many + 1] = source.leg[route, : many + 1]
    target.length[:] = source.length
    target.travel[:] = source.travel
    target.service[:] = source.service
    target.load[:] = source.load
    target.option[:] = source.option
    target.route_of[:] = source.route_of
