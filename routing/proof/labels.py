"""Label setting over ng-routes: every route so far that might still become the best, dominated ones left out.

A label remembers only visits to nodes near where it is (its ng-set); the others it might make twice. So the best
label is a bound, and where the sets hold all nodes, it is the best route. Labels from the other end of the day, found
before with smaller sets, tell at every node how much any rest could gain: what cannot beat the best known route goes.

R. Baldacci, A. Mingozzi and R. Roberti, "New route relaxation and pricing strategies for the vehicle routing problem",
Operations Research 59(5), 2011; G. Righini and M. Salani, "Decremental state space relaxation strategies and
initialization heuristics for solving the Orienteering Problem with Time Windows with dynamic programming", Computers &
Operations Research 36(4), 2009.
"""

from typing import NamedTuple

import numpy as np

from routing.core.ground import NEVER, Ints, Shorts
from routing.core.routes import earliest
from routing.jit import compiled, inlined
from routing.proof.road import Road

GRAIN_S = 60
"""The seconds of a step in the table of what may still come."""

DONE, TOO_MANY = 0, 1


class Labels(NamedTuple):
    """Routes so far, one an index. A label is at ``node`` with ``had`` breaks behind, ready to leave at ``time``.

    ``next`` chains the labels of one node and clock; ``value`` is ``DEAD`` for one that was dominated. ``fined`` is the
    value as the labels of the other direction reckon it, with fines that are lifted now.
    """

    node: Ints
    had: Ints
    time: Ints
    value: Ints
    fined: Ints
    memory: Ints
    parent: Ints
    next: Ints


class Rest(NamedTuple):
    """Labels of the other direction by node and clock, the most valuable first; ``at`` says where each pair begins."""

    at: Ints
    time: Ints
    value: Ints
    memory: Ints


DEAD = -(1 << 62)


def no_labels(room: int) -> Labels:
    """Room for so many labels."""
    return Labels(*(np.empty(room, dtype=np.int64) for _ in Labels._fields))


def no_rest() -> Rest:
    """Nothing known of the other direction."""
    nothing = np.zeros(0, dtype=np.int64)
    return Rest(nothing, nothing, nothing, nothing)


@inlined
def ready_at(road: Road, time: int, had: int, after: int, step: int) -> int:
    """The earliest arrival with ``after`` breaks behind for a label that leaves at ``time`` with ``had``."""
    add, opening, last = road.leg_add, road.leg_open, road.leg_last
    ready = NEVER
    if had == after:
        ready = time + step
    else:
        for choice in range(last.shape[2]):
            if time <= last[had, after, choice]:
                ready = min(ready, max(time + step + add[had, after, choice], opening[had, after, choice]))
    return ready


@compiled
def can_finish(road: Road, time: int, had: int, home: int) -> bool:
    """Whether a label may go to the end of its day."""
    by = road.by
    for after in range(had, len(by)):
        ready = ready_at(road, time, had, after, home)
        if ready < NEVER and ready <= by[after]:
            return True
    return False


@compiled
def grow(
    road: Road, near: Ints, rest: Rest, to_come: Ints, fines: Ints, floor: int, labels: Labels, work: int
) -> tuple[int, int, int, int, int]:
    """Set all labels that may beat ``floor``.

    Args:
        road: The day.
        near: By node, the nodes (as bits) that a label there remembers, itself included.
        rest: Labels of the other direction, or none.
        to_come: See :func:`routing.proof.road.most_to_come`; used where there is no rest.
        fines: What visits cost beside in the reckoning of the rest.
        floor: The value to beat.
        labels: Room for them.
        work: The most steps.

    Returns:
        ``DONE`` or ``TOO_MANY``, the number of labels, the best whole value (``floor`` if none is better) and its
        last label (-1 if none), and the steps taken.
    """
    nodes, clocks = len(road.worth), len(road.by)
    head = np.full((nodes, clocks), -1, dtype=np.int64)
    best = np.array([floor, -1], dtype=np.int64)
    spent = np.zeros(1, dtype=np.int64)
    count = 0
    for had in range(clocks):
        count = _extend(road, near, rest, to_come, fines, floor, labels, head, best, spent, count, -1, had)
    first = 0
    for _ in range(nodes):
        upto = count
        for label in range(first, upto):
            if spent[0] > work or count + nodes * clocks > len(labels.node):
                return TOO_MANY, count, best[0], best[1], spent[0]
            if labels.value[label] > DEAD:
                had = labels.had[label]
                count = _extend(road, near, rest, to_come, fines, floor, labels, head, best, spent, count, label, had)
        if upto == count:
            break
        first = upto
    return DONE, count, best[0], best[1], spent[0]


