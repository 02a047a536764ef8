"""The search for the order of a day: what finds good days and what proves them best, by turns.

The goal is lexicographic: first the most mandatory visits, then the greatest sum of prizes, then the least cost.
Handed to a local search as it stands, that goal works badly: when any prize outweighs any detour, every step that
frees time for a better visit later looks like a loss. So most rounds give a point of prize a price near what it really
costs in this day (:mod:`routing.price`), each round another multiple of it, and every order met on the way is judged by
the true goal.

Rounds are of the compiled core (:mod:`routing.core`). Between them label setting tries to prove the best order so far
(:mod:`routing.proof`), with more effort each time. A day that neither can be improved nor is proven goes to the engine,
OR-Tools (:mod:`routing.solver`), which looks for better ones in its own way.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random
from time import perf_counter

from routing.budget import Budget
from routing.compiled import NEVER_S, CompiledDay
from routing.core.ground import Ints
from routing.core.rounds import Core
from routing.knapsack import most_prize
from routing.price import fair_price_s, most_promising
from routing.progress import Teller, Watch
from routing.proof.prove import MOST_NODES, Effort, Proof, get_ready, prove
from routing.route import Bound
from routing.schedule import earliest_end
from routing.solver import Effort as EngineEffort
from routing.solver import load_engine, run_engine

PRICE_MULTIPLES = (2.0, 1.3, 3.5, 50.0)
"""By round, how many fair prices a point of prize is worth."""

PROOF_AFTER, PROOF_STEPS, PROOF_GROWTH = 6, 400_000_000, 8
"""The first proof comes after so many rounds, or before patience ends, with so much effort; each further one after
twice as many, with more."""

BRIEF_S, PROOF_AFTER_BRIEF = 0.5, 8
"""With a budget below so many seconds a proof would mostly not be done; it comes later."""

PROOF_SHARE, SMALL, SMALL_SHARE = 0.4, 24, 0.85
"""How much of the time left a proof may take; more with few candidates, where little is left to be found."""

STALE = 4
"""After so many rounds without a better order the search begins anew from an empty day."""

ENGINE_SOLUTIONS, ENGINE_SHARE = 600, 0.25
"""How many solutions the engine visits in its turn, and the most of a budget that it may take."""

ENGINE_UP_TO = 150
"""The engine is given so many candidates at most, the most promising; beyond, it gets nowhere in its time."""

Merit = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class SearchResult:
    """The best order found (numbers of places, start and end left out).

    ``is_proven`` says that there is none better, ``bound`` what none can do better in any case.
    """

    order: list[int]
    is_proven: bool
    bound: Bound


@dataclass(slots=True)
class Best:
    """The best order seen so far, by the true goal but for idling, which :mod:`routing.smooth` minds."""

    day: CompiledDay
    teller: Teller | None = None
    order: list[int] = field(default_factory=list)
    merit: Merit = (0, 0, 0)

    def offer(self, order: Sequence[int]) -> None:
        """Keep ``order`` (numbers of places) if it is better than the best so far and can be driven."""
        ends_s = earliest_end(self.day, order)
        merit = self._merit(order, ends_s)
        if order and ends_s != NEVER_S and merit > self.merit:
            self.merit, self.order = merit, list(order)
            if self.teller:
                self.teller.tell(order, merit)

    def _merit(self, order: Sequence[int], ends_s: int) -> Merit:
        stops = [self.day.stop(place) for place in order]
        must = sum(stop.mandatory for stop in stops)
        cost_s = self.day.driving_s(order) + self.day.overtime_cost_s(ends_s)
        return must, sum(stop.prize for stop in stops), -cost_s


def search_order(day: CompiledDay, budget: Budget, seed: int, watch: Watch | None = None) -> SearchResult:
    """The best driving order found.

    ``seed`` and the ids of the stops alone decide in which order the search meets the stops, so the order in
    which the caller lists them changes nothing. ``watch`` hears of every better answer and may end the search.
    """
    places = [place for place in range(1, day.end) if day.could_fit(place)]
    places.sort(key=lambda place: day.stop(place).id)
    if not places:
        return SearchResult([], is_proven=True, bound=Bound(0))
    search = _Search(day, places, budget, seed)
    search.best.teller = Teller(day, watch) if watch else None
    search.run()
    return SearchResult(search.best.order, search.is_proven, search.bound())


class _Search:
    def __init__(self, day: CompiledDay, places: list[int], budget: Budget, seed: int) -> None:
        self.day, self.places, self.budget, self.seed = day, places, budget, seed
        self.best = Best(day)
        self.core = Core(day, places, seed)
        get_ready()
        self.deadline = perf_counter() + budget.seconds
        self.proof: Proof | None = None
        self.fines: Ints | None = None
        self.is_proven = False
        after = PROOF_AFTER if budget.seconds >= BRIEF_S else PROOF_AFTER_BRIEF
        self.proofs, self.next_proof = 0, min(after, budget.patience or after)

    def run(self) -> None:
        """Rounds and proofs by turns until the day is proven, patience is lost or time is up; then the engine."""
        fair_s = fair_price_s(self.day, self.places)
        number, idle = 0, 0
        while perf_counter() < self.deadline and idle != self.budget.patience and not self._is_stopped():
            before = self.best.merit
            self.core.round(fair_s * PRICE_MULTIPLES[number % len(PRICE_MULTIPLES)], self.deadline)
            self.best.offer(self.core.order())
            number += 1
            if number == self.next_proof and self._prove():
                return
            idle = 0 if self.best.merit > before else idle + 1
            if idle and idle % STALE == 0:
                self.core.forget()
        if perf_counter() < self.deadline and not self._is_best_prize() and not self._is_stopped():
            self._ask_engine(max(1, round(fair_s * PRICE_MULTIPLES[0])))

    def _is_stopped(self) -> bool:
        """Whether whoever waits wants an end."""
        return self.best.teller is not None and self.best.teller.should_stop()

    def _prove(self) -> bool:
        """Try to prove the best order so far; True when there is nothing left to be found."""
        self.next_proof *= 2
        if len(self.places) > MOST_NODES:
            return False
        share = SMALL_SHARE if len(self.places) <= SMALL else PROOF_SHARE
        until = perf_counter() + share * (self.deadline - perf_counter())
        effort = Effort(PROOF_STEPS * PROOF_GROWTH**self.proofs, until)
        self.proofs += 1
        proof = prove(self.day, self.places, self._value(), effort, self.fines)
        self.fines = proof.fines
        if proof.order:
            self.best.offer(proof.order)
        if self.proof is None or proof.value < self.proof.value:
            self.proof = proof
            if self.best.teller:
                self.best.teller.tell(self.best.order, self.best.merit, self.bound().prize)
        self.is_proven = proof.value <= self._value()
        return self.is_proven

    def _value(self) -> int:
        must, prize, cost_s = self.best.merit
        return self.core.scale.value(must, prize, -cost_s)

    def _is_best_prize(self) -> bool:
        """Whether no route makes more mandatory visits or brings more prize."""
        return self.proof is not None and self.core.scale.split(self.proof.value)[:2] <= self.best.merit[:2]

    def _ask_engine(self, price_s: int) -> None:
        load_engine()
        left_s = min(ENGINE_SHARE * self.budget.seconds, self.deadline - perf_counter())
        places = most_promising(self.day, self.places, ENGINE_UP_TO)
        Random(self.seed).shuffle(places)  # noqa: S311 - variety, not secrecy
        if left_s > 0:
            run_engine(self.day, places, price_s, EngineEffort(left_s, ENGINE_SOLUTIONS), self.best.offer)

    def bound(self) -> Bound:
        """What no route of as many mandatory visits can do better."""
        most = most_prize(self.day)
        if self.proof is None:
            return Bound(most)
        must, prize, cost_s = self.core.scale.split(self.proof.value)
        if must > self.best.merit[0] or prize > most:
            return Bound(max(most, self.best.merit[1]))
        return Bound(prize, cost_s)
