"""The order of the visits kept, improved for the rep: waiting counts as driving does.

The search before looks for the best choice of visits and the least driving, and minds neither an hour at a closed
door nor one at home until the first shop opens. Here the choice stands and only the order changes: up to three visits
in a row move elsewhere, two visits change places, or a stretch is driven the other way round (the neighbourhoods of
I. Or, 1976, and G. A. Croes, "A method for solving traveling-salesman problems", Operations Research 6(6), 1958), the
first better order taken, until there is none.
"""

from collections.abc import Iterator, Sequence
from itertools import combinations

from routing.compiled import NEVER_S, CompiledDay
from routing.polish import polish
from routing.route import DayRoute
from routing.schedule import earliest_end, timetable

Cost = tuple[float, int]
"""Of an order: the driving and the weighted idling in seconds, then when the day ends."""

MOST_TRIES = 3_000
"""Orders looked at before the best one so far is taken. A count, unlike a clock, gives the same answer every time."""

MOST_ROUNDS = 5
"""How often a better order may make room for one visit more and be improved again."""

LONGEST_MOVE = 3
"""Visits in a row that move together."""


def polish_smoothly(day: CompiledDay, order: Sequence[int], wait_weight: float) -> list[int]:
    """A polished order with little idling, which counts ``wait_weight`` times as driving.

    Every round ends polished, so that the reasons for leaving a stop out hold of the order as it stands. With a
    weight of 0 this is :func:`routing.polish.polish`.
    """
    kept = polish(day, order)
    for _ in range(MOST_ROUNDS if wait_weight else 0):
        smoother = smooth(day, kept, wait_weight)
        kept = polish(day, smoother)
        if kept == smoother:
            break
    return kept


def smooth(day: CompiledDay, order: Sequence[int], wait_weight: float) -> list[int]:
    """The same drivable visits in an order that costs less, until no single move looked at makes it cheaper.

    To idle is to wait at a door, or to leave home after the shift began. Driving and waiting at doors together never
    grow: nobody drives further or waits longer only to start earlier. Of ways as short as the one given, the one with
    least waiting at doors is begun from: who can leave home later does not wait at a door.
    """
    route = timetable(day, order)
    return _Smoothing(day, order, route, wait_weight).run() if route else list(order)


def idle_s(day: CompiledDay, route: DayRoute) -> int:
    """The seconds of a shift that a rep waits at doors, or at home before leaving."""
    return route.wait_s + route.starts_s - day.shift.opens_s


class _Smoothing:
    def __init__(self, day: CompiledDay, order: Sequence[int], route: DayRoute, wait_weight: float) -> None:
        self.day = day
        self.weight = wait_weight
        self.tries_left = MOST_TRIES
        self._begin(order, route)

    def run(self) -> list[int]:
        while self.wait_s and self._wait_less():
            pass
        while self._improve():
            pass
        return self.order

    def _wait_less(self) -> bool:
        """Take the first neighbour that drives no further and waits less at doors; False when there is none."""
        for other in neighbours(self.order):
            if self.day.driving_s(other) <= self.travel_s and earliest_end(self.day, other) != NEVER_S:
                route = timetable(self.day, other)
                if route and route.wait_s < self.wait_s:
                    self._begin(other, route)
                    return True
        return False

    def _begin(self, order: Sequence[int], route: DayRoute) -> None:
        self.order, self.travel_s, self.wait_s = list(order), route.travel_s, route.wait_s
        self.most_on_the_road = self._on_the_road(route)
        self.cost = self._cost(route)
        self.guess = self._guess(self.order, route.travel_s)

    def _improve(self) -> bool:
        """Take the first better neighbour; False when there is none, or no more may be looked at."""
        for other in neighbours(self.order):
            if self.tries_left == 0:
                return False
            self.tries_left -= 1
            if self._take_if_better(other):
                return True
        return False

    def _take_if_better(self, other: list[int]) -> bool:
        """The timetable decides; it is asked only where the guess is good, as it takes far longer."""
        travel_s = self.day.driving_s(other)
        if travel_s > self.most_on_the_road:
            return False
        guess = self._guess(other, travel_s)
        if guess >= self.guess:
            return False
        route = timetable(self.day, other)
        if route is None or self._on_the_road(route) > self.most_on_the_road or self._cost(route) >= self.cost:
            return False
        self.order, self.cost, self.guess = other, self._cost(route), guess
        return True

    def _cost(self, route: DayRoute) -> Cost:
        overtime_s = self.day.overtime_cost_s(route.ends_s)
        return (route.travel_s + overtime_s + self.weight * idle_s(self.day, route), route.ends_s)

    def _on_the_road(self, route: DayRoute) -> float:
        return route.travel_s + self.weight * route.wait_s

    def _guess(self, order: list[int], travel_s: int) -> Cost:
        """The cost without a timetable: right but for the time in shops and at lunch, mostly the same for all orders.

        An order that cannot be driven ends never, and so is never better.
        """
        ends_s = earliest_end(self.day, order)
        return (travel_s + self.day.overtime_cost_s(ends_s) + self.weight * (ends_s - travel_s), ends_s)


def neighbours(order: Sequence[int]) -> Iterator[list[int]]:
    """Every order that one move makes of ``order``."""
    visits = list(order)
    yield from _moved(visits)
    yield from _swapped(visits)
    yield from _reversed(visits)


def _moved(visits: list[int]) -> Iterator[list[int]]:
    """Some visits in a row elsewhere."""
    for length in range(1, LONGEST_MOVE + 1):
        for first in range(len(visits) - length + 1):
            rest = [*visits[:first], *visits[first + length :]]
            for gap in range(len(rest) + 1):
                if gap != first:
                    yield [*rest[:gap], *visits[first : first + length], *rest[gap:]]


def _swapped(visits: list[int]) -> Iterator[list[int]]:
    """Two visits in each other's place."""
    for one, two in combinations(range(len(visits)), 2):
        other = visits.copy()
        other[one], other[two] = visits[two], visits[one]
        yield other


def _reversed(visits: list[int]) -> Iterator[list[int]]:
    """A stretch the other way round; one of two visits is a swap, so three at least."""
    for first, last in combinations(range(len(visits)), 2):
        if last - first > 1:
            yield [*visits[:first], *visits[first : last + 1][::-1], *visits[last + 1 :]]
