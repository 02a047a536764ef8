"""`fieldsales targets`: set, divided, followed and adjusted."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import click
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.adjustments import service as adjusting
from fieldsales.adjustments.rules import Carry
from fieldsales.catalog.models import Product
from fieldsales.cli.context import Context, whole
from fieldsales.cli.lookup import find_customer, find_person, find_rep, find_territory
from fieldsales.clock import utc_now
from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading, transaction
from fieldsales.divisions import service as dividing
from fieldsales.divisions.rules import Level, Rule
from fieldsales.forecasts.queries import Progress, progress_of
from fieldsales.people.queries import days_at
from fieldsales.readings.rules import measured, say
from fieldsales.registry.rules import MEASURES
from fieldsales.targets.models import Target
from fieldsales.targets.queries import TargetFilter, find_targets, names_of, require_target, subject_of
from fieldsales.targets.rules import Subject, period, period_name
from fieldsales.targets.service import set_target

DRY = " Dry run: nothing was kept."


@click.group()
def targets() -> None:
    """What is to be reached, by whom and by when.

    \b
      fieldsales targets set 50000000 --measure sales_amount --currency USD --territory iowa --period 2026-Q4
      fieldsales targets divide TARGET --by last_year --to rep --dry-run
      fieldsales targets show --period 2026-Q4
      fieldsales targets adjust TARGET 900000 "The bridge is closed" --ask-as max
    """


@targets.command("set")
@click.argument("value", type=click.IntRange(0))
@click.option("--measure", required=True, type=click.Choice(sorted(MEASURES)), metavar="MEASURE")
@click.option("--period", "named", required=True, help="2026, 2026-H1, 2026-Q3, 2026-07 or 2026-W30.")
@click.option("--territory", metavar="CODE")
@click.option("--rep", metavar="LOGIN")
@click.option("--customer", metavar="NUMBER", help="Its number in another system, or its id.")
@click.option("--product", metavar="SKU")
@click.option("--brand")
@click.option("--category")
@click.option("--currency", metavar="EUR", help="Of amounts.")
@click.option("--note")
@click.option("--dry-run", is_flag=True, help="Check and keep nothing.")
@click.pass_obj
def set_one(context: Context, /, value: int, measure: str, named: str, dry_run: bool, **given: Any) -> None:
    """Set a target to VALUE: whole cents, pieces, basis points of a share, hundredths of a ratio."""
    with transaction(context.engine) as session:
        sku = given["product"]
        subject = Subject(
            territory_id=find_territory(session, given["territory"]).id if given["territory"] else None,
            rep_id=find_rep(session, given["rep"]).id if given["rep"] else None,
            customer_id=find_customer(session, given["customer"]).id if given["customer"] else None,
            product_id=_product(session, sku) if sku else None,
            brand=given["brand"],
            category=given["category"],
        )
        more = {"currency": given["currency"], "note": given["note"]}
        made = set_target(session, subject, measure, value, period(named), **more, by=None, now=utc_now())
        told = f"{made.id}: {say(measured(measure), value, made.currency)} for {named}."
        if dry_run:
            session.rollback()
    context.console.print(told + (DRY if dry_run else ""), markup=False)


def _product(session: Session, sku: str) -> uuid.UUID:
    found = session.scalar(select(Product.id).where(Product.sku == sku))
    if found is None:
        raise click.BadParameter(f"There is no product “{sku}”.")
    return found


@targets.command("divide")
@click.argument("target", type=click.UUID)
@click.option("--by", "rule", required=True, type=click.Choice([str(each) for each in Rule]))
@click.option("--to", "level", required=True, type=click.Choice([str(each) for each in Level]))
@click.option("--dry-run", is_flag=True, help="Show the parts, and keep nothing.")
@click.pass_obj
def divide(context: Context, target: uuid.UUID, rule: str, level: str, dry_run: bool) -> None:
    """Divide a TARGET down the tree, so that each level adds up exactly."""
    now = utc_now()
    with transaction(context.engine) as session:
        whole = require_target(session, None, target)
        today, by = days_at(session, now)[0], (Rule(rule), Level(level))
        parts = dividing.foresee(session, whole, *by, today=today, now=now)
        top, measure = subject_of(whole), measured(whole.measure)
        names = names_of(session, [top, *(each.subject for each in parts)])
        depth = {top: 0}
        table = Table("who", "target", "weight", box=None)
        for each in parts:
            depth[each.subject] = depth[each.above] + 1
            who = "  " * (depth[each.subject] - 1) + names[each.subject]
            weight = "equal" if each.equal else f"{each.weight:,}"
            table.add_row(who, say(measure, each.value, whole.currency), weight)
        if not dry_run:
            dividing.divide_target(session, whole, *by, today=today, by=None, now=now)
    context.console.print(table)
    context.console.print(f"{len(parts)} parts.{DRY if dry_run else ''}")


@targets.command("show")
@click.option("--period", "named", help="Those that share days with it.  [default: today]")
@click.option("--rep", metavar="LOGIN")
@click.option("--below", type=click.UUID, help="The parts of this target.")
@click.option("--limit", default=100, show_default=True, type=click.IntRange(1, 1000))
@click.pass_obj
def show(context: Context, named: str | None, rep: str | None, below: uuid.UUID | None, limit: int) -> None:
    """Print targets with what was reached, the working days, and where they will end."""
    now = utc_now()
    with reading(context.engine) as session:
        today = days_at(session, now)[0]
        first, last = period(named) if named else (None, None) if below else (today, today)
        rep_id = find_person(session, rep).id if rep else None
        only = TargetFilter(first=first, last=last, rep_id=rep_id, parent_id=below)
        found = find_targets(session, None, only, PageWanted(limit=limit)).items
        context.console.print(_table(session, progress_of(session, found, today, now)) if found else "There are none.")


def _table(session: Session, found: Sequence[Progress]) -> Table:
    table = Table(whole("id"), "who", "measure", "period", "target", "reached", "days", "projected end", "by", box=None)
    names = names_of(session, [subject_of(each.target) for each in found])
    for each in found:
        target, measure = each.target, measured(each.target.measure)
        share = f" ({each.reached_bp / 100:.0f} %)" if each.reached_bp is not None else ""
        end = f" ({each.end_bp / 100:.0f} %)" if each.end_bp is not None else ""
        table.add_row(
            str(target.id),
            names[subject_of(target)],
            target.measure,
            period_name(target.first_day, target.last_day),
            say(measure, target.value, target.currency),
            say(measure, each.reached, target.currency) + share,
            f"{each.days.done}/{each.days.done + each.days.left}",
            say(measure, each.forecast.end, target.currency) + end,
            each.forecast.method,
        )
    return table


@targets.command("adjust")
@click.argument("target", type=click.UUID)
@click.argument("value", type=click.IntRange(0))
@click.argument("reason")
@click.option("--ask-as", "login", required=True, metavar="LOGIN", help="Who asks; a manager who is another grants it.")
@click.option(
    "--carry",
    default="above",
    show_default=True,
    type=click.Choice([str(each) for each in Carry]),
    help="Who makes up for it.",
)
@click.option("--dry-run", is_flag=True, help="Show what would change, and ask nobody.")
@click.pass_obj
def adjust(context: Context, target: uuid.UUID, value: int, reason: str, login: str, carry: str, dry_run: bool) -> None:
    """Ask for another VALUE of a TARGET, with a REASON. It changes when a manager grants it among the approvals."""
    now = utc_now()
    with transaction(context.engine) as session:
        found: Target = require_target(session, None, target)
        measure = measured(found.measure)
        lines = adjusting.foresee(session, found, value, Carry(carry))
        for each in lines:
            before, after = (say(measure, each[name], found.currency) for name in ("before", "after"))
            context.console.print(f"  {each['name']}: {before} → {after}", markup=False)
        if not dry_run:
            by, day = find_person(session, login).id, days_at(session, now)[0]
            adjusting.ask_adjustment(session, found, value, Carry(carry), reason, day=day, by=by, now=now)
    context.console.print("Dry run: nobody was asked." if dry_run else "It waits for a manager's approval.")
