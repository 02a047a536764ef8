"""Every choice of visits with the earliest that it can be done, one visit more at a time.

Of all orders of the same visits that end at the same door only the earliest departures matter for which visits can
still come. So there are no more rows than choices, where label setting compares label with label; choices that no rest
known from the other end of the day could bring above the floor go. Driving is not followed: which choices of the
greatest prize there are is the answer, how little driving each takes is asked afterwards.

After M. Held and R. M. Karp, "A dynamic programming approach to sequencing problems", Journal of the Society for
Industrial and Applied Mathematics 10(1), 1962.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from routing.core.ground import Ints, Shorts
from routing.core.routes import earliest
from routing.jit import compiled
from routing.proof.labels import Rest, can_finish, may_win, ready_at
from routing.proof.road import Road

LATE = 1 << 30
"""A departure that does not come, in 32 bits."""

ROOM = 200_000
"""The most choices of as many visits."""


class Choices(NamedTuple):
    """Choices of as many visits each, one a row.

    Attributes:
        visits: The nodes as bits.
        leaves: ``[row, last node, breaks had]`` the earliest departure, ``LATE`` if there is none.
        slots: Where each choice is found by its hash: rows, -1 for none.
    """

    visits: Ints
    leaves: Shorts
    slots: Ints


@dataclass(frozen=True, slots=True)
class Found:
    """The choices (nodes as bits) that a whole day can be made of and that may beat the floor, and the steps taken.

    ``visits`` is None where room or steps ran out.
    """

    visits: list[int] | None
    steps: int


def choices_above(road: Road, rest: Rest, floor: int, steps_left: Callable[[int], int]) -> Found:
    """Every choice of visits that may beat ``floor``, driving not counted but for what the rest says of it.

    ``road`` has worths less fines, and ``floor`` all fines taken off; ``rest`` are labels of the other direction.
    ``steps_left`` tells how many steps may follow so many.
    """
    nodes, clocks = len(road.worth), len(road.by)
    now, wider = no_choices(ROOM, nodes, clocks), no_choices(ROOM, nodes, clocks)
    ended, found = np.zeros(ROOM, dtype=np.int64), list[int]()
    count, spent = -1, 0
    while count:
        count, whole, taken = widen(road, rest, floor, now, count, wider, steps_left(spent), ended)
        spent += taken
        if count < 0:
            return Found(None, spent)
        found += [int(visits) for visits in wider.visits[np.unique(ended[:whole])]]
        now, wider = wider, now
    return Found(found, spent)


def no_choices(room: int, nodes: int, clocks: int) -> Choices:
    """Room for so many choices."""
    slots = 1 << (2 * room - 1).bit_length()
    leaves = np.empty((room, nodes, clocks), dtype=np.int32)
    return Choices(np.zeros(room, dtype=np.int64), leaves, np.full(slots, -1, dtype=np.int64))


@compiled
def widen(
    road: Road, rest: Rest, floor: int, now: Choices, count: int, wider: Choices, most: int, ended: Ints
) -> tuple[int, int, int]:
    """Write the choices of one visit more than those of ``now`` that may beat ``floor`` to ``wider``.

    Args:
        road: The day, visits worth their prize less their fine.
        rest: Labels of the other direction.
        floor: The value to beat, all fines taken off.
        now: The choices at hand; where there are none yet, the day begins.
        count: How many; -1 before the first visit.
        wider: Room for the others.
        most: The most steps.
        ended: Room for the rows that can be a whole day and then may beat the floor.

    Returns:
        How many choices there are now (-1: no room or no steps left), how many of them were written to ``ended``,
        and the steps taken.
    """
    nodes, found, whole = len(road.worth), 0, 0
    wider.slots[:] = -1
    spent, reach = np.zeros(1, dtype=np.int64), np.empty(len(road.by), dtype=np.int64)
    for row in range(max(1, count)):
        visits = now.visits[row] if count >= 0 else 0
        if found + nodes >= len(wider.visits) or whole + nodes >= len(ended) or spent[0] > most:
            return -1, whole, spent[0]
        worth = _worth(road, visits)
        for node in range(nodes):
            if visits >> node & 1 or not _reach(road, now, row, visits, node, reach):
                continue
            spent[0] += nodes
            gained = worth + road.worth[node]
            place = _enter(road, rest, floor, wider, found, visits | 1 << node, gained, node, reach, spent)
            found = max(found, place + 1)
            if place >= 0 and gained - road.home[node] > floor:
                ended[whole] = place
                whole += 1
    return found, whole, spent[0]


@compiled
def _worth(road: Road, visits: int) -> int:
    worth = 0
    for node in range(len(road.worth)):
        if visits >> node & 1:
            worth += road.worth[node]
    return worth


@compiled
def _enter(
    road: Road,
    rest: Rest,
    floor: int,
    wider: Choices,
    found: int,
    visits: int,
    gained: int,
    node: int,
    reach: Ints,
    spent: Ints,
) -> int:
    """Write down that a choice can end at a node at these times; return its row, -1 if it cannot beat the floor."""
    place = -1
    for had in range(len(reach)):
        if reach[had] >= LATE or not can_finish(road, reach[had], had, road.near_home[node]):
            continue
        if may_win(road, rest, wider.visits, floor, node, had, reach[had], gained, visits, 0, spent):
            if place < 0:
                place = _row(wider, visits, found)
            wider.leaves[place, node, had] = reach[had]
    return place


@compiled
def _reach(road: Road, now: Choices, row: int, visits: int, node: int, reach: Ints) -> bool:
    """Write the earliest departures from a node after the visits of a row; False if there is none."""
    clocks, closes, can = len(road.by), road.by.max(), False
    leaves, way, serves, late = now.leaves, road.way, road.service[node], LATE
    span_at, span_first, span_last = road.span_at, road.span_first, road.span_last
    for after in range(clocks):
        ready = late
        if visits == 0:
            for had in range(after + 1):
                if road.start[had] < LATE:
                    ready = min(ready, ready_at(road, road.start[had], had, after, road.out[node]))
        for here in range(len(road.worth)):
            if visits >> here & 1:
                for had in range(after + 1):
                    if leaves[row, here, had] < LATE:
                        ready = min(ready, ready_at(road, int(leaves[row, here, had]), had, after, way[here, node]))
        done = earliest(span_at, span_first, span_last, node, ready) + serves
        reach[after] = done if done <= closes else LATE
        can = can or done <= closes
    return can


@compiled
def _row(choices: Choices, visits: int, fresh: int) -> int:
    """The row of a choice, ``fresh`` if it is new; that row is then its."""
    slots, known = choices.slots, choices.visits
    mask = len(slots) - 1
    at = (visits * 0x9E3779B97F4A7C1 >> 20) & mask
    while slots[at] >= 0:
        if known[slots[at]] == visits:
            return int(slots[at])
        at = (at + 1) & mask
    slots[at], known[fresh] = fresh, visits
    choices.leaves[fresh] = LATE
    return fresh
