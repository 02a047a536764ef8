"""Rows written as CSV or as a workbook, without ever holding all of them; the only user of `xlsxwriter`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, BinaryIO

from xlsxwriter import Workbook

from fieldsales.errors import Invalid
from fieldsales.tabular.rejects import neutralise

BLOCK = 64 * 1024
MOST_ROWS = 1_048_575
"""Rows that a sheet has below its header."""
_NARROWEST = 10
_EXACT = 15
"""Spreadsheets keep so many digits: a number that has more is written as text."""


class TooManyRows(Invalid):
    """A sheet of a workbook holds 1,048,575 rows. Export fewer days, or CSV."""

    code = "export.too_many_rows"
    title = "A workbook cannot hold that many rows"


def csv_blocks(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[bytes]:
    """Return CSV (RFC 4180, UTF-8) in blocks. What a spreadsheet would run as a formula has an apostrophe before it."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([neutralise(cell) for cell in row])
        if text.tell() >= BLOCK:
            yield text.getvalue().encode()
            text.seek(0)
            text.truncate()
    yield text.getvalue().encode()


def write_workbook(
    file: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[str | int | float | Decimal | date | None]]
) -> None:
    """Write a workbook of one sheet: numbers as numbers, days as days, texts as texts and never as formulas.

    Moments are written by their own clock, as a sheet knows no time zones. Rows go to disk as they come. Raises
    `TooManyRows`.
    """
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet = _Sheet(book.add_worksheet(), book)
    try:
        sheet.head(columns)
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise TooManyRows(f"There are more than {MOST_ROWS:,} rows.", mend="Export fewer days, or CSV.")
            for at, cell in enumerate(row):
                sheet.write(number, at, cell)
    finally:
        book.close()  # a row that cannot be had leaves no file of the library's open


class _Sheet:
    """Writes each value as what it is."""

    def __init__(self, sheet: Any, book: Any) -> None:
        self._sheet = sheet
        self._bold = book.add_format({"bold": True, "bottom": 1})
        self._day = book.add_format({"num_format": "yyyy-mm-dd"})
        self._moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        self._amount = {digits: book.add_format({"num_format": "#,##0." + "0" * digits}) for digits in range(1, 5)}

    def head(self, columns: Sequence[str]) -> None:
        """Write the headings, which stay in sight, over columns that have room for them."""
        self._sheet.freeze_panes(1, 0)
        for at, name in enumerate(columns):
            self._sheet.set_column(at, at, max(_NARROWEST, sum(1 if each.isascii() else 2 for each in name) + 2))
            self._sheet.write_string(0, at, name, self._bold)

    def write(self, number: int, at: int, cell: object) -> None:
        """Write one cell; nothing leaves it empty."""
        if isinstance(cell, datetime):
            self._sheet.write_datetime(number, at, cell.replace(tzinfo=None), self._moment)
        elif isinstance(cell, date):
            self._sheet.write_datetime(number, at, cell, self._day)
        elif isinstance(cell, bool):
            self._sheet.write_boolean(number, at, cell)
        elif isinstance(cell, int | float | Decimal):
            told = Decimal(cell if isinstance(cell, Decimal) else repr(cell)).as_tuple()
            if len(told.digits) > _EXACT and not isinstance(cell, float):
                self._sheet.write_string(number, at, str(cell))
            else:
                self._sheet.write_number(
                    number, at, cell, self._amount.get(-int(told.exponent)) if isinstance(cell, Decimal) else None
                )
        elif cell:
            self._sheet.write_string(number, at, str(cell))
