"""`fieldsales prices`: what an order costs, prices from a file, and the books that phones price by."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_customer
from fieldsales.cli.prices_file import Unread, find_product, read_prices
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.money import Money
from fieldsales.notices.rules import PriceFate
from fieldsales.people.queries import days_at
from fieldsales.pricebooks.service import publish_books
from fieldsales.pricefeeds.service import file_prices
from fieldsales.pricing.rules import PricedLine, PricedOrder, Wanted
from fieldsales.quotes.service import quote
from fieldsales.units.rules import EACH


class NothingKept(click.ClickException):
    """Some rows of a file cannot be used."""

    exit_code = 2


@click.group()
def prices() -> None:
    """What an order costs, and the price books that phones price by.

    \b
      fieldsales prices import prices.csv --dry-run
      fieldsales prices import prices.csv
      fieldsales prices quote C-1001 coffee-500=2:case soap=7
      fieldsales prices publish                  after products were imported, and every night
    """


@prices.command("quote")
@click.argument("customer")
@click.argument("lines", nargs=-1, required=True, metavar="SKU=QUANTITY[:UNIT]…")
@click.pass_obj
def quote_order(context: Context, customer: str, lines: tuple[str, ...]) -> None:
    """Price an order for a CUSTOMER (its id, or its number in another system) by what is published."""
    with reading(context.engine) as session:
        wanted, currency, names = _wanted(session, lines)
        priced = quote(session, find_customer(session, customer).id, currency, wanted, now=utc_now())
        _print(context.console, priced, names)


@prices.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what it would change and keep nothing.")
@click.pass_obj
def import_prices(context: Context, file: Path, dry_run: bool) -> None:
    """Set prices from a FILE (CSV or XLSX), all of its rows or none, and publish them.

    Columns: sku, price (in major units: 12.50), from (holds from that day on; else from today). With tier: the tier's
    price. With customer: a contract price, with reference, per, min, from and until where there are any. With version,
    a whole number that grows, an older state than is held changes nothing. The same file again changes nothing.
    """
    now = utc_now()
    with transaction(context.engine) as session:
        read = list(read_prices(session, file, days_at(session, now)[0]))
        good = [each for each in read if not isinstance(each, Unread)]
        taken = file_prices(session, [row for _, row in good], by=None, now=now)
        refused = [each for each in read if isinstance(each, Unread)]
        for (line, _), filed in zip(good, taken.rows, strict=True):
            if filed.fate is PriceFate.REFUSED:
                refused.append(Unread(line, filed.problem or ""))
        if refused:
            refused.sort(key=lambda each: each.line)
            told = "\n".join(f"  line {each.line}: {each.why}" for each in refused[:20])
            raise NothingKept(f"{len(refused)} of {len(read)} rows cannot be used, so nothing was kept:\n{told}")
        counts = Counter(each.fate for each in taken.rows)
        fates = ", ".join(f"{counts[fate]} {fate}" for fate in PriceFate if counts[fate])
        told = (
            f"{len(read)} prices read ({fates}); {len(taken.price_books)} price books and the terms of "
            f"{taken.terms} customers are new."
        )
        if dry_run:
            session.rollback()
            told += " Dry run: nothing was kept."
        context.console.print(told, soft_wrap=True)


@prices.command("publish")
@click.pass_obj
def publish(context: Context) -> None:
    """Publish the price book of each currency in which something has changed."""
    with transaction(context.engine) as session:
        found = publish_books(session, now=utc_now())
        for each in found:
            told = f"{each.currency}: {len(each.body['products'])} products, version {each.version}"
            context.console.print(told, soft_wrap=True)
        if not found:
            context.console.print("Nothing has changed since the last one.")


def _wanted(session: Session, lines: tuple[str, ...]) -> tuple[list[Wanted], str, dict[str, str]]:
    found, names, currency = [], {}, ""
    for number, text in enumerate(lines, start=1):
        sku, equals, rest = text.rpartition("=")
        quantity, _, unit = rest.partition(":")
        if not equals or not quantity.lstrip("-").isdigit():
            raise click.BadParameter(f"“{text}” is not SKU=QUANTITY or SKU=QUANTITY:UNIT, such as soap=7:case.")
        product = find_product(session, sku)
        currency = currency or product.currency
        names[str(product.id)] = product.sku
        found.append(Wanted(number, str(product.id), int(quantity), unit or EACH))
    return found, currency, names


def _print(console: Console, priced: PricedOrder, names: dict[str, str]) -> None:
    table = Table("line", "product", "quantity", "price", "paid", "tax", "why", box=None)
    for each in priced.lines:
        price = Money(each.price_minor, priced.currency)
        table.add_row(
            str(each.line),
            names.get(each.product_id, each.product_id),
            f"{each.quantity} {each.unit}",
            f"{price}" if each.per == 1 else f"{price} for {each.per}",
            str(Money(each.amount_minor, priced.currency)),
            str(Money(each.tax_minor, priced.currency)),
            _why(each),
        )
    console.print(table)
    total = Money(priced.total_minor, priced.currency)
    console.print(f"Total {total}, of which tax {Money(priced.tax_minor, priced.currency)}. Book {priced.book[:12]}.")
    if priced.rounding_minor:
        console.print(f"To pay: {Money(priced.payable_minor, priced.currency)}.")


def _why(line: PricedLine) -> str:
    """The steps in short, without those that say nothing new."""
    found = []
    for step in line.steps:
        share = f" {Decimal(step['discount_bp']) / 100} %" if "discount_bp" in step else ""
        named = step.get("promotion") or step.get("reference") or step.get("tier") or ""
        if step["code"] not in ("goods", "tax"):
            found.append(f"{step['code']}{f' {named}' if named else ''}{share}")
    return ", ".join(found)
