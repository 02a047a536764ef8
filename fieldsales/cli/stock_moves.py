"""`fieldsales stock propose`, `load`, `move` and `count`: what is done with goods at a desk."""

from __future__ import annotations

import uuid
from datetime import date, datetime, timedelta
from pathlib import Path

import click
from rich.table import Table
from sqlalchemy.orm import Session

from fieldsales.catalog.queries import articles
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_person, find_rep
from fieldsales.cli.prices_file import find_product
from fieldsales.cli.stock import stock
from fieldsales.cli.stock_file import COUNTED, Cells, read_rows
from fieldsales.clock import utc_now
from fieldsales.counts.models import CountState
from fieldsales.counts.rules import Counted
from fieldsales.counts.service import end_count, enter, start_count
from fieldsales.db.session import reading, transaction
from fieldsales.loads.queries import propose
from fieldsales.loads.rules import Errand, Proposed
from fieldsales.loads.service import Goods, move_goods
from fieldsales.people.models import Role
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.stock.models import Condition
from fieldsales.supplies.queries import warehouse_on
from fieldsales.warehouses.models import Warehouse
from fieldsales.warehouses.queries import van_of, warehouse_by_code


@stock.command("propose")
@click.argument("login")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="For this day's visits.  [default: tomorrow]")
@click.pass_obj
def propose_load(context: Context, login: str, day: datetime | None) -> None:
    """Say what the van of the rep LOGIN should take along: what the day's customers are due to buy. Moves nothing."""
    with reading(context.engine) as session:
        van, house, lines, on = _proposal(session, login, day)
        known = articles(session, [each.product_id for each in lines])
        table = Table("product", "customers", "expected", "in the van", "to load", "not there", box=None)
        for each in lines:
            figures = (each.customers, each.expected, each.in_van, each.to_load, each.lacking)
            table.add_row(known[each.product_id].sku, *map(str, figures))
        where = house.code if house else "no warehouse"
        told = f"{van.code} from {where} for {on}: {sum(each.to_load for each in lines)} pieces."
    context.console.print(table if lines else "Nothing is due to be bought by the customers of that day.")
    context.console.print(told, markup=False)


def _proposal(
    session: Session, login: str, day: datetime | None
) -> tuple[Warehouse, Warehouse | None, list[Proposed], date]:
    rep = find_rep(session, login)
    van = van_of(session, rep.id)
    if van is None:
        raise click.UsageError(f"{login} has no van. Open one: fieldsales stock open VAN --rep {login}")
    on = day.date() if day else days_at(session, utc_now())[0] + timedelta(days=1)
    house = warehouse_on(session, rep.id, on)
    return van, house, propose(session, van, house, on), on


