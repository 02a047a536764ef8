"""A good order of the rest of a day, found in no time: visits go in, out and elsewhere as long as it pays.

A variable neighbourhood descent (N. Mladenović and P. Hansen, "Variable neighborhood search", Computers & Operations
Research 24(11), 1997) in machine code: a visit goes in, or takes the place of another; up to three in a row go
elsewhere; two change places; a stretch is driven the other way round.
"""

import numpy as np

from routing.jit import compiled
from routing.living.ground import Ground, Ints
from routing.living.weigh import CANNOT, is_better, weigh

LONGEST_MOVE = 3
STIRS = 16
"""How often the best order is stirred and improved again. A count, unlike a clock, gives the same answer every time."""


@compiled
def put_in(order: Ints, out: int, place: int, gap: int, trial: Ints) -> int:
    """Write an order without its visit number `out` (its length: none) but with a place in a gap; return its length."""
    at = 0
    for one in range(len(order)):
        if one == out:
            continue
        if at == gap:
            trial[at] = place
            at += 1
        trial[at] = order[one]
        at += 1
    if at == gap:
        trial[at] = place
        at += 1
    return at


@compiled
def move_on(order: Ints, first: int, size: int, gap: int, trial: Ints) -> None:
    """Write an order with `size` visits from number `first` on moved into a gap between the others."""
    at = 0
    for one in range(len(order) + 1):
        if at == gap:
            for inner in range(size):
                trial[at + inner] = order[first + inner]
            at += size
        if one < len(order) and not first <= one < first + size:
            trial[at] = order[one]
            at += 1


@compiled
def turn(order: Ints, one: int, two: int, whole: bool, trial: Ints) -> None:
    """Write an order with two visits in each other's place, or the `whole` stretch from one to two turned round."""
    for at in range(len(order)):
        inside = whole and one <= at <= two
        trial[at] = order[one + two - at] if inside or at in (one, two) else order[at]


@compiled
def first_order(ground: Ground) -> Ints:
    """An order that can be driven: the most worth for its time goes in first, each visit where it costs least."""
    size = len(ground.service)
    order = np.zeros(size, dtype=np.int64)
    runs, trial, found = order.copy(), order.copy(), order.copy()
    length = 0
    worth, cost = weigh(ground, order, length, runs)
    for place in ground.by_density:
        before = worth
        for gap in range(length + 1):
            put_in(order[:length], length, place, gap, trial)
            other_worth, other_cost = weigh(ground, trial, length + 1, runs)
            if is_better(other_worth, other_cost, worth, cost):
                worth, cost = other_worth, other_cost
                found[:] = trial
        if worth > before:
            order[:] = found
            length += 1
    return order[:length]


@compiled
def improve(ground: Ground, given: Ints) -> Ints:
    """The order that no single move makes better."""
    order = np.zeros(len(ground.service), dtype=np.int64)
    runs, trial = order.copy(), order.copy()
    length = len(given)
    order[:length] = given
    while True:
        longer = better_choice(ground, order, length, runs, trial)
        if longer == CANNOT and better_way(ground, order, length, runs, trial):
            longer = length
        if longer == CANNOT:
            return order[:length]
        order[:] = trial
        length = longer


@compiled
def better_choice(ground: Ground, order: Ints, length: int, runs: Ints, trial: Ints) -> int:
    """Write the first better order with one visit more, or one in the place of another; return its length or CANNOT."""
    worth, cost = weigh(ground, order, length, runs)
    seen = np.zeros(len(ground.service), dtype=np.bool_)
    for at in range(length):
        seen[order[at]] = True
    for place in range(1, len(ground.service) - 1):
        for out in range(length, -1, -1):  # at first none goes out
            if seen[place] or (out < length and ground.worth[place] < ground.worth[order[out]]):
                continue
            for gap in range(length + (out == length)):
                longer = put_in(order[:length], out, place, gap, trial)
                other_worth, other_cost = weigh(ground, trial, longer, runs)
                if is_better(other_worth, other_cost, worth, cost):
                    return longer
    return CANNOT


@compiled
def better_way(ground: Ground, order: Ints, length: int, runs: Ints, trial: Ints) -> bool:
    """Write the first better order of the same visits; return whether there is one."""
    worth, cost = weigh(ground, order, length, runs)
    for size in range(1, LONGEST_MOVE + 1):
        for first in range(length - size + 1):
            for gap in range(length - size + 1):
                move_on(order[:length], first, size, gap, trial)
                other_worth, other_cost = weigh(ground, trial, length, runs)
                if is_better(other_worth, other_cost, worth, cost):
                    return True
    for one in range(length):
        for two in range(one + 1, length):
            for whole in (False, True):
                turn(order[:length], one, two, whole, trial)
                other_worth, other_cost = weigh(ground, trial, length, runs)
                if is_better(other_worth, other_cost, worth, cost):
                    return True
    return False


@compiled
def stir(ground: Ground, given: Ints, seed: int) -> Ints:
    """The best order found when some visits in a row are taken out, again and again, and the rest improved."""
    runs = np.zeros(len(ground.service), dtype=np.int64)
    best = given.copy()
    worth, cost = weigh(ground, best, len(best), runs)
    chance = seed % 2147483647 + 1
    for _ in range(STIRS):
        if len(best) < 3:
            break
        chance = chance * 48271 % 2147483647  # S. K. Park and K. W. Miller's generator, with their later multiplier
        many = 2 + chance % 3
        chance = chance * 48271 % 2147483647
        first = chance % max(1, len(best) - many + 1)
        other = improve(ground, np.concatenate((best[:first], best[first + many :])))
        other_worth, other_cost = weigh(ground, other, len(other), runs)
        if is_better(other_worth, other_cost, worth, cost):
            best, worth, cost = other, other_worth, other_cost
    return best