@compiled
def _extend(
    road: Road,
    near: Ints,
    rest: Rest,
    to_come: Ints,
    fines: Ints,
    floor: int,
    labels: Labels,
    head: Ints,
    best: Ints,
    spent: Ints,
    count: int,
    label: int,
    had: int,
) -> int:
    """Set the labels one visit further than a label (-1: the beginning); return how many there are now."""
    way, out, homes, service, worth = road.way, road.out, road.home, road.service, road.worth
    near_home = road.near_home
    span_at, span_first, span_last = road.span_at, road.span_first, road.span_last
    by, all_fines = road.by, fines.sum()
    clocks, closes = len(by), by.max()
    time, value, fined, memory, here = road.start[had], 0, 0, 0, -1
    if label >= 0:
        time, value, fined = labels.time[label], labels.value[label], labels.fined[label]
        memory, here = labels.memory[label], labels.node[label]
    if time >= NEVER:
        return count
    for node in range(len(worth)):
        if memory >> node & 1:
            continue
        step = way[here, node] if here >= 0 else out[node]
        gained = value + worth[node] - step
        reckoned = fined + worth[node] - fines[node] - step
        remembers = (memory & near[node]) | (1 << node)
        for after in range(had, clocks):
            ready = ready_at(road, time, had, after, step)
            leaves = earliest(span_at, span_first, span_last, node, ready) + service[node]
            if leaves > closes or not can_finish(road, leaves, after, near_home[node]):
                continue
            spent[0] += 1
            if not may_win(
                road, rest, to_come, floor - all_fines, node, after, leaves, reckoned, remembers, fines[node], spent
            ):
                continue
            if is_dominated(labels, head, node, after, leaves, gained, remembers, spent):
                continue
            labels.node[count], labels.had[count], labels.time[count] = node, after, leaves
            labels.value[count], labels.fined[count] = gained, reckoned
            labels.memory[count], labels.parent[count] = remembers, label
            labels.next[count] = head[node, after]
            head[node, after] = count
            if gained - homes[node] > best[0] and can_finish(road, leaves, after, homes[node]):
                best[0], best[1] = gained - homes[node], count
            count += 1
    return count


@compiled
def may_win(
    road: Road,
    rest: Rest,
    to_come: Ints,
    floor: int,
    node: int,
    had: int,
    leaves: int,
    gained: int,
    remembers: int,
    fine: int,
    spent: Ints,
) -> bool:
    """Whether any rest known from the other direction could bring a label above the floor."""
    clocks = len(road.by)
    if len(rest.at) == 0:
        left = road.by.max() - leaves
        return bool(gained + to_come[left // GRAIN_S + 1] > floor)
    pair = node * clocks + clocks - 1 - had
    only, wanted = 1 << node, floor - gained + road.worth[node] - fine
    starts = leaves - road.service[node]
    times, values, memories = rest.time, rest.value, rest.memory
    low, high = rest.at[pair], rest.at[pair + 1]
    for at in range(low, high):
        if values[at] <= wanted:
            spent[0] += at - low
            return False
        if starts + times[at] <= 0 and memories[at] & remembers == only:
            spent[0] += at - low
            return True
    spent[0] += high - low
    return False


@compiled
def is_dominated(
    labels: Labels, head: Ints | Shorts, node: int, had: int, leaves: int, gained: int, remembers: int, spent: Ints
) -> bool:
    """Whether a label there is no later, worth no less and remembers no more; those that are worse by all go."""
    times, values, memories, following = labels.time, labels.value, labels.memory, labels.next
    at, before = head[node, had], -1
    steps = 0
    while at >= 0:
        steps += 1
        later = following[at]
        if times[at] <= leaves and values[at] >= gained and memories[at] & ~remembers == 0:
            spent[0] += steps
            return True
        if times[at] >= leaves and values[at] <= gained and remembers & ~memories[at] == 0:
            values[at] = DEAD
            if before < 0:
                head[node, had] = later
            else:
                following[before] = later
        else:
            before = at
        at = later
    spent[0] += steps
    return False
