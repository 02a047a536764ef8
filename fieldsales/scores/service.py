"""Reading a file of orders into a history, with no database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from fieldsales.errors import Invalid
from fieldsales.imports.columns.rules import Match, match_columns
from fieldsales.imports.orders.rules import FIELDS, Reading
from fieldsales.imports.writing.rules import Clues, Writing
from fieldsales.scores.reading.rules import Gathering, Orders
from fieldsales.scores.reading.service import Passed, read_columns
from fieldsales.tabular.table import TableFile

DIGITS = 2
"""Decimal digits of amounts that are kept; a file names no currency."""

WANTED = tuple(replace(each, required=True) for each in FIELDS if each.name in {"date", "customer", "amount"})
_OFTEN = 1 << 16
_SAMPLE = 20_000
"""How many rows tell how numbers and dates are written, if none of them can be read in two ways."""


class NothingToScore(Invalid):
    """No row of the file is an order before the day, or none can be read."""

    code = "scores.nothing"
    title = "There is nothing to score"


def columns_of(file: TableFile, given: Mapping[str, str]) -> tuple[Match, ...]:
    """Return which columns are customer, date and amount. Raises `UnknownField`, `ColumnMissing`."""
    return match_columns(WANTED, file.columns, given, {})


def read_orders(
    file: TableFile,
    matches: tuple[Match, ...],
    given: Writing,
    as_of: date,
    passed: Passed = lambda _: None,
    *,
    quickly: bool = True,
) -> Orders:
    """Read what was ordered before a day. A customer's rows of one day are one order day; negative ones are returns.

    `passed` is told now and then how many bytes of the file were read. Large plain texts are read by columns; without
    `quickly` all are read row by row, to the same end. Raises `NothingToScore`, `AmbiguousWriting`.
    """
    positions = {match.field: file.columns.index(match.column) for match in matches}
    reading = Reading(positions, _writing(file, positions, given), DIGITS, date.today())  # noqa: DTZ011 -- only to refuse slips
    found = read_columns(file, positions, reading, as_of, passed) if quickly else None
    if found is None:
        found = _by_rows(file, Gathering(reading, as_of), passed)
    if found.history is None:
        raise NothingToScore(
            f"{file.path} has no order before {as_of}: {found.later} are later, {found.unread} cannot be read.",
            mend="Use a later --as-of." if found.later else "Look at the first rows that are told above.",
            path=str(file.path),
        )
    return found


def _writing(file: TableFile, positions: Mapping[str, int], given: Writing) -> Writing:
    if given.mark and given.order:
        return given
    clues = Clues(given)
    with file.open() as table:
        for number, row in enumerate(table.rows()):
            if row.fault is None:
                clues.see_number(row.cells[positions["amount"]])
                clues.see_date(row.cells[positions["date"]])
            if number >= _SAMPLE and not clues.doubts():
                break
    return clues.settled()


def _by_rows(file: TableFile, gathering: Gathering, passed: Passed) -> Orders:
    with file.open() as table:
        for number, row in enumerate(table.rows()):
            gathering.add_row(row)
            if number % _OFTEN == 0:
                passed(table.position)
        passed(table.position)
    return gathering.finish()
