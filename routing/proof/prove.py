"""Bounds on a day, tightened from both ends of it by turns until they meet the best route known, or time is up.

First fines for visiting a node twice are tuned by subgradients, so that few of the relaxed routes do (M. Held, P. Wolfe
and H. Crowder, "Validation of subgradient optimization", Mathematical Programming 6, 1974). Labels from the end of the
day then bound every choice of visits from its beginning (:mod:`routing.proof.choices`): those of the greatest prize are
left, mostly one or a few. Each is a day of its own, all of whose visits must be made with little driving: what relaxed
routes of it still visit twice is remembered, pass by pass, until the best of them is a route, or none can beat the
floor. Where there are too many choices, this is done with all candidates at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from time import perf_counter

import numpy as np

from routing.compiled import CompiledDay
from routing.core.ground import Ints
from routing.proof.choices import choices_above, no_choices, widen
from routing.proof.driving import MOST_VISITS, least_driving
from routing.proof.labels import DEAD, DONE, GRAIN_S, Labels, Rest, grow, no_labels, no_rest
from routing.proof.road import Road, Scale, backwards, most_to_come, part_of, road_of, scale_of

MOST_NODES = 62
"""Days of more candidates are not proven: a label remembers visits in the bits of one word."""

FIRST_SET = 4
"""How many nodes near each one a label there remembers in the first pass."""

LEARN_FROM = 30
"""From how many of the best labels of a pass it is learnt what to remember in the next."""

MOST_FINES = 8
"""How often fines are tuned."""

MOST_CHOICES = 40
"""More choices of the same prize are not asked one by one how little driving they take."""

MOST_PASSES = 60
"""After so many passes nothing more is learnt."""

ROOM = 300_000
"""The most labels of a pass."""


STEPS_A_SECOND = 200_000_000
"""How many steps a second gives at least; it only keeps a pass from running on when time is up."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How far to go: so many steps, and not much past ``deadline`` (perf_counter). Steps, unlike seconds, repeat."""

    steps: int
    deadline: float


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known of a day.

    Attributes:
        value: No route is worth more, on ``scale``.
        scale: How prizes and mandatory visits are weighed.
        order: The best order met that beats the floor given (numbers of places); None if there was none.
        is_exact: The value is that of a route: ``order``, or the one that gave the floor.
        fines: What visits cost in it beside; they may be given to the next proof of the same day.
    """

    value: int
    scale: Scale
    order: list[int] | None
    is_exact: bool
    fines: Ints


def prove(day: CompiledDay, places: Sequence[int], floor: int, effort: Effort, fines: Ints | None = None) -> Proof:
    """The best bound on routes over ``places`` that ``effort`` gives; ``floor`` is what the best one known is worth.

    ``fines`` of a proof before need not be tuned again.

    Raises:
        ValueError: for more than ``MOST_NODES`` places.
    """
    if len(places) > MOST_NODES:
        raise ValueError(f"{len(places)} candidates cannot be proven, at most {MOST_NODES}")
    scale = scale_of(day, places)
    prover = _Prover(road_of(day, places, scale), floor, effort)
    is_exact, nodes = prover.run(fines)
    order = [places[node] for node in nodes] if nodes else None
    return Proof(max(prover.value, floor), scale, order, is_exact, prover.all_fines)


@cache
def get_ready() -> None:
    """Load or compile the machine code now, so that the time it takes is not taken from a search's budget."""
    one, none = np.zeros(1, dtype=np.int64), np.zeros((1, 1, 1), dtype=np.int64)
    road = Road(one[None], one, one, one, np.array([0, 1]), one, one, one, one, none, none, none, one, one[None], one)
    grow(road, one, no_rest(), one, one, 0, no_labels(4), 0)
    least_driving(road, 5, 0)
    widen(road, no_rest(), 0, no_choices(2, 1, 1), 0, no_choices(2, 1, 1), 0, one)


