"""`fieldsales prices`: what an order costs, prices from a file, and the books that phones price by."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from sqlalchemy.orm import Session

from fieldsales.catalog.service import set_list_price, set_tier_price
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_customer
from fieldsales.cli.prices_file import Listed, Unread, find_product, read_prices
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.money import Money
from fieldsales.pricebooks.service import Agreement, agree, publish_books, publish_terms
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

    Columns: sku, price (in major units: 12.50). With tier: the tier's price. With customer: a contract price, with
    reference, per, min, from and until where there are any. The same file again changes nothing.
    """
    now = utc_now()
    with transaction(context.engine) as session:
        rows = list(read_prices(session, file))
        unread = [each for each in rows if isinstance(each, Unread)]
        if unread:
            told = "\n".join(f"  line {each.line}: {each.why}" for each in unread[:20])
            raise NothingKept(f"{len(unread)} of {len(rows)} rows cannot be used, so nothing was kept:\n{told}")
        customers = set()
        for each in rows:
            if isinstance(each, Agreement):
                agree(session, each, now=now)
                customers.add(each.customer_id)
            elif isinstance(each, Listed) and each.tier is None:
                set_list_price(session, each.product.id, each.price_minor, actor_id=None, now=now)
            elif isinstance(each, Listed) and each.tier is not None:
                set_tier_price(session, each.product.id, each.tier, each.price_minor, actor_id=None, now=now)
        session.flush()
        terms = [new for customer_id in sorted(customers) for new in publish_terms(session, customer_id, now=now)]
        books = publish_books(session, now=now)
        told = f"{len(rows)} prices read; {len(books)} price books and the terms of {len(terms)} customers are new."
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
