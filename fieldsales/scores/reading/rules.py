"""What is kept of a file of orders while it is read: rows as numbers, and what was passed over."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import numpy.typing as npt

from fieldsales.history.rules import History, Ints
from fieldsales.imports.orders.rules import Reading
from fieldsales.tabular.faults import Row
from fieldsales.tabular.values import BadValue

Int32s = npt.NDArray[np.int32]

MOST_TOLD = 20
_PORTION = 200_000
_BITS = 63
_NO_ID = uuid.UUID(int=0)


@dataclass(slots=True)
class Orders:
    """What was read: customers by name in the order of the file, their history, and what was passed over.

    `later` rows are of the day itself or after it. `bad` are the first rows that could not be read, as line and reason.
    """

    names: list[str] = field(default_factory=list)
    history: History | None = None
    read: int = 0
    later: int = 0
    unread: int = 0
    bad: list[tuple[int, str]] = field(default_factory=list)

    def pass_over(self, line: int, why: str) -> None:
        """Count a row that cannot be read; keep the first of them."""
        self.unread += 1
        if len(self.bad) < MOST_TOLD:
            self.bad.append((line, why))


class Gathering:
    """Orders before a day, as they come out of a file: row by row, or many at a time."""

    def __init__(self, reading: Reading, as_of: date) -> None:
        self.found = Orders()
        self._reading = reading
        self._as_of = as_of
        self._number_of: dict[str, int] = {}
        self._rows: list[tuple[int, int, int]] = []
        self._portions: list[tuple[Int32s, Int32s, Ints]] = []

    def add_row(self, row: Row) -> None:
        """Take a row into account."""
        self.found.read += 1
        if row.fault is not None:
            self.found.pass_over(row.line, str(row.fault))
        elif (entry := self.entry(row.line, row.cells)) is not None:
            self._rows.append(entry)
            if len(self._rows) == _PORTION:
                self._settle()

    def entry(self, line: int, cells: list[str]) -> tuple[int, int, int] | None:
        """Return a row as numbers: customer, ordinal of the day, amount. None if it is passed over, which is told."""
        try:
            customer, _, day, amount = self._reading.total(cells)
        except BadValue as bad:
            self.found.pass_over(line, f"{bad.code}: {bad.detail}")
            return None
        if day >= self._as_of:
            self.found.later += 1
            return None
        return self._number_of.setdefault(customer, len(self._number_of)), day.toordinal(), amount

    def numbers_of(self, customers: Sequence[str]) -> Int32s:
        """Return the numbers of customers; new ones get theirs in this order."""
        known = self._number_of
        return np.array([known.setdefault(each, len(known)) for each in customers], dtype=np.int32)

    def add_rows(self, who: Int32s, day: Int32s, amount: Ints) -> None:
        """Take rows into account that were read as numbers, after those that came before."""
        self._settle()
        self._portions.append((who, day, amount))

    def finish(self) -> Orders:
        """Return what was read; without a history if no order is left."""
        self._settle()
        self.found.names = list(self._number_of)
        if any(len(who) for who, _, _ in self._portions):
            who, day, amount = (np.concatenate(columns) for columns in zip(*self._portions, strict=True))
            self._portions.clear()
            self.found.history = _by_day(len(self._number_of), who, day, amount)
        return self.found

    def _settle(self) -> None:
        if self._rows:
            table = np.array(self._rows, dtype=np.int64)
            self._portions.append((table[:, 0].astype(np.int32), table[:, 1].astype(np.int32), table[:, 2]))
            self._rows.clear()


def _by_day(size: int, who: Int32s, day: Int32s, amount: Ints) -> History:
    """One row for each customer and day: amounts added up, ordered if anything was bought."""
    first = int(day.min())
    span = int(day.max()) - first + 1
    key = who.astype(np.int64) * span + (day - first)
    key, order = _sorted(key, size * span)
    amount = amount[order]
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    ordered = amount > 0
    if len(starts) < len(key):
        amount, ordered = np.add.reduceat(amount, starts), np.logical_or.reduceat(ordered, starts)
        key = key[starts]
    return History((_NO_ID,) * size, ("",) * size, key // span, key % span + first, amount, ordered)


def _sorted(key: Ints, most: int) -> tuple[Ints, Ints]:
    """Return keys below `most` in their order, and where each stood; equal ones as they came.

    Key and place are sorted as one number where they fit in, which takes a tenth of the time.
    """
    bits = max(1, (len(key) - 1).bit_length())
    if most.bit_length() + bits > _BITS:
        order = np.argsort(key, kind="stable")
        return key[order], order
    both = (key << bits) | np.arange(len(key))
    both.sort()
    return both >> bits, both & ((1 << bits) - 1)