class _Prover:
    def __init__(self, ahead: Road, floor: int, effort: Effort) -> None:
        self.roads = (backwards(ahead), ahead)
        self.floor, self.steps, self.deadline = floor, effort.steps, effort.deadline
        self.fines = np.zeros(len(ahead.worth), dtype=np.int64)
        self.lifted = self.all_fines = self.fines
        self.near = _sets(ahead, FIRST_SET)
        self.labels, self.rest, self.last_rest = no_labels(ROOM), no_rest(), no_rest()
        self.value = int(most_to_come(ahead, GRAIN_S)[-1])
        self.count = 0

    def run(self, fines: Ints | None = None) -> tuple[bool, list[int] | None]:
        """Whether the value is that of a route, and the nodes of that route if it beats the floor."""
        if fines is None:
            self._tune_fines()
        else:
            self.fines = fines
        self.all_fines = self.fines
        if self.value <= self.floor:
            return True, None
        if self._pass(0) is None:
            return self.value <= self.floor, None
        if self.value <= self.floor:
            return True, None
        chosen = self._choices()
        return self._best_of(chosen) if chosen is not None else self.remember(1)

    def _choices(self) -> list[int] | None:
        """The choices of the greatest prize, if it is not below the floor's; None where there are too many."""
        road = self.roads[1]
        fined = road._replace(worth=road.worth - self.fines)
        found = choices_above(fined, self.rest, self.floor - int(self.fines.sum()), self._steps_left)
        self.steps -= found.steps
        if found.visits is None:
            return None
        worths = [int(road.worth[_nodes_of(visits)].sum()) for visits in found.visits]
        most = max([worth for worth in worths if worth > self.floor], default=self.floor)
        self.value = min(self.value, most)
        chosen = [visits for visits, worth in zip(found.visits, worths, strict=True) if worth == most]
        return chosen if len(chosen) <= MOST_CHOICES else None

    def _best_of(self, chosen: Sequence[int]) -> tuple[bool, list[int] | None]:
        """The best route that makes all visits of any of these choices."""
        bound, best, is_exact = self.floor, None, True
        for visits in chosen:
            nodes = _nodes_of(visits)
            value, is_proven, route = self._best_order(part_of(self.roads[1], nodes))
            if route is not None:
                best, self.floor = [nodes[node] for node in route], value
            bound, is_exact = max(bound, value), is_exact and is_proven
        self.value = min(self.value, bound)
        return is_exact, best

    def _best_order(self, part: Road) -> tuple[int, bool, list[int] | None]:
        """What a day of settled visits is worth at most, whether exactly, and its order if it beats the floor."""
        steps = self._steps_left()
        if len(part.worth) <= MOST_VISITS:
            worth = int(part.worth.sum())
            found = least_driving(part, worth - self.floor, steps)
            self.steps -= found.steps
            return worth - found.least_s, found.is_exact, found.nodes
        one = _Prover(part, self.floor, Effort(steps, self.deadline))
        is_exact, route = one.remember(0)
        self.steps -= steps - one.steps
        return one.value, is_exact, route

    def remember(self, direction: int) -> tuple[bool, list[int] | None]:
        """As :meth:`run`, by passes that remember more and more, from both ends by turns."""
        for _ in range(MOST_PASSES):
            nodes = self._pass(direction)
            if self.value <= self.floor:
                return True, None
            if nodes is None:
                return False, None
            if len(set(nodes)) < len(nodes):
                self._learn(self.roads[direction])
            elif not self._lift_fines(nodes):
                return True, nodes if direction else nodes[::-1]
            direction = direction if self.lifted.any() else 1 - direction
        return False, None

    def _steps_left(self, spent: int = 0) -> int:
        return min(self.steps - spent, int(STEPS_A_SECOND * (self.deadline - perf_counter())))

    def _pass(self, direction: int) -> list[int] | None:
        """Set labels in one direction; return the nodes of the best whole route, or None where work ran out."""
        road = self.roads[direction]
        road = road._replace(worth=road.worth - self.fines)
        fined = int(self.fines.sum())
        to_come = most_to_come(road, GRAIN_S)
        steps = self._steps_left()
        ended, self.count, best, last, spent = grow(
            road, self.near, self.rest, to_come, self.lifted, self.floor - fined, self.labels, steps
        )
        self.steps -= spent
        if ended != DONE:
            return None
        self.value = min(self.value, int(best) + fined)
        if not self.lifted.any():
            self.last_rest = self.rest
            self.rest = _rest(self.labels, self.count, len(road.by), len(road.worth))
        return _nodes(self.labels, int(last))

    def _tune_fines(self) -> None:
        """Find fines under which relaxed routes are worth least."""
        best, kept = 1 << 62, self.fines
        share, stale = 1.0, 0
        for _ in range(MOST_FINES):
            before = self.value
            self.value, self.rest = 1 << 62, no_rest()
            nodes = self._pass(0)
            found, self.value = self.value, min(before, self.value)
            if nodes is None or self.value <= self.floor:
                break
            stale = 0 if found - self.floor < 0.95 * (best - self.floor) else stale + 1
            if found < best:
                best, kept = found, self.fines
            else:
                share *= 0.6
            if stale == 3:
                break
            slope = np.bincount(np.array(nodes, dtype=np.int64), minlength=len(self.fines)) - 1
            slope[(slope < 0) & (self.fines == 0)] = 0
            if not slope.any():
                break
            step = share * (found - self.floor) / float((slope**2).sum())
            self.fines = np.maximum(0, self.fines + np.rint(step * slope).astype(np.int64))
        self.fines, self.rest = kept, no_rest()

    def _lift_fines(self, nodes: Sequence[int]) -> bool:
        """Lift the fines that make a route seem better than it is, those of nodes it does not visit; False for none.

        From then on one direction goes on alone: the rest from the other keeps reckoning with all fines.
        """
        unfair = self.fines > 0
        unfair[list(nodes)] = False
        if not unfair.any():
            return False
        if not self.lifted.any():
            self.rest = self.last_rest
        self.lifted = np.where(unfair, self.fines, self.lifted)
        self.fines = np.where(unfair, 0, self.fines)
        return True

    def _learn(self, road: Road) -> None:
        """Let the nodes between two visits to one node remember it, on the best labels that make such a circle."""
        ends = self.labels.value[: self.count] - road.home[self.labels.node[: self.count]]
        for last in np.argsort(-ends, kind="stable")[:LEARN_FROM]:
            seen: dict[int, int] = {}
            nodes = _nodes(self.labels, int(last))
            for at, node in enumerate(nodes):
                for between in nodes[seen.get(node, at) + 1 : at]:
                    self.near[between] |= 1 << node
                seen[node] = at


