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
from fieldsales.pricebooks.service import Agreement
from fieldsales.tabular.table import examine

COLUMNS = ("sku", "price", "tier", "customer", "reference", "per", "min", "from", "until")
_NEEDED = ("sku", "price")


@dataclass(frozen=True, slots=True)
class Listed:
    """A list price, or that of a tier, in minor units."""

    product: Product
    tier: str | None
    price_minor: int


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


def read_prices(session: Session, path: Path) -> Iterator[Listed | Agreement | Unread]:
    """Yield what each row of a CSV or XLSX file says. Raises what `examine` raises, and `click.UsageError`."""
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
            try:
                yield _meant(session, dict(zip(names, (cell.strip() for cell in row.cells), strict=True)))
            except (FieldsalesError, click.BadParameter, ValueError) as wrong:
                yield Unread(row.line, wrong.message if isinstance(wrong, click.BadParameter) else str(wrong))


def _meant(session: Session, cells: Mapping[str, str]) -> Listed | Agreement:
    product = find_product(session, cells["sku"])
    price = _minor(cells["price"], product.currency)
    if not cells.get("customer"):
        return Listed(product, cells.get("tier") or None, price)
    if cells.get("tier"):
        raise ValueError("a price is a customer's or a tier's; leave one of them blank")
    return Agreement(
        customer_id=find_customer(session, cells["customer"]).id,
        product_id=product.id,
        reference=cells.get("reference") or "import",
        price_minor=price,
        per=_whole(cells, "per"),
        least=_whole(cells, "min"),
        since=_day(cells, "from"),
        until=_day(cells, "until"),
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
