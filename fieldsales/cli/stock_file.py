"""Reading a file of goods: stock that another system tells, or pieces that were counted or are to be moved."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

import click

from fieldsales.errors import FieldsalesError
from fieldsales.snapshots.rules import TellRow
from fieldsales.tabular.table import examine

TOLD = ("sku", "pieces", "expected_on", "expected_pieces")
COUNTED = ("sku", "pieces", "condition")
SHOWN = 50
"""How many bad rows are told one by one."""
Read = TypeVar("Read")


class BadRows(click.ClickException):
    """Rows of a file cannot be used, so that nothing of it is."""

    exit_code = 2

    def __init__(self, wrong: list[str]) -> None:
        more = f"\n… and {len(wrong) - SHOWN} more" if len(wrong) > SHOWN else ""
        told = "\n".join(wrong[:SHOWN])
        super().__init__(f"{len(wrong)} rows cannot be used; nothing was changed.\n{told}{more}")


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of a file by column, and the line that it is on; `fault` says what is wrong with its shape, if anything."""

    line: int
    by_name: Mapping[str, str]
    fault: str | None = None

    def whole(self, name: str) -> int:
        """Return a column as a whole number; raise `click.UsageError`."""
        text = self.by_name.get(name, "")
        try:
            return int(text)
        except ValueError:
            raise click.UsageError(f"“{text}” in the column {name} is no whole number.") from None

    def day(self, name: str) -> date | None:
        """Return a column as a day, None where it is empty; raise `click.UsageError`."""
        text = self.by_name.get(name, "")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise click.UsageError(f"“{text}” is no day. Write 2026-03-02.") from None


def read_told(path: Path) -> tuple[TellRow, ...]:
    """Return the rows of a file of stock. Raises what `examine` raises, `click.UsageError` and `BadRows`."""
    return tuple(read_rows(path, TOLD, _told, needed=("sku", "pieces")))


def _told(row: Cells) -> TellRow:
    return TellRow(
        row.by_name["sku"],
        row.whole("pieces"),
        row.day("expected_on"),
        row.whole("expected_pieces") if row.by_name.get("expected_pieces") else None,
    )


def read_rows(
    path: Path, columns: tuple[str, ...], read: Callable[[Cells], Read], *, needed: tuple[str, ...]
) -> list[Read]:
    """Return what `read` makes of each row. Raises `BadRows` with all that cannot be read, and what `examine` raises.

    Nothing is read by half: whoever mends the file sends it whole, under the same name.
    """
    found, wrong = [], []
    for row in read_cells(path, columns, needed=needed):
        try:
            if row.fault:
                raise click.UsageError(row.fault)
            found.append(read(row))
        except (click.UsageError, FieldsalesError) as bad:
            wrong.append(f"Line {row.line}: {bad.message if isinstance(bad, click.UsageError) else bad}")
    if wrong:
        raise BadRows(wrong)
    return found


def read_cells(path: Path, columns: tuple[str, ...], *, needed: tuple[str, ...]) -> Iterator[Cells]:
    """Yield the rows of a CSV or XLSX file. Raises what `examine` raises, and `click.UsageError`."""
    file = examine(path)
    names = [column.strip().lower() for column in file.columns]
    missing = [name for name in needed if name not in names]
    strange = [name for name in names if name not in columns]
    if missing or strange:
        told = f"no column {', '.join(missing)}" if missing else f"unknown columns {', '.join(strange)}"
        raise click.UsageError(f"{path} has {told}. Columns are: {', '.join(columns)}.")
    with file.open() as table:
        for row in table.rows():
            if row.fault is not None:
                yield Cells(row.line, {}, row.fault.detail)
            else:
                yield Cells(row.line, dict(zip(names, (cell.strip() for cell in row.cells), strict=True)))
