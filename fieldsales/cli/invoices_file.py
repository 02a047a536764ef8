"""Reading a file of another system's invoices, a row each."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from fieldsales.claims.service import Reader, reader_of
from fieldsales.invoices.rules import InvoiceInvalid
from fieldsales.money import exponent
from fieldsales.tabular.table import examine

COLUMNS = ("reference", "customer", "issued_on", "due_on", "currency", "amount", "tax", "open", "order", "version")
_NEEDED = ("reference", "customer", "issued_on", "currency", "amount")


def read_invoices(session: Session, path: Path) -> Iterator[tuple[int, str, Reader]]:
    """Yield the line of each row of a CSV or XLSX file, its number, and what makes a claim of it.

    Raises what `examine` raises, and `click.UsageError` for columns that are missing or not known.
    """
    file = examine(path)
    names = [column.strip().lower() for column in file.columns]
    missing = [name for name in _NEEDED if name not in names]
    strange = [name for name in names if name not in COLUMNS]
    if missing or strange:
        told = f"no column {', '.join(missing)}" if missing else f"unknown columns {', '.join(strange)}"
        raise click.UsageError(f"{path} has {told}. Columns are: {', '.join(COLUMNS)}.")
    with file.open() as table:
        for row in table.rows():
            if row.fault is not None:
                yield row.line, "", _broken(row.fault.detail)
                continue
            cells = dict(zip(names, (cell.strip() for cell in row.cells), strict=True))
            yield row.line, cells["reference"], _reader(session, cells)


def _broken(why: str) -> Reader:
    def read() -> Any:
        raise InvoiceInvalid(why, mend="Mend the row.")

    return read


def _reader(session: Session, cells: Mapping[str, str]) -> Reader:
    def read() -> Any:
        if not cells["reference"]:
            raise InvoiceInvalid("The row has no reference.", mend="Give each invoice its number.")
        currency = cells["currency"].upper()
        told = {
            "reference": cells["reference"],
            **_customer(cells["customer"]),
            "currency": currency,
            "amount_minor": _minor(cells["amount"], currency, "amount"),
            "tax_minor": _minor(cells.get("tax") or "0", currency, "tax"),
            "open_minor": _minor(cells["open"], currency, "open") if cells.get("open") else None,
            "issued_on": _day(cells["issued_on"], "issued_on"),
            "order": {"": None, "-": ""}.get(cells.get("order", ""), cells.get("order")),
            "version": _version(cells["version"]) if cells.get("version") else None,
            "due_on": _day(cells["due_on"], "due_on") if cells.get("due_on") else None,
        }
        return reader_of(session, told)()

    return read


def _version(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 18:
        raise InvoiceInvalid(f"“{text}” in the column version is no whole number.", mend="Write 7.")
    return int(text)


def _customer(named: str) -> dict[str, Any]:
    try:
        return {"customer_id": uuid.UUID(named)}
    except ValueError:
        return {"customer": named}


def _minor(text: str, currency: str, column: str) -> int:
    try:
        exact = Decimal(text).scaleb(exponent(currency))
    except InvalidOperation:
        raise InvoiceInvalid(f"“{text}” in the column {column} is no amount.", mend="Write 12.50.") from None
    if not exact.is_finite() or exact != exact.to_integral_value():
        raise InvoiceInvalid(f"{text} {currency} in the column {column} has too many decimals.", mend="Round it.")
    return int(exact)


def _day(text: str, column: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvoiceInvalid(f"“{text}” in the column {column} is no day.", mend="Write 2026-03-02.") from None
