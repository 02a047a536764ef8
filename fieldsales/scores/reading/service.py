"""Orders out of a large plain file, by whole columns. What is odd in a row is read, or refused, as row by row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from fieldsales.history.rules import Bools, Ints
from fieldsales.imports.orders.rules import DEAREST, Reading
from fieldsales.scores.reading.rules import Gathering, Int32s, Orders
from fieldsales.tabular.blocks import Block, NotPlain, worked_blocks
from fieldsales.tabular.table import TableFile
from fieldsales.tabular.values import BadValue

Passed = Callable[[int], None]
Cells = tuple[str, ...]
COLUMNS = ("customer", "date", "amount")


def read_columns(
    file: TableFile, positions: Mapping[str, int], reading: Reading, as_of: date, passed: Passed
) -> Orders | None:
    """Read what was ordered before a day; None if the file has to be read row by row."""
    gathering = Gathering(reading, as_of)
    three = reading.elsewhere({name: at for at, name in enumerate(COLUMNS)})
    try:
        at = [positions[name] for name in COLUMNS]
        for block, numbers in worked_blocks(file, at, lambda block: _as_numbers(block, three)):
            _take(block, numbers, three, gathering, as_of)
            passed(block.position)
    except NotPlain:
        return None
    return gathering.finish()


@dataclass(frozen=True, slots=True, eq=False)
class _Numbers:
    """A block as numbers: customers by their place among `names`, days (0: cannot be read), amounts; odd rows."""

    names: list[str]
    who: Int32s
    day: Int32s
    amount: Ints
    odd: Ints
    cells: list[Cells]


def _as_numbers(block: Block, reading: Reading) -> _Numbers | None:
    if block.columns is None:
        return None
    customers, dates, amounts = block.columns
    names, who = customers.coded()
    days, which = dates.coded()
    day = np.array([_ordinal(each, reading) for each in days], dtype=np.int32)[which]
    amount, plain = amounts.minor(reading.writing.mark or ".", reading.digits)
    names = [each.strip() for each in names]
    named = np.array([bool(each) for each in names])[who]
    odd = np.flatnonzero(~(plain & named & (day > 0) & (np.abs(amount) <= DEAREST)))
    cells = list(zip(*(column.some(odd) for column in block.columns), strict=True))
    if ("", "", "") in cells:
        return None  # it may be blank, which is no fault
    return _Numbers(names, who, day, amount, odd, cells)


def _take(block: Block, it: _Numbers | None, reading: Reading, gathering: Gathering, as_of: date) -> None:
    if it is None:
        return _take_rows(block, gathering)
    odd = list(zip(it.odd.tolist(), it.cells, strict=True))
    good = _mend(it.amount, odd, block.line, reading, gathering.found)
    day = it.day
    later = good & (day >= as_of.toordinal())
    good &= ~later
    gathering.found.read += block.length
    gathering.found.later += int(later.sum())
    gathering.add_rows(_numbers(it.names, it.who, good, gathering), day[good], it.amount[good])
    return None


def _take_rows(block: Block, gathering: Gathering) -> None:
    for row in block.rows():
        gathering.add_row(row)


def _ordinal(text: str, reading: Reading) -> int:
    try:
        return reading.day(text).toordinal()
    except BadValue:
        return 0


def _mend(amount: Ints, odd: list[tuple[int, Cells]], line: int, reading: Reading, found: Orders) -> Bools:
    """Put in the amounts of odd rows of a block that begins at a line; return which of its rows can be read."""
    good = np.ones(len(amount), dtype=bool)
    for at, cells in odd:
        try:
            amount[at] = reading.total(list(cells))[-1]
        except BadValue as bad:
            good[at] = False
            found.pass_over(line + at, f"{bad.code}: {bad.detail}")
    return good


def _numbers(names: list[str], who: Int32s, good: Bools, gathering: Gathering) -> Int32s:
    """By good row the number of its customer; those who have none yet get theirs in the order of these rows."""
    if good.all():
        return gathering.numbers_of(names)[who]
    kept = who[good]
    first = np.full(len(names), len(kept))
    first[kept[::-1]] = np.arange(len(kept))[::-1]
    come = np.argsort(first, kind="stable")[: int((first < len(kept)).sum())]
    number = np.zeros(len(names), dtype=np.int32)
    number[come] = gathering.numbers_of([names[at] for at in come.tolist()])
    return number[kept]
