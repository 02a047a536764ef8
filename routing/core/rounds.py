"""Rounds of the compiled core over one worker's day."""

from collections.abc import Sequence
from time import perf_counter

from routing.compiled import CompiledDay
from routing.core.anneal import anneal, begin, start_anew
from routing.core.day import ground_of_day
from routing.proof.road import scale_of

ROUND = 1_200
"""How often a round changes the day."""

CHUNK = 200
"""After so many changes it is looked at the clock."""

HEAT = (8.0, 0.1)
"""The first and the last temperature of a round, in prices of one point of prize."""

MOST_HEAT_S = 1_200.0
"""The highest temperature, in seconds of driving."""


class Core:
    """A compiled search under way."""

    def __init__(self, day: CompiledDay, places: Sequence[int], seed: int) -> None:
        """Lay out the day; ``places`` may be visited."""
        self.scale = scale_of(day, places)
        self._ground = ground_of_day(day, places, 0)
        self._state = begin(self._ground)
        anneal(self._ground, self._state, 1.0, (1.0, 1.0), 0, 0)  # compiled now, not within somebody's budget
        self._seed = seed * 1_000_003 % (1 << 31)

    def round(self, price_s: float, deadline: float) -> None:
        """Change the day a while, a point of prize worth ``price_s``; end early at ``deadline`` (perf_counter)."""
        first, last = HEAT[0] * price_s, HEAT[1] * price_s
        if first > MOST_HEAT_S:
            first, last = MOST_HEAT_S, MOST_HEAT_S * HEAT[1] / HEAT[0]
        cooling = (last / first) ** (CHUNK / ROUND)
        for _ in range(ROUND // CHUNK):
            self._seed = (self._seed + 1) % (1 << 31)
            anneal(self._ground, self._state, price_s, (first, first * cooling), CHUNK, self._seed)
            first *= cooling
            if perf_counter() > deadline:
                return

    def forget(self) -> None:
        """Begin anew from an empty day; the best order is kept."""
        start_anew(self._ground, self._state)

    def order(self) -> list[int]:
        """The best order so far, as numbers of places."""
        best = self._state.best
        return [int(place) for place in best.order[0, : best.length[0]]]
