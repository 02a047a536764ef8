"""Prices in a file: list prices, prices of tiers, or what is agreed with customers, a row each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.catalog.service import ProductUnknown
from fieldsales.cli.lookup import find_customer
from fieldsales.errors import FieldsalesError
from fieldsales.money import exponent
from fieldsales.pricefeeds.rules import PriceRow
from fieldsales.tabular.table import examine

COLUMNS = ("sku", "price", "tier", "customer", "reference", "per", "min", "from", "until", "version")
_NEEDED = ("sku", "price")


@dataclass(frozen=True, slots=True)
class Unread:
    """A row that cannot be used, and why."""

    line: int
    why: str


def find_product(session: Session, sku: str) -> Product:
    """Return the product of a SKU. Raises `ProductUnknown`."""
    found = session.scalars(select(Product).where(Product.sku == sku)).one_or_none()
    if found is None:
        raise ProductUnknown(f"There is no product “{sku}”.", mend="Import the products first.", sku=sku)
    return found


def read_prices(session: Session, path: Path, today: date) -> Iterator[tuple[int, PriceRow] | Unread]:
    """Yield the line of each row of a CSV or XLSX file and what it says.

    Raises what `examine` raises, and `click.UsageError`.
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
                yield Unread(row.line, row.fault.detail)
                continue
            cells = dict(zip(names, (cell.strip() for cell in row.cells), strict=True))
            try:
                yield row.line, _meant(session, cells, today)
            except (FieldsalesError, click.BadParameter, ValueError) as wrong:
                yield Unread(row.line, wrong.message if isinstance(wrong, click.BadParameter) else str(wrong))


def _meant(session: Session, cells: Mapping[str, str], today: date) -> PriceRow:
    """A price of the list or of a tier that names no day holds from today on."""
    product, named = find_product(session, cells["sku"]), cells.get("customer")
    if named and cells.get("tier"):
        raise ValueError("a price is a customer's or a tier's; leave one of them blank")
    return PriceRow(
        sku=product.sku,
        price_minor=_minor(cells["price"], product.currency),
        currency=product.currency,
        since=_day(cells, "from") or (None if named else today),
        until=_day(cells, "until"),
        tier=cells.get("tier") or None,
        customer_id=find_customer(session, named).id if named else None,
        customer=named or None,
        reference=(cells.get("reference") or "import") if named else None,
        per=_whole(cells, "per"),
        least=_whole(cells, "min"),
        version=_whole(cells, "version") if cells.get("version") else None,
    )


def _minor(text: str, currency: str) -> int:
    try:
        exact = Decimal(text).scaleb(exponent(currency))
    except InvalidOperation:
        raise ValueError(f"“{text}” is no price; write 12.50") from None
    if not exact.is_finite() or exact < 0 or exact != exact.to_integral_value():
        raise ValueError(f"{text} {currency} is no price: it has too many decimals, or is below 0")
    return int(exact)


def _whole(cells: Mapping[str, str], name: str) -> int:
    text = cells.get(name) or "1"
    if not text.isascii() or not text.isdigit():
        raise ValueError(f"“{text}” in the column {name} is no whole number")
    return int(text)


def _day(cells: Mapping[str, str], name: str) -> date | None:
    text = cells.get(name)
    return date.fromisoformat(text) if text else None
