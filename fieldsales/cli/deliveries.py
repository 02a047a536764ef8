"""`fieldsales deliveries`: how far orders are, what is to be picked, and how well it goes."""

from __future__ import annotations

from datetime import datetime
from fractions import Fraction
from pathlib import Path

import click
from rich.table import Table

from fieldsales.cli.context import Context
from fieldsales.cli.exports import FIRST, LAST, write_rows
from fieldsales.customers.models import Customer
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading
from fieldsales.deliveries.models import DeliveryState
from fieldsales.deliveries.queries import find_orders, statuses_of
from fieldsales.fulfilment.queries import By, fulfilment
from fieldsales.people.queries import person_by_login
from fieldsales.picking.queries import picks_of
from fieldsales.picking.rules import COLUMNS, rows, told
from fieldsales.warehouses.queries import warehouse_by_code

DAY = click.DateTime(["%Y-%m-%d"])
SHOWN = 200


@click.group()
def deliveries() -> None:
    """After the order: picked, out, delivered."""


@deliveries.command("list")
@click.option("--state", type=click.Choice([str(each) for each in DeliveryState]), help="Only these.")
@click.option("--from", "first", type=DAY, help="Orders from this day on.")
@click.option("--to", "last", type=DAY, help="Orders up to this day.")
@click.pass_obj
def list_deliveries(context: Context, state: str | None, first: datetime | None, last: datetime | None) -> None:
    """List orders that are delivered, with how far they are."""
    only = DeliveryState(state) if state else None
    since, until = (each.date() if each else None for each in (first, last))
    with reading(context.engine) as session:
        page = find_orders(session, None, PageWanted(limit=SHOWN), state=only, first=since, last=until)
        found = statuses_of(session, page.items)
        table = Table("ordered", "customer", "state", "promised", "pieces", "delivered", box=None)
        table.add_column("order", no_wrap=True, min_width=36)  # to be copied into another command
        for order in page.items:
            status = found[order.id]
            lines = status.lines.values()
            counts = (sum(each.ordered for each in lines), sum(each.delivered for each in lines))
            promised = f"{status.promised_from} – {status.promised_until}"
            name = session.get_one(Customer, order.customer_id).name
            table.add_row(str(order.ordered_on), name, status.state, promised, *map(str, counts), str(order.id))
        context.console.print(table if page.items else "No such orders.")
        if page.next:
            context.console.print(f"These are the first {SHOWN}; GET /api/v1/deliveries has all.")


@deliveries.command("picks")
@click.argument("warehouse")
@click.argument("day", type=DAY)
@click.option("--rep", help="Only the customers on this rep's route (login), the last stop first.")
@click.option("--csv", "file", type=click.Path(dir_okay=False, path_type=Path), help="Write the lines to a file.")
@click.pass_obj
def picks(context: Context, warehouse: str, day: datetime, rep: str | None, file: Path | None) -> None:
    """Say what WAREHOUSE (its code) picks for DAY: by product, then by customer in the order of loading."""
    with reading(context.engine) as session:
        house = warehouse_by_code(session, None, warehouse)
        found = picks_of(session, house, day.date(), person_by_login(session, rep).id if rep else None)
    if file is not None:
        count = write_rows(file, COLUMNS, rows(found))
        context.console.print(f"{count} lines written to {file}.", soft_wrap=True)
        return
    if not found.totals:
        context.console.print(f"{found.warehouse} has nothing to pick for {found.day}.")
        return
    totals = Table("sku", "product", "pieces", "as", box=None)
    for each in found.totals:
        totals.add_row(each.article.sku, each.article.name, str(each.pieces), told(each.packed))
    loads = Table("load", "stop", "customer", "lines", "pieces", box=None)
    for load in found.loads:
        pieces = sum(line.pieces for line in load.lines)
        loads.add_row(str(load.load), str(load.stop or ""), load.customer, str(len(load.lines)), str(pieces))
    context.console.print(totals)
    context.console.print(loads)


@deliveries.command("measures")
@FIRST
@LAST
@click.option("--by", type=click.Choice([str(each) for each in By]), default=By.ALL.value, show_default=True)
@click.pass_obj
def measures(context: Context, first: datetime, last: datetime, by: str) -> None:
    """Say fill rate and OTIF of the orders that were due in a period."""
    with reading(context.engine) as session:
        found = fulfilment(session, None, first.date(), last.date(), By(by))
    if not found:
        context.console.print("No order was due.")
        return
    table = Table(by, "orders", "OTIF", "on time", "in full", "lines", "quantity", "value", box=None)
    for row in found:
        each = row.measures
        value = ", ".join(f"{currency} {_percent(each.value_fill(currency))}" for currency in sorted(each.value_minor))
        rates = (each.otif_rate, each.on_time_rate, each.in_full_rate, each.line_fill, each.quantity_fill)
        table.add_row(row.name, str(each.orders), *map(_percent, rates), value)
    context.console.print(table)


def _percent(rate: Fraction | None) -> str:
    return "–" if rate is None else f"{float(rate):.1%}"
