"""The best order of the rest of a day, proven: depth first over all orders, cut off where nothing better can follow.

A branch and bound in machine code. Worth is bounded by a fractional knapsack of the time that is left (G. B. Dantzig,
"Discrete-variable extremum problems", Operations Research 5(2), 1957) over the visits that can still be reached; cost,
where no greater worth can follow, by the shortest ways to the visits still wanted, and by the fewest that must have
moved by then.
"""

from typing import NamedTuple

import numpy as np

from routing.jit import compiled, inlined
from routing.living.ground import NONE, Bools, Ground, Ints
from routing.living.weigh import (
    CANNOT,
    arrive_home,
    drive,
    first_clocks,
    is_better,
    may_follow,
    run_at,
    serve,
    start_at,
    tail_after,
    weigh,
)


class Path(NamedTuple):
    """The beginning of an order. By depth: both clocks; worth, driving, service and visits that stood; line and tail
    (see `may_follow`); the longest run. `runs` is by position, `seen` by place."""

    order: Ints
    seen: Bools
    clocks: Ints
    sums: Ints
    locks: Ints
    runs: Ints
    longest: Ints


@compiled
def prove(ground: Ground, given: Ints, nodes: int) -> tuple[Ints, int]:
    """The best order, no worse than the one `given`, and how many of the `nodes` allowed are left: 0 means unproven."""
    end = len(ground.service) - 1
    path = open_path(ground)
    cursor = np.ones(end + 1, dtype=np.int64)  # by depth, the next place to try there
    best, best_length = path.order.copy(), len(given)
    best[:best_length] = given
    standard = weigh(ground, best, best_length, path.runs)
    depth = 0
    while depth >= 0 and nodes > 0:
        place = cursor[depth]
        cursor[depth] += 1
        if place == end:
            depth -= 1
            if depth >= 0:
                path.seen[path.order[depth]] = False
            continue
        if path.seen[place]:
            continue
        nodes -= 1
        if not extend(ground, path, depth, place):
            continue
        found = weigh_path(ground, path, depth + 1)
        if found[0] != CANNOT and is_better(found[0], found[1], standard[0], standard[1]):
            standard, best_length = found, depth + 1
            best[:] = path.order
        if could_be_better(ground, path, depth + 1, standard):
            path.seen[place] = True
            depth += 1
            cursor[depth] = 1
    return best[:best_length], nodes


@compiled
def open_path(ground: Ground) -> Path:
    """A path on which nobody was visited yet."""
    size = len(ground.service)
    path = Path(
        np.zeros(size, dtype=np.int64),
        np.zeros(size, dtype=np.bool_),
        np.zeros((size, 2), dtype=np.int64),
        np.zeros((size, 4), dtype=np.int64),
        np.full((size, 2), NONE, dtype=np.int64),
        np.zeros(size, dtype=np.int64),
        np.zeros(size, dtype=np.int64),
    )
    path.clocks[0, 0], path.clocks[0, 1] = first_clocks(ground)
    return path


@inlined
def extend(ground: Ground, path: Path, depth: int, place: int) -> bool:
    """Write a place behind the first `depth`; whether locks, hours and the shift let it be."""
    line, tail = path.locks[depth, 0], path.locks[depth, 1]
    if not may_follow(ground, place, depth, line, tail):
        return False
    here, after, end = path.order[depth - 1] if depth else 0, depth + 1, len(ground.service) - 1
    hungry, fed = drive(ground, here, place, path.clocks[depth, 0], path.clocks[depth, 1])
    hungry, fed = serve(ground, place, hungry, fed)
    if min(hungry, fed) + ground.shortest[place, end] > ground.shift[1]:
        return False
    path.order[depth] = place
    path.clocks[after, 0], path.clocks[after, 1] = hungry, fed
    path.locks[after, 0] = max(line, ground.line[place])
    path.locks[after, 1] = tail_after(ground, place, depth, tail)
    path.sums[after, 0] = path.sums[depth, 0] + ground.worth[place]
    path.sums[after, 1] = path.sums[depth, 1] + ground.travel[here, place]
    path.sums[after, 2] = path.sums[depth, 2] + ground.service[place]
    path.sums[after, 3] = path.sums[depth, 3]
    path.longest[after] = path.longest[depth]
    if ground.rank[place] != NONE:
        path.sums[after, 3] += 1
        path.runs[depth] = run_at(ground, path.order, depth, path.runs)
        path.longest[after] = max(path.longest[depth], path.runs[depth])
    return True


@inlined
def weigh_path(ground: Ground, path: Path, depth: int) -> tuple[int, float]:
    """What `routing.living.weigh.weigh` says of the first `depth` places."""
    here, sums = path.order[depth - 1], path.sums[depth]
    ends_s = arrive_home(ground, here, path.clocks[depth, 0], path.clocks[depth, 1])
    if ends_s > ground.shift[1]:
        return CANNOT, 0.0
    driven_s = sums[1] + ground.travel[here, len(ground.service) - 1]
    idle_s = ends_s - ground.shift[0] - driven_s - sums[2]
    return sums[0], driven_s + ground.prices[0] * idle_s + ground.prices[1] * (sums[3] - path.longest[depth])


@compiled
def could_be_better(ground: Ground, path: Path, depth: int, best: tuple[int, float]) -> bool:
    """Whether anything that begins with the first `depth` places of a path can still beat the best."""
    end, here = len(ground.service) - 1, path.order[depth - 1]
    ready_s = min(path.clocks[depth, 0], path.clocks[depth, 1])
    left_s = ground.shift[1] - ready_s - ground.nearest[end]
    worth, ways_s = path.sums[depth, 0], ground.nearest[end]
    wanted, many = np.zeros(end, dtype=np.int64), 0
    for place in ground.by_density:
        if path.seen[place] or place == here:
            continue
        if not may_follow(ground, place, depth, path.locks[depth, 0], path.locks[depth, 1]):
            continue
        starts_s = start_at(ground, place, ready_s + ground.shortest[here, place])
        if starts_s + ground.service[place] + ground.shortest[place, end] > ground.shift[1]:
            continue
        need_s = ground.service[place] + ground.nearest[place]
        if need_s > left_s:
            return bool(worth + (ground.worth[place] * left_s // need_s if left_s > 0 else 0) >= best[0])
        left_s -= need_s
        worth += ground.worth[place]
        ways_s += ground.nearest[place]
        wanted[many] = place
        many += 1
    if worth != best[0]:
        return bool(worth > best[0])
    driven_s, idle_s = path.sums[depth, 1], ready_s - ground.shift[0] - path.sums[depth, 1] - path.sums[depth, 2]
    moved = fewest_moved(ground, path, depth, wanted[:many])
    cost = driven_s + ways_s + ground.prices[0] * max(0, idle_s) + ground.prices[1] * moved
    return bool(cost < best[1] - 1e-6)


@compiled
def fewest_moved(ground: Ground, path: Path, depth: int, wanted: Ints) -> int:
    """How many visits at least will have moved when all those `wanted` follow: the longest run can only grow so far."""
    stood = 0
    for other in wanted:
        stood += ground.rank[other] != NONE
    longest = stood
    for at in range(depth):
        rank = ground.rank[path.order[at]]
        if rank != NONE:
            run = path.runs[at]
            for other in wanted:
                run += ground.rank[other] > rank
            longest = max(longest, run)
    return int(path.sums[depth, 3] + stood - longest)
