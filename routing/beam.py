"""A beam search over growing routes: a strong start for the engine, and the proven best of a small day.

Level by level, every label (a route so far) is extended by every stop that it has not seen, all at once in numpy.
A label goes when another one with the same stops and the same last stop is no later and has driven no further, or
when even the best imaginable rest could not bring it past the best route known. Only if more than ``width`` are
left must some go that might have become the best; a search that never had to is a proof.

Label setting as in G. Righini and M. Salani, "Decremental state space relaxation strategies and initialization
heuristics for solving the Orienteering Problem with Time Windows with dynamic programming", Computers & Operations
Research 36(4), 2009, with two clocks for lunch.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from time import perf_counter

import numpy as np
import numpy.typing as npt

from routing.beam_tables import Bools, Ints, Tables
from routing.compiled import NEVER_S, CompiledDay

Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class BeamResult:
    """The best order found (numbers of places), and whether there is none better."""

    order: list[int]
    is_proven: bool


@dataclass(frozen=True, slots=True)
class _Labels:
    """Routes so far, a row each. ``hungry_s`` and ``fed_s`` are the clocks of a rep without and with lunch."""

    parent: Rows
    last: Ints
    seen: Bools
    signature: npt.NDArray[np.uint64]
    hungry_s: Ints
    fed_s: Ints
    worth: Ints
    driven_s: Ints

    def __len__(self) -> int:
        return len(self.last)

    def only(self, rows: Rows | Bools) -> "_Labels":
        """Some of the rows."""
        return _Labels(*(getattr(self, field.name)[rows] for field in fields(self)))

    @property
    def now_s(self) -> Ints:
        """The earlier of the two clocks: nothing can happen before it."""
        return np.minimum(self.hungry_s, self.fed_s)


def beam_search(day: CompiledDay, places: Sequence[int], width: int, deadline: float) -> BeamResult:
    """Search orders of ``places``, keeping at most ``width`` labels a level, until ``deadline`` (perf_counter)."""
    return _Beam(day, places, width).run(deadline)


class _Beam:
    def __init__(self, day: CompiledDay, places: Sequence[int], width: int) -> None:
        self.tables = Tables(day, places)
        self.places = places
        self.width = width
        self.levels = [self._root(day)]
        self.best: list[int] = []
        self.best_worth, self.best_driven_s = 0, 0
        self.is_exhaustive = True

    def _root(self, day: CompiledDay) -> _Labels:
        count, opens_s = len(self.places), day.shift.opens_s
        fed_s = max(opens_s, day.lunch.earliest_end_s) if day.lunch else opens_s
        hungry_s = self.tables.alive(np.array([opens_s]))
        return _Labels(
            parent=np.zeros(1, dtype=np.intp),
            last=np.array([count]),
            seen=np.zeros((1, count), dtype=bool),
            signature=np.zeros(1, dtype=np.uint64),
            hungry_s=hungry_s,
            fed_s=np.array([fed_s]),
            worth=np.zeros(1, dtype=np.int64),
            driven_s=np.zeros(1, dtype=np.int64),
        )

    def run(self, deadline: float) -> BeamResult:
        while len(self.levels[-1]):
            if perf_counter() > deadline:
                self.is_exhaustive = False
                break
            grown = self._extended(self.levels[-1])
            self._take_best(grown)
            self.levels.append(self._narrowed(_without_dominated(self._promising(grown))))
        return BeamResult(self.best, self.is_exhaustive)

    def _extended(self, labels: _Labels) -> _Labels:
        """Every label by every candidate that it can still visit."""
        tables = self.tables
        way_s = tables.way_s[labels.last]
        hungry_s, fed_s = labels.hungry_s[:, None], labels.fed_s[:, None]
        hungry_next = tables.alive(tables.start(hungry_s + way_s) + tables.service_s)
        fed_next = tables.start(tables.fed_after(hungry_s, fed_s, way_s)) + tables.service_s
        open_ = ~labels.seen & (np.minimum(hungry_next, fed_next) <= tables.closes_s)
        parent, last = np.nonzero(open_)
        seen = labels.seen[parent]
        seen[np.arange(len(last)), last] = True
        return _Labels(
            parent=parent,
            last=last,
            seen=seen,
            signature=labels.signature[parent] ^ tables.signature[last],
            hungry_s=hungry_next[parent, last],
            fed_s=np.minimum(fed_next[parent, last], NEVER_S),
            worth=labels.worth[parent] + tables.worth[last],
            driven_s=labels.driven_s[parent] + way_s[parent, last],
        )

    def _take_best(self, labels: _Labels) -> None:
        """Remember the best route that goes home now."""
        home = np.nonzero(self.tables.finish(labels.hungry_s, labels.fed_s, labels.last) != NEVER_S)[0]
        if not len(home):
            return
        worth = labels.worth[home]
        driven_s = labels.driven_s[home] + self.tables.home_s[labels.last[home]]
        first = np.lexsort((driven_s, -worth))[0]
        found = (int(worth[first]), -int(driven_s[first]))
        if found > (self.best_worth, -self.best_driven_s):
            self.best_worth, self.best_driven_s = found[0], -found[1]
            self.best = self._order_of(labels, int(home[first]))

    def _order_of(self, labels: _Labels, row: int) -> list[int]:
        """The places of a route, from its last back to its first."""
        order = []
        for level in (labels, *reversed(self.levels[1:])):
            order.append(self.places[level.last[row]])
            row = int(level.parent[row])
        return order[::-1]

    def _promising(self, labels: _Labels) -> _Labels:
        """Those that may still beat the best route known."""
        bound = labels.worth + self.tables.most_worth_to_come(labels.now_s, labels.seen)
        closer = (bound == self.best_worth) & (labels.driven_s < self.best_driven_s)
        return labels.only((bound > self.best_worth) | closer)

    def _narrowed(self, labels: _Labels) -> _Labels:
        """The ``width`` labels that may gain the most; of equals, those with the most time left."""
        if len(labels) <= self.width:
            return labels
        self.is_exhaustive = False
        bound = labels.worth + self.tables.most_worth_to_come(labels.now_s, labels.seen)
        return labels.only(np.lexsort((labels.now_s, -bound))[: self.width])


def _without_dominated(labels: _Labels) -> _Labels:
    """Without those that another route over the same stops to the same last one beats on both clocks and driving."""
    if not len(labels):
        return labels
    labels = labels.only(np.lexsort((labels.driven_s, labels.hungry_s, labels.fed_s, labels.last, labels.signature)))
    same = (labels.signature[1:] == labels.signature[:-1]) & (labels.last[1:] == labels.last[:-1])
    leads = np.concatenate(([True], ~same))
    leader = np.maximum.accumulate(np.where(leads, np.arange(len(labels)), 0))
    as_early = labels.hungry_s[leader] <= labels.hungry_s
    as_short = labels.driven_s[leader] <= labels.driven_s
    return labels.only(leads | ~(as_early & as_short))
