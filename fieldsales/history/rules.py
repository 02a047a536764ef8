"""Buying histories as arrays, and the plain sums that tiers, habits and alarms all start from.

Days are proleptic ordinals (`date.toordinal`). Money is in minor units of each customer's own currency.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class History:
    """What each customer bought, one row for each customer and day, sorted by both.

    Attributes:
        customers: Everybody looked at, those without an order included.
        currencies: The currency of each customer's amounts, in the order of `customers`.
        who: By row, the index of the customer.
        day: By row, the ordinal of the day.
        amount: By row, the net amount; negative where more came back than went out.
        ordered: By row, whether something was sold; False on a day of returns only.
    """

    customers: tuple[uuid.UUID, ...]
    currencies: tuple[str, ...]
    who: Ints
    day: Ints
    amount: Ints
    ordered: Bools

    def __post_init__(self) -> None:
        if len(self.currencies) != len(self.customers):
            raise ValueError(f"{len(self.customers)} customers but {len(self.currencies)} currencies")
        if len({len(self.who), len(self.day), len(self.amount), len(self.ordered)}) != 1:
            raise ValueError("the columns of a history differ in length")

    def __len__(self) -> int:
        """How many customers it knows."""
        return len(self.customers)

    def revenue(self, since: date, until: date) -> Ints:
        """Net amount of each customer in `[since, until)`."""
        inside = self.within(since, until)
        return _sums(self.who[inside], self.amount[inside], len(self))

    def order_days(self, since: date, until: date) -> Ints:
        """Number of days in `[since, until)` on which each customer ordered."""
        inside = self.within(since, until) & self.ordered
        return np.bincount(self.who[inside], minlength=len(self)).astype(np.int64)

    def last_order(self, until: date) -> Ints:
        """Ordinal of each customer's last order before `until`; 0 where there is none."""
        inside = (self.day < until.toordinal()) & self.ordered
        last = np.zeros(len(self), dtype=np.int64)
        ends, who = runs(self.who[inside])[1] - 1, self.who[inside]
        last[who[ends]] = self.day[inside][ends]
        return last

    def within(self, since: date, until: date) -> Bools:
        """Which rows fall in `[since, until)`."""
        return (self.day >= since.toordinal()) & (self.day < until.toordinal())


def from_rows(customers: Sequence[tuple[uuid.UUID, str]], rows: Iterable[tuple[uuid.UUID, date, int, bool]]) -> History:
    """Build a history from customers with their currency, and rows of customer, day, net amount, whether ordered.

    Each customer and day is given at most once; rows of other customers are passed over.
    """
    place = {customer: index for index, (customer, _) in enumerate(customers)}
    table = np.array(
        [(place[who], day.toordinal(), amount, ordered) for who, day, amount, ordered in rows if who in place],
        dtype=np.int64,
    ).reshape(-1, 4)
    return from_columns(customers, table)


def from_columns(customers: Sequence[tuple[uuid.UUID, str]], table: Ints) -> History:
    """Build a history from rows `(n, 4)` of customer's index, ordinal of the day, net amount and whether ordered."""
    table = table[np.lexsort((table[:, 1], table[:, 0]))]
    return History(
        customers=tuple(customer for customer, _ in customers),
        currencies=tuple(currency for _, currency in customers),
        who=table[:, 0],
        day=table[:, 1],
        amount=table[:, 2],
        ordered=table[:, 3].astype(bool),
    )


def runs(who: Ints) -> tuple[Ints, Ints]:
    """Return where each customer's rows begin and where they end, of rows sorted by customer."""
    if not len(who):
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    turns = np.flatnonzero(who[1:] != who[:-1]) + 1
    return np.concatenate([[0], turns]), np.concatenate([turns, [len(who)]])


CLEAR_SHARE = 0.6
"""A weekday is a habit when this share of the orders falls on it,"""

CLEAR_ORDERS = 6
"""and there were at least this many."""


def usual_weekdays(history: History, since: date, until: date) -> list[int | None]:
    """The weekday (Monday is 0) on which each customer usually orders, None where there is no clear habit."""
    inside = history.within(since, until) & history.ordered
    weekday = (history.day[inside] - 1) % 7
    counts = np.bincount(history.who[inside] * 7 + weekday, minlength=len(history) * 7).reshape(-1, 7)
    most, total = counts.max(axis=1, initial=0), counts.sum(axis=1)
    clear = (total >= CLEAR_ORDERS) & (most >= CLEAR_SHARE * total)
    return [int(day) if sure else None for day, sure in zip(counts.argmax(axis=1), clear, strict=True)]


def _sums(who: Ints, amount: Ints, size: int) -> Ints:
    """Exact sums of integers by customer; float weights of `bincount` would round beyond 2**53."""
    total = np.zeros(size, dtype=np.int64)
    starts, _ = runs(who)
    if len(starts):
        total[who[starts]] = np.add.reduceat(amount, starts)
    return total