@stock.command("load")
@click.argument("van")
@click.option("--from", "house", required=True, help="The warehouse.")
@click.option("--proposed", is_flag=True, help="All that is proposed for tomorrow's visits.")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="With --proposed: for this day's visits.")
@click.argument("goods", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Say what it would move and keep nothing.")
@click.pass_obj
def load(
    context: Context, van: str, house: str, proposed: bool, day: datetime | None, goods: tuple[str, ...], dry_run: bool
) -> None:
    """Load the VAN with GOODS (SKU=PIECES …), or with what is proposed. What is not free is refused, whole."""
    with transaction(context.engine) as session:
        end, start = warehouse_by_code(session, None, van), warehouse_by_code(session, None, house)
        pieces = _pieces(session, goods)
        if proposed and end.rep_id is not None:
            on = day.date() if day else days_at(session, utc_now())[0] + timedelta(days=1)
            pieces |= {each.product_id: each.to_load for each in propose(session, end, start, on) if each.to_load}
        _do(context, session, Goods(Errand.LOAD, pieces, start, end), dry_run)


@stock.command("move")
@click.argument("errand", type=click.Choice([each.value for each in Errand]))
@click.argument("goods", nargs=-1, required=True)
@click.option("--from", "start", help="The place that they leave.")
@click.option("--to", "end", help="The place that they come to.")
@click.option("--dry-run", is_flag=True, help="Say what it would move and keep nothing.")
@click.pass_obj
def move(
    context: Context, errand: str, goods: tuple[str, ...], start: str | None, end: str | None, dry_run: bool
) -> None:
    """Move GOODS (SKU=PIECES …).

    \b
      fieldsales stock move receive water=240 --to MAIN
      fieldsales stock move unload water=12 --from VAN-7 --to MAIN
      fieldsales stock move transfer water=48 --from MAIN --to NORTH
      fieldsales stock move damage water=2 --from VAN-7     sets broken goods apart, in the same place
      fieldsales stock move scrap water=2 --from VAN-7      throws these away

    What is not free is refused, and nothing moves.
    """
    with transaction(context.engine) as session:
        left, reached = (warehouse_by_code(session, None, each) if each else None for each in (start, end))
        _do(context, session, Goods(Errand(errand), _pieces(session, goods), left, reached), dry_run)


def _do(context: Context, session: Session, goods: Goods, dry_run: bool) -> None:
    if not goods.pieces:
        context.console.print("There is nothing to move.")
        return
    move_goods(session, goods, by=None, now=utc_now())
    if dry_run:
        session.rollback()
    told = f"{sum(goods.pieces.values())} pieces of {len(goods.pieces)} products"
    context.console.print(f"{told} {'would be' if dry_run else 'were'} moved.")


def _pieces(session: Session, goods: tuple[str, ...]) -> dict[uuid.UUID, int]:
    found: dict[uuid.UUID, int] = {}
    for each in goods:
        sku, _, many = each.rpartition("=")
        if not sku or not many.isdecimal():
            raise click.BadParameter(f"“{each}” is no product with a number of pieces. Write water=24.")
        product = find_product(session, sku)
        found[product.id] = found.get(product.id, 0) + int(many)
    return found


@stock.command("count")
@click.argument("code")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--counted-by", "login", help="Who counted: needed where the difference may have to be approved.")
@click.option("--dry-run", is_flag=True, help="Say what differs and keep nothing.")
@click.pass_obj
def count(context: Context, code: str, file: Path, login: str | None, dry_run: bool) -> None:
    """Bring the books of CODE to what was counted there just now, from FILE (CSV or XLSX), a product each.

    \b
    sku         the product's number (required)
    pieces      how many there are (required)
    condition   sellable or damaged  [default: sellable]

    What the file does not name stays as it is. A difference that is worth more than the policy "stock" lets pass waits
    until somebody else approves.
    """
    with transaction(context.engine) as session:
        place = warehouse_by_code(session, None, code)
        counted = _counted(session, file)
        who = find_person(session, login) if login else None
        by = Actor(who.id, Role(who.role), who.territory_id) if who else None
        now = utc_now()
        sheet = start_count(session, place, {product_id for product_id, _ in counted}, by=by, now=now)
        enter(session, sheet, counted)
        end_count(session, sheet, now, by=by, now=now)
        known = articles(session, [product_id for product_id, _ in counted])
        table = Table("product", "condition", "in the books", "counted", "difference", box=None)
        for each in sheet.lines:
            if each.counted is not None and each.counted != each.expected:
                figures = (str(each.expected), str(each.counted), f"{each.counted - each.expected:+}")
                table.add_row(known[each.product_id].sku, each.condition, *figures)
        waits = sheet.state is CountState.WAITING
        if dry_run:
            session.rollback()
    context.console.print(table if table.row_count else "Nothing differs.")
    told = "It waits for approval." if waits else "The books say so now."
    context.console.print("Dry run: nothing was kept." if dry_run else told)


def _counted(session: Session, file: Path) -> Counted:
    found: Counted = {}

    def read(row: Cells) -> None:
        named = row.by_name.get("condition") or Condition.SELLABLE
        if named not in [*Condition]:
            raise click.UsageError(f"“{named}” is no condition. Write sellable or damaged.")
        key = (find_product(session, row.by_name["sku"]).id, Condition(named))
        if key in found:
            raise click.UsageError(f"{row.by_name['sku']} is there twice.")
        found[key] = row.whole("pieces")

    read_rows(file, COUNTED, read, needed=("sku", "pieces"))
    return found
