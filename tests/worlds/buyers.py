"""Buying histories for tests: each customer by name, with the days and amounts of its orders."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from datetime import date, timedelta

from fieldsales.history.rules import History, from_rows

TODAY = date(2026, 3, 2)
"""A Monday."""

Rows = Iterable[tuple[date, int]]


def named(name: str) -> uuid.UUID:
    """Return the id of a customer."""
    return uuid.uuid5(uuid.NAMESPACE_OID, name)


def history(buyers: dict[str, Rows], currency: str = "EUR") -> History:
    """Return the history of these customers, in their order."""
    rows = [(named(name), day, amount, amount > 0) for name, orders in buyers.items() for day, amount in orders]
    return from_rows([(named(name), currency) for name in buyers], rows)


def every(days: int, *, since: int, until: int = 1, amount: int = 10_000) -> Iterator[tuple[date, int]]:
    """Orders of one amount at a fixed distance, from `since` days ago to `until` days ago."""
    return ((TODAY - timedelta(days=ago), amount) for ago in range(since, until - 1, -days))


def crowd(many: int, *, since: int = 729, until: int = 1, amount: int = 10_000) -> dict[str, Rows]:
    """Steady weekly buyers who make a market, each on a weekday of its own."""
    return {
        f"steady {number}": list(every(7, since=since - number % 7, until=until, amount=amount))
        for number in range(many)
    }
