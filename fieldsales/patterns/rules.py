"""The ways in which a customer's visits can be spread over the coming weeks, and what each is worth less than the best.

Every way keeps to the cadence: visits are evenly spaced, on the same weekday (twice a week: the same weekdays) in every
week, and where a day off is in the way the visit goes to the next working day, or else to the one before. What differs
is the weekday, and for cadences longer than a week the week. Costs are in seconds of driving that one would accept to
avoid it:

- the first visit earlier or later than due: `OFF_DUE_S` for a whole period;
- each visit on another weekday than the one on which the customer orders: `NOT_ITS_DAY_S`;
- each visit on another day than the present journey plan has it: `MOVED_S`, so that plans are stable;
- twice a week or more, with uneven gaps: `UNEVEN_S` for each day off the mean gap;
- fewer visits than another way has: `LOST_S` for each.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations

from fieldsales.cadence.rules import Cadence, stable_number
from fieldsales.recurrence.rules import first_after

OFF_DUE_S = 3_600
NOT_ITS_DAY_S = 900
MOVED_S = 300
UNEVEN_S = 600
LOST_S = 3_600
NEAREST = 3
"""How many days a visit moves at most to get out of the way of a day off."""
WEEK = 7


@dataclass(frozen=True, slots=True)
class Weeks:
    """The coming weeks of a rep: the first day, and for each day from there on whether the rep works."""

    first: date
    working: tuple[bool, ...]

    @property
    def last(self) -> date:
        """The last day."""
        return self.first + timedelta(days=len(self.working) - 1)

    def weekdays(self) -> frozenset[int]:
        """The weekdays on which the rep works at all."""
        return frozenset((self.first.weekday() + at) % WEEK for at, works in enumerate(self.working) if works)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A customer as far as its pattern needs.

    `weekdays` are those on which it can and wants to be visited. `contact` is the last visit before the weeks. `usual`
    is the weekday on which it orders. `present` are the days that the present journey plan has for it.
    """

    customer_id: uuid.UUID
    cadence: Cadence
    weekdays: frozenset[int]
    contact: date | None = None
    usual: int | None = None
    present: frozenset[date] = frozenset()


@dataclass(frozen=True, slots=True)
class Way:
    """Visits on some of the days, counted from the first, and what that costs beside driving."""

    days: tuple[int, ...]
    cost_s: int = 0


def ways(wanted: Wanted, weeks: Weeks) -> tuple[Way, ...]:
    """Return the ways to spread a customer's visits; at least one, perhaps without a visit."""
    if wanted.cadence.names_days:
        found = [(0, days) for days in _by_rule(wanted, weeks)]
    elif wanted.cadence.period_days < WEEK:
        found = list(_several_a_week(wanted, weeks))
    else:
        found = list(_every_some_weeks(wanted, weeks))
    best: dict[tuple[int, ...], int] = {}
    for cost, days in found:
        kept = _out_of_the_way(days, weeks, wanted.cadence.minimum_gap_days)
        best[kept] = min(cost, best.get(kept, cost))
    most = max((len(days) for days in best), default=0)
    return tuple(
        Way(days, cost + LOST_S * (most - len(days)) + _wishes(wanted, weeks, days))
        for days, cost in sorted(best.items())
    ) or (Way(()),)


def _wishes(wanted: Wanted, weeks: Weeks, days: Sequence[int]) -> int:
    dates = {weeks.first + timedelta(days=at) for at in days}
    usual = wanted.usual if wanted.usual in wanted.weekdays else None
    other_day = 0 if usual is None else sum(day.weekday() != usual for day in dates)
    present = {day for day in wanted.present if weeks.first <= day <= weeks.last}
    moved = len(present - dates) if present else 0
    return NOT_ITS_DAY_S * other_day + MOVED_S * moved


