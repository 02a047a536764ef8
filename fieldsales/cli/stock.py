"""`fieldsales stock`: what there is and where, from the terminal."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from pathlib import Path

import click
from rich.table import Table

from fieldsales.catalog.queries import articles
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_rep, find_territory
from fieldsales.cli.stock_file import read_told
from fieldsales.clock import utc_now
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading, transaction
from fieldsales.reservations.queries import find_reservations
from fieldsales.snapshots.rules import Fate, Telling
from fieldsales.snapshots.service import take_snapshot
from fieldsales.stock.queries import drifted, shortages_in, stock_page
from fieldsales.warehouses.models import Warehouse, WarehouseKind
from fieldsales.warehouses.queries import find_warehouses, visible_warehouses, warehouse_by_code
from fieldsales.warehouses.service import NewPlace, open_warehouse

SHOWN = 200
_PLACES = visible_warehouses(None).with_only_columns(Warehouse.id)


class SomeNotUsed(click.ClickException):
    """Some rows of a file were not used; the others were."""

    exit_code = 2


class Drifted(click.ClickException):
    """Balances are not what their moves come to."""

    exit_code = 1


@click.group()
def stock() -> None:
    """Warehouses, vans and what is in them.

    \b
      fieldsales stock open MAIN --name "Main house"
      fieldsales stock open VAN-7 --rep anna
      fieldsales stock import stock.csv --warehouse MAIN --as-of 2026-03-02T06:00Z --dry-run
      fieldsales stock propose anna                  what to load for tomorrow
      fieldsales stock load VAN-7 --from MAIN --proposed --dry-run
      fieldsales stock show VAN-7
      fieldsales stock shortages                     what is below 0, and why
      fieldsales stock waiting                       orders that wait for goods

    Without a warehouse no stock is kept, and orders go on as if there were always enough. docs/stock.md has it all.
    """


@stock.command("open")
@click.argument("code")
@click.option("--name", help="What people call it.  [default: the code]")
@click.option("--rep", "login", help="It is the van of this rep.")
@click.option("--territory", help="It delivers to this territory (code) and all below it.  [default: to all]")
@click.option("--known-as", help="Its name in another system, by which that tells stock.")
@click.pass_obj
def open_place(
    context: Context, code: str, name: str | None, login: str | None, territory: str | None, known_as: str | None
) -> None:
    """Keep stock in a new warehouse CODE, or with --rep in a van."""
    with transaction(context.engine) as session:
        rep = find_rep(session, login) if login else None
        kind = WarehouseKind.VAN if rep else WarehouseKind.WAREHOUSE
        where = find_territory(session, territory).id if territory else None
        place = NewPlace(code, name or code, kind, rep.id if rep else None, where, known_as)
        open_warehouse(session, place, now=utc_now())
    context.console.print(f"{code} is open; nothing is in it yet.", markup=False)


@stock.command("warehouses")
@click.pass_obj
def list_places(context: Context) -> None:
    """List warehouses and vans."""
    table = Table("code", "name", "kind", "known as", box=None)
    with reading(context.engine) as session:
        for each in find_warehouses(session, None, PageWanted(limit=SHOWN)).items:
            table.add_row(each.code, each.name, each.kind, each.external_ref or "")
    context.console.print(table if table.row_count else "No stock is kept yet. See: fieldsales stock open --help")


@stock.command("show")
@click.argument("code")
@click.option("--text", help="Only what has this in its number or name.")
@click.pass_obj
def show(context: Context, code: str, text: str | None) -> None:
    """Show what is in the warehouse or van CODE: on hand, promised to orders, and free."""
    table = Table("product", "name", "condition", box=None)
    for name in ("on hand", "promised", "free"):
        table.add_column(name, justify="right")
    with reading(context.engine) as session:
        place = warehouse_by_code(session, None, code)
        page = stock_page(session, place.id, PageWanted(limit=SHOWN), text=text)
        for each in sorted(page.items, key=lambda row: (row.product.sku, row.balance.condition)):
            figures = (each.balance.on_hand, each.balance.reserved, each.free)
            table.add_row(each.product.sku, each.product.name, each.balance.condition, *map(str, figures))
    context.console.print(table if table.row_count else f"{code} is empty.")
    if page.next:
        context.console.print(f"These are {SHOWN}; GET /api/v1/stock?warehouse={place.id} has all.", soft_wrap=True)


@stock.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--warehouse", required=True, help="Whose stock it is: a code, or its name in the other system.")
@click.option("--as-of", required=True, help="When there was so much, such as 2026-03-02T06:00Z.")
@click.option("--reference", help="The other system's own name for this telling.  [default: the file's name]")
@click.option("--dry-run", is_flag=True, help="Say what it would change and keep nothing.")
@click.pass_obj
def import_stock(
    context: Context, file: Path, warehouse: str, as_of: str, reference: str | None, dry_run: bool
) -> None:
    """Take over how many pieces another system says there are, from FILE (CSV or XLSX), a product each.

    \b
    sku               the product's number (required)
    pieces            how many there were (required)
    expected_on       when more is expected, such as 2026-03-05
    expected_pieces   and how many

    What moved here after --as-of counts on top. The same reference again changes nothing, and neither does what is
    older than the last count or telling of a product. Products that the file does not name stay as they are.
    """
    with transaction(context.engine) as session:
        place = warehouse_by_code(session, None, warehouse)
        telling = Telling(reference or file.name, place.id, _moment(as_of), read_told(file))
        told = take_snapshot(session, telling, by=None, now=utc_now())
        counts = Counter(each.fate for each in told)
        for each in told:
            if each.code:
                context.console.print(f"{each.problem}  [{each.code}]", soft_wrap=True, markup=False)
        if dry_run:
            session.rollback()
    said = ", ".join(f"{counts[fate]} {fate}" for fate in Fate if counts[fate]) or "The file has no rows"
    context.console.print(f"{said}.{' Dry run: nothing was kept.' if dry_run else ''}")
    if counts[Fate.REFUSED]:
        raise SomeNotUsed(f"{counts[Fate.REFUSED]} rows were not used.")


def _moment(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise click.BadParameter(f"“{text}” is no moment with a zone. Write 2026-03-02T06:00Z.")
    return found


@stock.command("shortages")
@click.pass_obj
def shortages(context: Context) -> None:
    """Say what is below 0 and which moves took it. A count settles it."""
    table = Table("where", "product", "on hand", "took it", box=None)
    with reading(context.engine) as session:
        codes = {each.id: each.code for each in session.scalars(visible_warehouses(None))}
        for each in shortages_in(session, _PLACES):
            took = ", ".join(f"{move.cause} of {move.quantity} on {move.day}" for move in each.moves)
            place = each.place
            table.add_row(codes[place.balance.warehouse_id], place.product.sku, str(place.balance.on_hand), took)
    context.console.print(table if table.row_count else "Nothing is below 0.")


@stock.command("waiting")
@click.pass_obj
def waiting(context: Context) -> None:
    """List orders that wait for goods, those that asked first at the front."""
    table = Table("asked", "order", "product", "wanted", "promised", "lacking", "expected", box=None)
    with reading(context.engine) as session:
        page = find_reservations(session, _PLACES, PageWanted(limit=SHOWN), lacking=True)
        known = articles(session, [each.product_id for each in page.items])
        for each in page.items:
            figures = (each.wanted, each.reserved, each.lacking)
            asked, when = f"{each.asked_at:%Y-%m-%d %H:%M}", _or_unknown(each.expected_on)
            table.add_row(asked, str(each.order_id), known[each.product_id].sku, *map(str, figures), when)
    context.console.print(table if table.row_count else "No order waits for goods.")


def _or_unknown(day: date | None) -> str:
    return day.isoformat() if day else "unknown"


@stock.command("check")
@click.pass_obj
def check(context: Context) -> None:
    """Add up all moves, and say which balances differ from that; there must never be one."""
    with reading(context.engine) as session:
        wrong = drifted(session)
    if wrong:
        raise Drifted(f"{len(wrong)} balances are not what their moves come to.")
    context.console.print("Every balance is what its moves come to.")
