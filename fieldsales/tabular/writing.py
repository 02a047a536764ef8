"""Rows written as CSV or as a workbook, without ever holding all of them; the only user of `xlsxwriter`."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from xlsxwriter import Workbook

from fieldsales.errors import Invalid
from fieldsales.tabular.rejects import neutralise

BLOCK = 64 * 1024
MOST_ROWS = 1_048_575
"""Rows that a sheet has below its header."""
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
    file: BinaryIO, columns: Sequence[str], rows: Iterable[Sequence[str | int | Decimal | date | None]]
) -> None:
    """Write a workbook of one sheet: numbers as numbers, days as days, texts as texts and never as formulas.

    Rows go to disk as they come. Raises `TooManyRows`.
    """
    book = Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    sheet, days = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.freeze_panes(1, 0)
    for at, name in enumerate(columns):
        sheet.write_string(0, at, name)
    for number, row in enumerate(rows, start=1):
        if number > MOST_ROWS:
            raise TooManyRows(f"There are more than {MOST_ROWS:,} rows.", mend="Export fewer days, or CSV.")
        for at, cell in enumerate(row):
            if isinstance(cell, date):
                sheet.write_datetime(number, at, cell, days)
            elif isinstance(cell, int | Decimal):
                if len(Decimal(cell).as_tuple().digits) <= _EXACT:
                    sheet.write_number(number, at, cell)
                else:
                    sheet.write_string(number, at, str(cell))
            elif cell:
                sheet.write_string(number, at, cell)
    book.close()
