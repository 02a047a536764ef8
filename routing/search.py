"""The search for the order of a day: rounds of the engine, each from a fresh start, the best order kept.

The goal is lexicographic: first the most mandatory visits, then the greatest sum of prizes, then the least
driving. Handed to a local search as it stands, that goal works badly: when any prize outweighs any detour,
every step that frees time for a better visit later looks like a loss. So most rounds give a point of prize a
price near what it really costs in this day (:mod:`routing.price`), each round another multiple of it, and every
order met on the way is judged by the true goal. Small days begin with a beam (:mod:`routing.beam`), which often
ends them too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from time import perf_counter

from routing.beam import beam_search
from routing.budget import Budget
from routing.compiled import NEVER_S, CompiledDay
from routing.price import fair_price_s, most_promising
from routing.progress import Teller, Watch
from routing.schedule import earliest_end
from routing.solver import Effort, load_engine, run_engine

PRICE_MULTIPLES = (2.5, 1.5, 4.0, 2.0)
"""By round, how many fair prices a point of prize is worth to the engine; in a last one it outweighs all driving."""

SOLUTIONS_PER_STOP = 15
"""The length of a round, in solutions that the engine visits, for each candidate."""

FEWEST_SOLUTIONS = 150
"""The length of the shortest round."""

PROOF_UP_TO, PROOF_WIDTH = 10, 5_000
"""Days of so few candidates are searched with a beam so wide that it nearly always proves its answer."""

BEAM_UP_TO, BEAM_CELLS = 24, 12_000
"""Up to so many candidates a beam, ``BEAM_CELLS / candidates`` wide, finds more than the engine in the same time."""

BEAM_SHARE = 0.4
"""The most of a budget that the beam may take, so that on a busy machine the engine still gets its turn."""

ENGINE_UP_TO = 150
"""The engine is given so many candidates at most, the most promising; beyond, it gets nowhere in its time."""

Merit = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best order found (numbers of places, start and end left out), and whether there is none better."""

    order: list[int]
    is_proven: bool


@dataclass(slots=True)
class Best:
    """The best order seen so far, by the true goal."""

    day: CompiledDay
    teller: Teller | None = None
    order: list[int] = field(default_factory=list)
    merit: Merit = (0, 0, 0)

    def offer(self, order: Sequence[int]) -> None:
        """Keep ``order`` (numbers of places) if it is better than the best so far and can be driven."""
        merit = self._merit(order)
        if merit > self.merit and earliest_end(self.day, order) != NEVER_S:
            self.merit, self.order = merit, list(order)
            if self.teller:
                self.teller.tell(order, merit)

    def _merit(self, order: Sequence[int]) -> Merit:
        stops = [self.day.stop(place) for place in order]
        must = sum(stop.mandatory for stop in stops)
        return must, sum(stop.prize for stop in stops), -self.day.driving_s(order)


def search_order(day: CompiledDay, budget: Budget, seed: int, watch: Watch | None = None) -> SearchResult:
    """The best driving order found.

    ``seed`` and the ids of the stops alone decide in which order the engine meets the stops, so the order in
    which the caller lists them changes nothing. ``watch`` hears of every better answer and may end the search.
    """
    places = [place for place in range(1, day.end) if day.could_fit(place)]
    places.sort(key=lambda place: day.stop(place).id)
    if not places:
        return SearchResult([], is_proven=True)
    began = perf_counter()
    best = Best(day, Teller(day, watch) if watch else None)
    width = _beam_width(len(places))
    if width:
        start = beam_search(day, places, width, began + BEAM_SHARE * budget.seconds)
        best.offer(start.order)
        if start.is_proven:
            return SearchResult(best.order, is_proven=True)
    used_s = perf_counter() - began
    load_engine()
    deadline = perf_counter() + budget.seconds - used_s
    random = Random(seed)  # noqa: S311 - variety, not secrecy
    _search_in_rounds(most_promising(day, places, ENGINE_UP_TO), best, budget.patience, deadline, random)
    return SearchResult(best.order, is_proven=False)


def _beam_width(candidates: int) -> int:
    """How wide a beam to begin with; 0 for none."""
    if candidates <= PROOF_UP_TO:
        return PROOF_WIDTH
    return BEAM_CELLS // candidates if candidates <= BEAM_UP_TO else 0


def _search_in_rounds(places: list[int], best: Best, patience: int | None, deadline: float, random: Random) -> None:
    """Offer to ``best`` all that the engine meets, until the deadline or ``patience`` rounds without progress."""
    day = best.day
    solutions = max(FEWEST_SOLUTIONS, SOLUTIONS_PER_STOP * len(places))
    prices_s = _prices_s(day, places)
    idle = 0
    for number in count():
        left_s = deadline - perf_counter()
        if left_s <= 0 or idle == patience:
            return
        if best.teller and best.teller.should_stop():
            return
        random.shuffle(places)
        before = best.merit
        run_engine(day, places, prices_s[number % len(prices_s)], Effort(left_s, solutions), best.offer)
        idle = 0 if best.merit > before else idle + 1


def _prices_s(day: CompiledDay, places: Sequence[int]) -> list[int]:
    """By round, what a point of prize is worth to the engine in seconds."""
    fair_s = fair_price_s(day, places)
    fair = [max(1, round(multiple * fair_s)) for multiple in PRICE_MULTIPLES]
    return [*fair, day.shift.length_s + 1]
