"""How each customer buys: the truth behind the orders, which reports and alarms are later measured against."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from random import Random

from fieldsales.demo.trades import Trade

HISTORY = timedelta(days=730)
"""How far back the orders go."""


class Behaviour(StrEnum):
    """The plot of a customer's story."""

    REGULAR = "regular"  # the same weekdays, week after week
    IRREGULAR = "irregular"  # whenever the shelf is empty
    SEASONAL = "seasonal"  # the warm months only
    GROWING = "growing"  # a little more every month
    FADING = "fading"  # smaller and smaller orders since about three months
    THINNING = "thinning"  # rarer and rarer orders since about three months
    VANISHED = "vanished"  # ordered faithfully until 3 to 10 weeks ago
    CLOSED = "closed"  # gone for more than six months
    NEW = "new"  # first order a few weeks ago


MIXTURE = (
    (Behaviour.REGULAR, 0.44),
    (Behaviour.IRREGULAR, 0.16),
    (Behaviour.SEASONAL, 0.06),
    (Behaviour.GROWING, 0.08),
    (Behaviour.FADING, 0.06),
    (Behaviour.THINNING, 0.05),
    (Behaviour.VANISHED, 0.06),
    (Behaviour.CLOSED, 0.04),
    (Behaviour.NEW, 0.05),
)
SUMMER_TRADES = (Trade.CAFE, Trade.RESTAURANT, Trade.KIOSK)


@dataclass(frozen=True, slots=True)
class Habit:
    """One customer's way of ordering.

    `weekdays` (Monday is 0) are the fixed order days, none for an irregular customer; `every_days` the usual gap on
    each of them; `first` and `last` bound the orders, both included; `turned` is the day since when a fading or
    thinning customer changes; `size` is how large the orders are beside others of the trade.
    """

    behaviour: Behaviour
    weekdays: tuple[int, ...]
    every_days: int
    first: date
    last: date
    turned: date | None
    size: float

    def amount_on(self, day: date) -> float:
        """The part of the usual quantity that is ordered on a day; 1 is the usual."""
        if self.behaviour is Behaviour.GROWING:
            return 0.5 + 1.2 * _progress(day, self.first, self.last)
        if self.behaviour is Behaviour.FADING and self.turned:
            return 1.0 - 0.75 * _progress(day, self.turned, self.last)
        return 1.0

    def chance_on(self, day: date) -> float:
        """How likely an order that would be due on the day is placed at all."""
        if self.behaviour is Behaviour.SEASONAL:
            return _SUMMER.get(day.month, 0.0)
        if self.behaviour is Behaviour.THINNING and self.turned:
            return 0.97 - 0.72 * _progress(day, self.turned, self.last)
        return 0.97


_SUMMER = {4: 0.4, 5: 0.9, 6: 1.0, 7: 1.0, 8: 1.0, 9: 0.9, 10: 0.3}


def _progress(day: date, start: date, end: date) -> float:
    """How far the day lies between start (0) and end (1), held to that range."""
    return min(1.0, max(0.0, (day - start) / max(end - start, timedelta(days=1))))


def build_habit(behaviour: Behaviour, trade: Trade, as_of: date, chance: Random) -> Habit:
    """A habit of this behaviour for a shop of this trade, seen from the evening before `as_of`."""
    first, last = _span(behaviour, as_of, chance)
    weekdays, every_days = _pace(behaviour, trade, chance)
    turning = behaviour in (Behaviour.FADING, Behaviour.THINNING)
    turned = as_of - timedelta(days=chance.randint(80, 100)) if turning else None
    return Habit(behaviour, weekdays, every_days, first, last, turned, round(chance.lognormvariate(0.0, 0.35), 3))


def _span(behaviour: Behaviour, as_of: date, chance: Random) -> tuple[date, date]:
    """The first and the last possible day of an order."""
    ago = {Behaviour.VANISHED: (21, 70), Behaviour.CLOSED: (190, 500)}.get(behaviour, (1, 1))
    last = as_of - timedelta(days=chance.randint(*ago))
    first = as_of - HISTORY
    if behaviour is Behaviour.NEW:
        first = as_of - timedelta(days=chance.randint(22, 56))
    return first, last


def _pace(behaviour: Behaviour, trade: Trade, chance: Random) -> tuple[tuple[int, ...], int]:
    """The fixed weekdays and the gap in days."""
    if behaviour is Behaviour.IRREGULAR:
        return (), chance.randint(6, 24)
    day = chance.choices(range(6), (4, 4, 4, 4, 4, 2))[0]
    if trade is Trade.SUPERMARKET:
        return tuple(sorted((day, (day + 3) % 6))), 7
    weekly = 0.55 if behaviour in (Behaviour.REGULAR, Behaviour.GROWING) else 0.8
    return (day,), 7 if chance.random() < weekly else 14