def _nodes_of(visits: int) -> list[int]:
    return [node for node in range(visits.bit_length()) if visits >> node & 1]


def _sets(road: Road, size: int) -> Ints:
    """By node, the ``size`` nodes nearest to it as bits, itself among them."""
    apart = np.minimum(road.way, road.way.T).astype(np.float64)
    np.fill_diagonal(apart, -1)
    ranked = np.argsort(apart, axis=1, kind="stable")[:, :size]
    bits: Ints = np.left_shift(np.int64(1), ranked.astype(np.int64)).sum(axis=1)
    return bits


def _nodes(labels: Labels, last: int) -> list[int]:
    nodes = []
    while last >= 0:
        nodes.append(int(labels.node[last]))
        last = int(labels.parent[last])
    return nodes[::-1]


def _rest(labels: Labels, count: int, clocks: int, nodes: int) -> Rest:
    """The labels that live, as the other direction wants them."""
    alive = np.nonzero(labels.value[:count] > DEAD)[0]
    pair = labels.node[alive] * clocks + labels.had[alive]
    alive = alive[np.lexsort((-labels.value[alive], pair))]
    at = np.searchsorted(np.sort(pair), np.arange(nodes * clocks + 1))
    return Rest(at.astype(np.int64), labels.time[alive], labels.value[alive], labels.memory[alive])
