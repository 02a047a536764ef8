"""A day as arrays, for a search that extends a thousand routes at once."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from routing.compiled import NEVER_S, CompiledDay
from routing.problem import LATEST_S

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


class Tables:
    """What the beam reads. Columns are the candidates, 0 to n - 1; row n of ``way_s`` is the start.

    Attributes:
        way_s: ``(n + 1, n)`` seconds to a candidate.
        home_s: ``(n,)`` seconds from a candidate to the end.
        service_s: ``(n,)`` seconds in the shop.
        worth: ``(n,)`` prize, lifted above all prizes together where the visit is mandatory.
        signature: ``(n,)`` random bits, to tell sets of candidates apart by their exclusive or.
    """

    def __init__(self, day: CompiledDay, places: Sequence[int]) -> None:
        """Lay out ``places`` as columns."""
        self.closes_s = day.shift.closes_s
        self.lunch = day.lunch
        travel_s = np.minimum(np.array(day.travel_s, dtype=np.int64), LATEST_S)
        columns = np.array(places, dtype=np.intp)
        self.way_s: Ints = travel_s[[*places, 0]][:, columns]
        self.home_s: Ints = travel_s[columns, day.end]
        self.service_s: Ints = np.array([day.service_s[place] for place in places], dtype=np.int64)
        stops = [day.stop(place) for place in places]
        all_prizes = 1 + sum(stop.prize for stop in stops)
        self.worth: Ints = np.array([stop.prize + all_prizes * stop.mandatory for stop in stops], dtype=np.int64)
        self.signature = np.random.default_rng(0).integers(1, 2**63, len(places), dtype=np.uint64)
        self._first_s, self._last_s = _spans(day, places)
        not_to_itself = np.where(np.eye(len(places) + 1, len(places), dtype=bool), LATEST_S, 0)
        self._nearest_s: Ints = (self.way_s + not_to_itself).min(axis=0)
        self._need_s: Ints = np.maximum(1, self.service_s + self._nearest_s)
        self._dearest_first = np.argsort(-self.worth / self._need_s, kind="stable")

    def start(self, ready_s: Ints) -> Ints:
        """When service can start for reps ready at the candidates (last axis); NEVER_S if not at all."""
        start_s: Ints = np.full_like(ready_s, NEVER_S)
        for first_s, last_s in zip(self._first_s[::-1], self._last_s[::-1], strict=True):
            start_s = np.where(ready_s <= last_s, np.maximum(ready_s, first_s), start_s)
        return start_s

    def fed_after(self, hungry_s: Ints, fed_s: Ints, way_s: Ints) -> Ints:
        """When a rep is at the end of a way with lunch behind: had before it, or on it."""
        if self.lunch is None:
            return fed_s + way_s
        eats_s = np.maximum(hungry_s + way_s, self.lunch.window.opens_s) + self.lunch.duration_s
        fed_there_s: Ints = np.minimum(fed_s + way_s, np.where(hungry_s <= self.lunch.latest_start_s, eats_s, NEVER_S))
        return fed_there_s

    def finish(self, hungry_s: Ints, fed_s: Ints, last: Ints) -> Ints:
        """When routes that go home now are done; NEVER_S if the shift or lunch forbids it."""
        home_s = self.home_s[last]
        done_s: Ints = self.fed_after(hungry_s, fed_s, home_s)
        if self.lunch:
            back_s = hungry_s + home_s
            done_s = np.where(back_s <= self.lunch.latest_start_s, np.minimum(done_s, back_s), done_s)
        in_time_s: Ints = np.where(done_s <= self.closes_s, done_s, NEVER_S)
        return in_time_s

    def alive(self, hungry_s: Ints) -> Ints:
        """The clocks of those who have yet to have lunch; NEVER_S where it is too late for it."""
        latest_s = min(self.closes_s, self.lunch.latest_start_s) if self.lunch else -1
        alive_s: Ints = np.where(hungry_s <= latest_s, hungry_s, NEVER_S)
        return alive_s

    def most_worth_to_come(self, now_s: Ints, seen: Bools) -> Ints:
        """What routes may still gain at the very most.

        The fractional knapsack of the candidates not seen and still reachable, each taking its service and the way
        from its nearest neighbour, into what is left of the shift.
        """
        order = self._dearest_first
        gone = seen[:, order] | (now_s[:, None] + self._nearest_s[order] > self._last_s.max(axis=0)[order])
        need_s = np.where(gone, 0, self._need_s[order])
        left_s = (self.closes_s - self.home_s.min() - now_s)[:, None]
        share = np.clip((left_s - need_s.cumsum(axis=1) + need_s) / self._need_s[order], 0, 1)
        gain = np.where(gone, 0, share * self.worth[order]).sum(axis=1)
        rounding = 1e-6 + 1e-12 * gain
        most: Ints = np.floor(gain + rounding).astype(np.int64)
        return most


def _spans(day: CompiledDay, places: Sequence[int]) -> tuple[Ints, Ints]:
    """First and last starts as ``(spans, places)``; short rows are filled with spans that never come."""
    most = max(len(day.starts[place]) for place in places)
    rows = [[*day.starts[place], *[(NEVER_S, -1)] * (most - len(day.starts[place]))] for place in places]
    table = np.array(rows, dtype=np.int64)
    return table[:, :, 0].T, table[:, :, 1].T
