"""The search for the order of a day: rounds of the engine, each from a fresh start, the best order kept.

The goal is lexicographic: first the most mandatory visits, then the greatest sum of prizes, then the least
driving. Handed to a local search as it stands, that goal works badly: when any prize outweighs any detour,
every step that frees time for a better visit later looks like a loss. So most rounds give a point of prize a
price near what it really costs in this day (:func:`fair_price_s`), each round another multiple of it, and
every order met on the way is judged by the true goal.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random
from time import perf_counter

from routing.budget import Budget
from routing.compiled import NEVER_S, CompiledDay
from routing.schedule import earliest_end
from routing.solver import Effort, load_engine, run_engine

PRICE_MULTIPLES = (2.5, 1.5, 4.0, 2.0, None)
"""By round: how many fair prices a point of prize is worth to the engine; None lets it outweigh all driving."""

SOLUTIONS_PER_STOP = 15
"""The length of a round, in solutions that the engine visits, for each candidate."""

FEWEST_SOLUTIONS = 150
"""The length of the shortest round."""

Merit = tuple[int, int, int]


@dataclass(slots=True)
class Best:
    """The best order seen so far, by the true goal."""

    day: CompiledDay
    order: list[int] = field(default_factory=list)
    merit: Merit = (0, 0, 0)

    def offer(self, order: Sequence[int]) -> None:
        """Keep ``order`` (numbers of places) if it is better than the best so far and can be driven."""
        merit = self._merit(order)
        if merit > self.merit and earliest_end(self.day, order) != NEVER_S:
            self.merit, self.order = merit, list(order)

    def _merit(self, order: Sequence[int]) -> Merit:
        stops = [self.day.stop(place) for place in order]
        must = sum(stop.mandatory for stop in stops)
        return must, sum(stop.prize for stop in stops), -self.day.driving_s(order)


def search_order(day: CompiledDay, budget: Budget, seed: int) -> list[int]:
    """The best driving order found: numbers of places, start and end left out.

    ``seed`` and the ids of the stops alone decide in which order the engine meets the stops, so the order in
    which the caller lists them changes nothing.
    """
    places = sorted((p for p in range(1, day.end) if day.could_fit(p)), key=lambda place: day.stop(place).id)
    if not places:
        return []
    load_engine()
    deadline = perf_counter() + budget.seconds
    shuffle = Random(seed).shuffle  # noqa: S311 - variety, not secrecy
    best, idle = Best(day), 0
    for number in count():
        left_s = deadline - perf_counter()
        if left_s <= 0 or idle == budget.patience:
            break
        shuffle(places)
        before = best.merit
        effort = Effort(left_s, max(FEWEST_SOLUTIONS, SOLUTIONS_PER_STOP * len(places)))
        run_engine(day, places, _price_s(day, places, number), effort, best.offer)
        idle = 0 if best.merit > before else idle + 1
    return best.order


def _price_s(day: CompiledDay, places: Sequence[int], number: int) -> int:
    multiple = PRICE_MULTIPLES[number % len(PRICE_MULTIPLES)]
    if multiple is None:
        return day.shift.length_s + 1
    return max(1, round(multiple * fair_price_s(day, places)))


def fair_price_s(day: CompiledDay, places: Sequence[int]) -> float:
    """What a point of prize costs in seconds of this day.

    The shift over the prizes that fit into it when each visit takes its service and the way from its nearest
    neighbour, most prize per second first.
    """
    needs = []
    for place in places:
        nearest_s = min(day.travel_s[other][place] for other in (0, *places) if other != place)
        needs.append((day.stop(place).prize, day.service_s[place] + nearest_s + 1))
    needs.sort(key=lambda need: need[0] / need[1], reverse=True)
    left_s, prize = day.shift.length_s, 0
    for worth, need_s in needs:
        left_s -= need_s
        if left_s < 0:
            break
        prize += worth
    return day.shift.length_s / max(1, prize)
