"""Reading a file of goods: stock that another system tells, or pieces that were counted or are to be moved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import click

from fieldsales.snapshots.rules import TellRow
from fieldsales.tabular.table import examine

TOLD = ("sku", "pieces", "expected_on", "expected_pieces")
COUNTED = ("sku", "pieces", "condition")


@dataclass(frozen=True, slots=True)
class Cells:
    """A row of a file by column, and the line that it is on."""

    line: int
    by_name: Mapping[str, str]

    def whole(self, name: str) -> int:
        """Return a column as a whole number; raise `click.UsageError`."""
        text = self.by_name.get(name, "")
        try:
            return int(text)
        except ValueError:
            raise click.UsageError(f"Line {self.line}: “{text}” in the column {name} is no whole number.") from None

    def day(self, name: str) -> date | None:
        """Return a column as a day, None where it is empty; raise `click.UsageError`."""
        text = self.by_name.get(name, "")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            raise click.UsageError(f"Line {self.line}: “{text}” is no day. Write 2026-03-02.") from None


def read_told(path: Path) -> tuple[TellRow, ...]:
    """Return the rows of a file of stock. Raises what `examine` raises, and `click.UsageError`."""
    return tuple(
        TellRow(
            each.by_name["sku"],
            each.whole("pieces"),
            each.day("expected_on"),
            each.whole("expected_pieces") if each.by_name.get("expected_pieces") else None,
        )
        for each in read_cells(path, TOLD, needed=("sku", "pieces"))
    )


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
                raise click.UsageError(f"Line {row.line}: {row.fault.detail}")
            yield Cells(row.line, dict(zip(names, (cell.strip() for cell in row.cells), strict=True)))
