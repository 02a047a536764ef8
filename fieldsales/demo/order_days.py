"""The days on which a customer orders, from its habit."""

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from fieldsales.demo.habits import Habit
from fieldsales.demo.workdays import workday_from

_SLIP = 0.08
"""How often an order comes a day late."""
_GAP_SHAPE = 1.6
"""Shape of an irregular customer's gamma-distributed gaps; 1 would be pure chance, large a clock."""


def order_days(habit: Habit, chance: Random) -> list[date]:
    """The days of all the customer's orders, ascending, workdays only, each once."""
    due = _whenever(habit, chance) if not habit.weekdays else _by_the_week(habit, chance)
    placed = {workday_from(day) for day in due if chance.random() < habit.chance_on(day)}
    return sorted(day for day in placed if habit.first <= day <= habit.last)


def _by_the_week(habit: Habit, chance: Random) -> Iterator[date]:
    for weekday in habit.weekdays:
        day = habit.first + timedelta(days=(weekday - habit.first.weekday()) % 7)
        while day <= habit.last:
            yield day + timedelta(days=1) if chance.random() < _SLIP else day
            day += timedelta(days=habit.every_days)


def _whenever(habit: Habit, chance: Random) -> Iterator[date]:
    day = habit.first + timedelta(days=chance.randint(0, habit.every_days))
    while day <= habit.last:
        yield day
        gap = chance.gammavariate(_GAP_SHAPE, habit.every_days / _GAP_SHAPE)
        day += timedelta(days=max(2, round(gap)))
