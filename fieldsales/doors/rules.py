"""Whether the door of a shop is open while the reps who serve it work."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from fieldsales.cases.rules import Shop
from fieldsales.hours import NEVER_TOLD, HoursNotUnderstood, OpenDay, open_on


@dataclass(frozen=True, slots=True)
class Hours:
    """When the reps who serve a customer work: weekdays (Monday is 0), and seconds from midnight."""

    weekdays: frozenset[int]
    from_s: int
    to_s: int


def waits_for_another_day(shop: Shop, day: date, reps: Hours) -> bool:
    """Tell whether a shop is closed while its reps work on a day, but not on every weekday that they work.

    One that is never open while they work is planned all the same, so that its being left out is seen.
    """
    return not _open_within(shop, day, reps) and bool(open_weekdays(shop, day, reps) & reps.weekdays)


def open_weekdays(shop: Shop, day: date, reps: Hours) -> frozenset[int]:
    """Return the weekdays of a day's week on which a shop opens while its reps work, were none of them a holiday."""
    monday = day - timedelta(days=day.weekday())
    ordinary = replace(shop, country=None)
    return frozenset(at for at in range(7) if _open_within(ordinary, monday + timedelta(days=at), reps))


def _open_within(shop: Shop, day: date, reps: Hours) -> bool:
    return any(opens < reps.to_s and closes > reps.from_s for opens, closes in opening(shop, day).windows)


def opening(shop: Shop, day: date) -> OpenDay:
    """Return when a shop is open on a day.

    Hours that slipped in unread must not stop everybody's plan: they count as unknown.
    """
    try:
        return open_on(shop.opening_hours, day, shop.country)
    except HoursNotUnderstood:
        return NEVER_TOLD
