"""Tearing outlets out of the routes and putting them back, in machine code.

An outlet is torn out of all its days at once and put back by the option that costs least: the sum over the option's
days of the cheapest place on any route of the day, and what the option itself costs.
"""

import numpy as np

from routing.jit import compiled, inlined
from routing.weeks.ground import Floats, Ground, Ints, Routes

BLINK = 0.01
"""How often a route is overlooked, so that the same is not done again and again (after the
“blinks” of J. Christiaens and G. Vanden Berghe, see `search`)."""


@inlined
def burden(ground: Ground, routes: Routes, route: int, weights: Floats, d_time: float, d_load: float) -> float:
    """What a route costs more, beside driving, when it takes so much longer and loads so much more."""
    time = routes.travel[route] + routes.service[route]
    load = routes.load[route]
    limit = ground.limits[route]
    cost: float = ground.evenness * ((time + d_time) ** 2 - time * time)
    cost += weights[0] * (max(0.0, time + d_time - limit) - max(0.0, time - limit))
    cost += weights[1] * (max(0.0, load + d_load - ground.capacity) - max(0.0, load - ground.capacity))
    return cost


@compiled
def total(ground: Ground, routes: Routes, weights: Floats) -> float:
    """What all routes cost, with fines for what is over a limit."""
    cost = 0.0
    for route in range(len(ground.limits)):
        time = routes.travel[route] + routes.service[route]
        cost += routes.travel[route] + ground.evenness * time * time
        cost += weights[0] * max(0.0, time - ground.limits[route])
        cost += weights[1] * max(0.0, routes.load[route] - ground.capacity)
    for place in range(1, len(ground.service)):
        if routes.option[place] >= 0:
            cost += ground.option_cost[routes.option[place]]
    return cost


@inlined
def over_limit(ground: Ground, routes: Routes, route: int) -> float:
    """How much a route is over its limits of time and load."""
    time = routes.travel[route] + routes.service[route]
    over: float = max(0.0, time - ground.limits[route]) + max(0.0, routes.load[route] - ground.capacity)
    return over


@compiled
def over_limits(ground: Ground, routes: Routes) -> float:
    """How much all routes together are over their limits."""
    over = 0.0
    for route in range(len(ground.limits)):
        over += over_limit(ground, routes, route)
    return over


@inlined
def cheapest(ground: Ground, routes: Routes, place: int, route: int) -> tuple[float, int]:
    """The least detour that a place makes on a route, and where it then stands."""
    many = routes.length[route]
    best, at = np.inf, 0
    here = ground.travel_to[place, 0]
    for position in range(many + 1):
        there = routes.order[route, position] if position < many else np.int32(0)
        detour = here + ground.travel[place, there] - routes.leg[route, position]
        if detour < best:
            best, at = detour, position
        here = ground.travel_to[place, there]
    return best, at


@inlined
def price_day(
    ground: Ground, routes: Routes, place: int, day: int, weights: Floats, blink: float
) -> tuple[float, int, int]:
    """What an outlet costs on a day at least, on which route and at which place of it."""
    best, where, at = np.inf, day * ground.vehicles, 0
    for route in range(day * ground.vehicles, (day + 1) * ground.vehicles):
        if blink > 0.0 and np.random.random() < blink:
            continue
        detour, position = cheapest(ground, routes, place, route)
        longer = detour + ground.service[place]
        price = detour + burden(ground, routes, route, weights, longer, ground.load[place])
        if price < best:
            best, where, at = price, route, position
    return best, where, at


@compiled
def insert(ground: Ground, routes: Routes, place: int, weights: Floats, blink: float) -> None:
    """Put an outlet that was torn out back in by the option that costs least."""
    days = routes.route_of.shape[1]
    known = np.zeros(days, dtype=np.bool_)
    cost, where, at = np.empty(days), np.empty(days, dtype=np.int32), np.empty(days, dtype=np.int32)
    best, chosen = np.inf, ground.option_from[place]
    for option in range(ground.option_from[place], ground.option_from[place + 1]):
        asked = ground.option_cost[option]
        for index in range(ground.day_from[option], ground.day_from[option + 1]):
            day = ground.option_days[index]
            if not known[day]:
                known[day] = True
                cost[day], where[day], at[day] = price_day(ground, routes, place, day, weights, blink)
            asked += cost[day]
        if asked < best:
            best, chosen = asked, option
    routes.option[place] = chosen
    for index in range(ground.day_from[chosen], ground.day_from[chosen + 1]):
        day = ground.option_days[index]
        if cost[day] == np.inf:
            _, where[day], at[day] = price_day(ground, routes, place, day, weights, 0.0)
        _put(ground, routes, place, day, where[day], at[day])


@compiled
def _put(ground: Ground, routes: Routes, place: int, day: int, route: int, at: int) -> None:
    order, leg, many = routes.order[route], routes.leg[route], routes.length[route]
    before = order[at - 1] if at > 0 else 0
    after = order[at] if at < many else 0
    routes.travel[route] += ground.travel[before, place] + ground.travel[place, after] - leg[at]
    for position in range(many, at, -1):
        order[position] = order[position - 1]
        leg[position + 1] = leg[position]
    order[at] = place
    leg[at], leg[at + 1] = ground.travel[before, place], ground.travel[place, after]
    routes.length[route] = many + 1
    routes.service[route] += ground.service[place]
    routes.load[route] += ground.load[place]
    routes.route_of[place, day] = route


@compiled
def remove(ground: Ground, routes: Routes, place: int) -> None:
    """Tear an outlet out of all its days."""
    option = routes.option[place]
    for index in range(ground.day_from[option], ground.day_from[option + 1]):
        day = ground.option_days[index]
        route = routes.route_of[place, day]
        order, leg, many = routes.order[route], routes.leg[route], routes.length[route]
        at = 0
        while order[at] != place:
            at += 1
        before = order[at - 1] if at > 0 else 0
        after = order[at + 1] if at + 1 < many else 0
        short = ground.travel[before, after] if many > 1 else 0.0
        saved = leg[at] + leg[at + 1] - short
        for position in range(at, many - 1):
            order[position] = order[position + 1]
            leg[position + 1] = leg[position + 2]
        leg[at] = short
        routes.length[route] = many - 1
        routes.travel[route] = routes.travel[route] - saved if many > 1 else 0.0
        routes.service[route] -= ground.service[place]
        routes.load[route] -= ground.load[place]
        routes.route_of[place, day] = -1
    routes.option[place] = -1


@compiled
def shuffle(ground: Ground, places: Ints, many: int) -> None:
    """Set in which order outlets go back in: any, the most work first, the farthest first or the nearest first."""
    for last in range(many - 1, 0, -1):
        other = np.random.randint(0, last + 1)
        places[last], places[other] = places[other], places[last]
    way = np.random.randint(0, 11)
    if way < 4:
        return
    keys = np.empty(many)
    for index in range(many):
        place = places[index]
        if way < 8:
            option = ground.option_from[place]
            visits = ground.day_from[option + 1] - ground.day_from[option]
            keys[index] = -visits * (ground.service[place] + ground.load[place] + 1.0)
        else:
            keys[index] = ground.travel[0, place] * (1.0 if way == 10 else -1.0)
    places[:many] = places[:many][np.argsort(keys)]
