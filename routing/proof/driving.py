"""The least driving of a day whose visits are settled: all of them, in the best order that keeps the hours.

How much driving it takes at least from anywhere through any of the visits to the end is tabled first, hours not minded
(M. Held and R. M. Karp, "A dynamic programming approach to sequencing problems", Journal of the Society for Industrial
and Applied Mathematics 10(1), 1962). Then routes are built from the beginning, and those go that with this rest would
drive too far, or come too late to a visit still to be made.
"""

from dataclasses import dataclass

import numpy as np

from routing.core.ground import NEVER, NO_WAY, Ints, Shorts
from routing.core.routes import earliest
from routing.jit import compiled
from routing.proof.labels import DEAD, Labels, can_finish, is_dominated, no_labels, ready_at
from routing.proof.road import Road

MOST_VISITS = 18
"""The table has a row for each choice of so many visits at most."""

ROOM = 300_000
"""The most routes at hand."""

LOOSER = (1.02, 1.08, 1.25)
"""Looked for first: routes that drive at most so many times what they would if no door had hours."""


NONE, GIVEN_UP = -1, -2


@dataclass(frozen=True, slots=True)
class Driving:
    """What is known of the driving of a day of settled visits.

    Attributes:
        nodes: The order of the least driving; None if none is below the limit given, or steps ran out.
        least_s: None drives less.
        is_exact: No order below the limit drives less than ``nodes``.
        steps: The steps taken.
    """

    nodes: list[int] | None
    least_s: int
    is_exact: bool
    steps: int


def least_driving(road: Road, limit_s: int, steps: int) -> Driving:
    """The order of all nodes that drives least, if it drives less than ``limit_s``."""
    to_go, labels = to_go_s(road), no_labels(ROOM)
    every = len(to_go) - 1
    least_s = int((road.out + to_go[every & ~(1 << np.arange(len(road.out))), np.arange(len(road.out))]).min())
    if least_s >= limit_s:
        return Driving(None, limit_s, is_exact=True, steps=0)
    spent = 0
    for limit in (*(int(least_s * looser) for looser in LOOSER if least_s * looser < limit_s), limit_s):
        last, found_s, taken = drive(road, limit, to_go, labels, steps - spent)
        spent += int(taken)
        if last == GIVEN_UP:
            return Driving(None, least_s, is_exact=False, steps=spent)
        if last != NONE:
            return Driving(_nodes(labels, int(last)), int(found_s), is_exact=True, steps=spent)
        least_s = limit
    return Driving(None, limit_s, is_exact=True, steps=spent)


def _nodes(labels: Labels, last: int) -> list[int]:
    nodes: list[int] = []
    while last >= 0:
        nodes.append(int(labels.node[last]))
        last = int(labels.parent[last])
    return nodes[::-1]


@compiled
def to_go_s(road: Road) -> Shorts:
    """``[visits still to be made, node]``: the least driving from a node through them all to the end."""
    nodes = len(road.worth)
    table = np.empty((1 << nodes, nodes), dtype=np.int32)
    for visits in range(1 << nodes):
        for here in range(nodes):
            least = road.home[here] if visits == 0 else np.int64(NO_WAY)
            for node in range(nodes):
                if visits >> node & 1:
                    least = min(least, road.way[here, node] + table[visits & ~(1 << node), node])
            table[visits, here] = min(least, NO_WAY)
    return table


@compiled
def drive(road: Road, limit_s: int, to_go: Shorts, labels: Labels, work: int) -> tuple[int, int, int]:
    """Build all routes that may drive less than ``limit_s``.

    Returns:
        The last label of the best whole route (``NONE``, or ``GIVEN_UP``: no room or no steps left), its driving, and
        the steps taken.
    """
    nodes, clocks = len(road.worth), len(road.by)
    every = (1 << nodes) - 1
    head = np.full(((1 << nodes) * nodes, clocks), -1, dtype=np.int32)
    best = np.array([limit_s, -1], dtype=np.int64)
    spent = np.zeros(1, dtype=np.int64)
    count = 0
    for had in range(clocks):
        count = _further(road, to_go, labels, head, best, spent, count, -1, had)
    at = 0
    while at < count:
        if spent[0] > work or count + nodes * clocks > len(labels.node):
            return GIVEN_UP, limit_s, spent[0]
        if labels.value[at] > DEAD and labels.memory[at] != every:
            count = _further(road, to_go, labels, head, best, spent, count, at, labels.had[at])
        at += 1
    return best[1], best[0], spent[0]


@compiled
def _further(
    road: Road, to_go: Shorts, labels: Labels, head: Shorts, best: Ints, spent: Ints, count: int, label: int, had: int
) -> int:
    """Set the labels one visit further than a label (-1: the beginning); return how many there are now."""
    nodes, clocks, closes = len(road.worth), len(road.by), road.by.max()
    span_at, span_first, span_last = road.span_at, road.span_first, road.span_last
    every, time, driven, made, here = (1 << nodes) - 1, road.start[had], 0, 0, -1
    if label >= 0:
        time, driven = labels.time[label], -labels.value[label]
        made, here = labels.memory[label], labels.node[label]
    if time >= NEVER:
        return count
    for node in range(nodes):
        if made >> node & 1 or (span_last[span_at[node + 1] - 1] < time):
            continue
        step = road.way[here, node] if here >= 0 else road.out[node]
        visits, driving = made | 1 << node, driven + step
        spent[0] += 1
        if driving + to_go[every & ~visits, node] >= best[0]:
            continue
        for after in range(had, clocks):
            ready = ready_at(road, time, had, after, step)
            leaves = earliest(span_at, span_first, span_last, node, ready) + road.service[node]
            if leaves > closes or not _in_time(road, node, leaves, after, every & ~visits):
                continue
            if is_dominated(labels, head, visits * nodes + node, after, leaves, -driving, visits, spent):
                continue
            _set(labels, count, node, after, leaves, driving, visits, label)
            labels.next[count] = head[visits * nodes + node, after]
            head[visits * nodes + node, after] = count
            if visits == every and can_finish(road, leaves, after, road.home[node]):
                best[0], best[1] = driving + road.home[node], count
            count += 1
    return count


@compiled
def _in_time(road: Road, here: int, leaves: int, had: int, others: int) -> bool:
    """Whether none of the visits still to be made would be too late even by the quickest way to it."""
    span_at, span_last = road.span_at, road.span_last
    for node in range(len(road.worth)):
        if others >> node & 1 and leaves + road.near[here, node] > span_last[span_at[node + 1] - 1]:
            return False
    return can_finish(road, leaves, had, road.home[here]) or others != 0


@compiled
def _set(labels: Labels, at: int, node: int, had: int, leaves: int, driving: int, visits: int, parent: int) -> None:
    labels.node[at], labels.had[at], labels.time[at] = node, had, leaves
    labels.value[at], labels.memory[at], labels.parent[at] = -driving, visits, parent