def _by_rule(wanted: Wanted, weeks: Weeks) -> Iterator[list[int]]:
    """The rule names the days; where it comes every few weeks and nobody was there yet, any of them may begin."""
    rule, before = wanted.cadence.rrule, weeks.first - timedelta(days=1)
    starts = [wanted.contact] if wanted.contact else []
    if not starts:
        most = max(1, min(wanted.cadence.period_days, len(weeks.working)) // WEEK)
        starts = [before + timedelta(days=WEEK * at) for at in range(most)]
    for start in starts:
        days, day = [], first_after(rule, start)
        while day <= weeks.last:
            if day >= weeks.first:
                days.append((day - weeks.first).days)
            day = first_after(rule, day)
        if wanted.contact and days and wanted.contact + timedelta(days=2 * wanted.cadence.period_days) < weeks.first:
            days = [0, *days] if days[0] >= wanted.cadence.minimum_gap_days else days
        yield days


def _several_a_week(wanted: Wanted, weeks: Weeks) -> Iterator[tuple[int, list[int]]]:
    usable = sorted(_usable(wanted, weeks))
    many = min(len(usable), round(WEEK / wanted.cadence.period_days))
    if not usable:
        return
    for chosen in combinations(usable, many):
        gaps = [(after - before) % WEEK or WEEK for before, after in zip(chosen, [*chosen[1:], chosen[0]], strict=True)]
        if min(gaps) >= min(wanted.cadence.minimum_gap_days, WEEK // many):
            uneven = sum(abs(gap - WEEK / many) for gap in gaps)
            first = weeks.first.weekday()
            days = [at for at in range(len(weeks.working)) if (first + at) % WEEK in chosen]
            yield round(UNEVEN_S * uneven), days


def _every_some_weeks(wanted: Wanted, weeks: Weeks) -> Iterator[tuple[int, list[int]]]:
    period, usable = wanted.cadence.period_days, _usable(wanted, weeks)
    earliest, due, latest = _window(wanted, weeks)
    for begins in range(earliest, latest + 1):
        if (weeks.first.weekday() + begins) % WEEK in usable:
            cost = 0 if due is None else round(OFF_DUE_S * abs(begins - due) / period)
            count = 1 + max(0, len(weeks.working) - begins) // period
            later = (begins + WEEK * round(at * period / WEEK) for at in range(count + 1))
            yield cost, [day for day in later if day < len(weeks.working)]


def _window(wanted: Wanted, weeks: Weeks) -> tuple[int, int | None, int]:
    """From when to when the first visit may be, and when it is due (None: at any time), as days from the first.

    A customer never visited begins in any week of its period; one with a period longer than the weeks in a week that
    a number made from its id picks, so that a new list is not crowded into the first weeks, nor put off.
    """
    period, days = wanted.cadence.period_days, len(weeks.working)
    if wanted.contact is None:
        if period <= days:
            return 0, None, period - 1
        week = stable_number(wanted.customer_id) % -(-period // WEEK)
        return WEEK * week, None, WEEK * week + WEEK - 1
    due = (wanted.contact - weeks.first).days + period
    slack = max(NEAREST, period // 4)
    earliest = max(0, due - slack, (wanted.contact - weeks.first).days + wanted.cadence.minimum_gap_days)
    return earliest, max(due, 0), max(due + slack, earliest + WEEK - 1, WEEK - 1)


def _usable(wanted: Wanted, weeks: Weeks) -> frozenset[int]:
    """The weekdays that both want; those of the rep where they never meet."""
    return (wanted.weekdays & weeks.weekdays()) or weeks.weekdays()


def _out_of_the_way(days: Sequence[int], weeks: Weeks, gap: int) -> tuple[int, ...]:
    """The same visits with none on a day off, none twice and none closer than the gap to the one before."""
    kept: list[int] = []
    for day in days:
        moved = _nearest_working(day, weeks, kept)
        if moved is not None and (not kept or moved - kept[-1] >= min(gap, WEEK - 1) or moved == day):
            kept.append(moved)
    return tuple(kept)


def _nearest_working(day: int, weeks: Weeks, taken: Collection[int]) -> int | None:
    last: int = max(taken, default=-1)
    near: tuple[int, ...] = (day, *range(day + 1, day + 1 + NEAREST), *range(day - 1, day - 1 - NEAREST, -1))
    for at in near:
        if last < at < len(weeks.working) and weeks.working[at]:
            return at
    return None
