"""What an order of the rest of a day is worth and costs, in machine code.

The clocks are those of `routing.schedule.earliest_end`: one for a rep who has yet to have lunch, one for a rep who had
it. What is moved is counted as the visits outside a longest run that keeps its order (a longest increasing subsequence
of the ranks): the fewest that, taken out of both orders, leave the same order.
"""

from routing.compiled import NEVER_S
from routing.jit import compiled, inlined
from routing.living.ground import NONE, Ground, Ints

CANNOT = -1
"""The worth of an order that cannot be driven, or breaks a lock."""


@inlined
def start_at(ground: Ground, place: int, ready_s: int) -> int:
    """When service can start at a place; NEVER_S if not at all."""
    for at in range(ground.spans.shape[1]):
        if ready_s <= ground.spans[place, at, 1]:
            return int(max(ready_s, ground.spans[place, at, 0]))
    return NEVER_S


@inlined
def first_clocks(ground: Ground) -> tuple[int, int]:
    """The two clocks before anything: of a rep without lunch (NEVER_S where none is owed), and with."""
    if len(ground.lunch) == 0:
        return NEVER_S, ground.shift[0]
    return ground.shift[0], max(ground.shift[0], ground.lunch[0])


@inlined
def drive(ground: Ground, here: int, place: int, hungry: int, fed: int) -> tuple[int, int]:
    """The two clocks at a place's door, lunch had before, on the way or on arrival."""
    way = ground.travel[here, place]
    fed += way
    if len(ground.lunch) and hungry <= ground.lunch[2]:
        fed = min(fed, max(hungry + way, ground.lunch[1]) + ground.lunch[3])
    return hungry + way, fed


@inlined
def serve(ground: Ground, place: int, hungry: int, fed: int) -> tuple[int, int]:
    """The two clocks out of a shop again."""
    return (
        min(NEVER_S, start_at(ground, place, hungry) + ground.service[place]),
        min(NEVER_S, start_at(ground, place, fed) + ground.service[place]),
    )


@inlined
def arrive_home(ground: Ground, here: int, hungry: int, fed: int) -> int:
    """When the day ends that goes home from here; later than the shift if it cannot."""
    hungry, fed = drive(ground, here, len(ground.service) - 1, hungry, fed)
    if len(ground.lunch) and hungry <= ground.lunch[2]:
        fed = min(fed, hungry)
    return fed


@inlined
def may_follow(ground: Ground, place: int, at: int, line: int, tail: int) -> bool:
    """Whether the locks let a place be the `at`-th visit.

    `line` is the greatest rank so far among visits that keep their order, `tail` that of a visit locked in its place
    that came early because too few remain: only others of that kind may follow it, in their order.
    """
    lock = ground.place[place]
    if ground.line[place] != NONE and ground.line[place] < line:
        return False
    if tail != NONE:
        return bool(lock > tail)
    return bool(lock == NONE or lock >= at)


@inlined
def tail_after(ground: Ground, place: int, at: int, tail: int) -> int:
    """The `tail` once a place was the `at`-th visit."""
    lock = ground.place[place]
    return lock if lock != NONE and (lock > at or tail != NONE) else tail


@compiled
def weigh(ground: Ground, order: Ints, length: int, runs: Ints) -> tuple[int, float]:
    """The worth of the first `length` places of an order, CANNOT if it cannot be driven, and its cost in seconds.

    The cost is driving, idling by its weight and moved visits by their price. A rep with nothing left to do can always
    go home. `runs` is room to work in.
    """
    hungry, fed = first_clocks(ground)
    opens_s = ground.shift[0]
    here, line, tail, worth, driven, served, kept, longest = 0, NONE, NONE, 0, 0, 0, 0, 0
    for at in range(length):
        place = order[at]
        if not may_follow(ground, place, at, line, tail):
            return CANNOT, 0.0
        tail = tail_after(ground, place, at, tail)
        line = max(line, ground.line[place])
        hungry, fed = drive(ground, here, place, hungry, fed)
        hungry, fed = serve(ground, place, hungry, fed)
        if min(hungry, fed) > ground.shift[1]:
            return CANNOT, 0.0
        driven += ground.travel[here, place]
        served += ground.service[place]
        worth += ground.worth[place]
        if ground.rank[place] != NONE:
            kept += 1
            runs[at] = run_at(ground, order, at, runs)
            longest = max(longest, runs[at])
        here = place
    end_s = arrive_home(ground, here, hungry, fed)
    driven += ground.travel[here, len(ground.service) - 1]
    if end_s > ground.shift[1] and length:
        return CANNOT, 0.0
    return worth, driven + ground.prices[0] * (end_s - opens_s - driven - served) + ground.prices[1] * (kept - longest)


@inlined
def run_at(ground: Ground, order: Ints, at: int, runs: Ints) -> int:
    """The length of the longest run in the order of ranks that ends with the visit at a position."""
    most = 0
    for before in range(at):
        rank = ground.rank[order[before]]
        if rank != NONE and rank < ground.rank[order[at]]:
            most = max(most, runs[before])
    return most + 1


@inlined
def is_better(worth: int, cost: float, than_worth: int, than_cost: float) -> bool:
    """First the worth, then the cost."""
    return worth > than_worth or (worth == than_worth and cost < than_cost - 1e-6)
