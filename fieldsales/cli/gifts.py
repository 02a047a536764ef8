"""`fieldsales gifts budgets`: what may be given away, and what is left of it."""

from __future__ import annotations

import uuid
from datetime import datetime

import click
from rich.table import Table

from fieldsales.budgets import service
from fieldsales.budgets.models import BudgetScope, GiftBudget
from fieldsales.budgets.queries import budgets_of
from fieldsales.budgets.rules import NewBudget
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_rep, find_territory
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.money import Money

DAY = click.DateTime(["%Y-%m-%d"])


@click.group()
def gifts() -> None:
    """What is given away."""


@gifts.group()
def budgets() -> None:
    """What may be given away, and what is left of it.

    \b
      fieldsales gifts budgets set "Spring" --rep anna --from 2026-03-01 --until 2026-03-31 --most 5000 --currency EUR
      fieldsales gifts budgets set "Samples" --team city --from 2026-03-01 --until 2026-03-31 --most 200
      fieldsales gifts budgets list
    """


@budgets.command("list")
@click.pass_obj
def list_budgets(context: Context) -> None:
    """All budgets that did not end, with what is used of them."""
    with reading(context.engine) as session:
        table = Table("id", "budget", "of", "from", "until", "most", "used", "left")
        for each in budgets_of(session, None):
            days = (each.from_on.isoformat(), each.until_on.isoformat())
            amounts = (_told(each, amount) for amount in (each.most, each.used, each.most - each.used))
            table.add_row(str(each.id), each.name, str(each.scope), *days, *amounts)
        context.console.print(table if table.row_count else "There is no budget of gifts.")


@budgets.command("set")
@click.argument("name")
@click.option("--rep", metavar="LOGIN", help="Gifts of one rep.")
@click.option("--team", metavar="TERRITORY", help="Gifts of the reps of a territory and all below it.")
@click.option("--territory", metavar="TERRITORY", help="Gifts to the customers of a territory and all below it.")
@click.option("--tier", help="Gifts to the customers of a tier.")
@click.option("--from", "from_on", type=DAY, required=True, help="First day.")
@click.option("--until", "until_on", type=DAY, required=True, help="Last day.")
@click.option("--most", type=click.IntRange(min=0), required=True, help="Minor units of the currency, or pieces.")
@click.option("--currency", help="In money; without it the budget counts pieces.")
@click.option("--dry-run", is_flag=True, help="Check and keep nothing.")
@click.pass_obj
def set_budget(
    context: Context,
    name: str,
    rep: str | None,
    team: str | None,
    territory: str | None,
    tier: str | None,
    from_on: datetime,
    until_on: datetime,
    most: int,
    currency: str | None,
    dry_run: bool,
) -> None:
    """Set a budget of exactly one of a rep, a team, a territory or a tier."""
    given = {"rep": rep, "team": team, "territory": territory, "tier": tier}
    named = [scope for scope, told in given.items() if told]
    if len(named) != 1:
        raise click.UsageError("Give exactly one of --rep, --team, --territory and --tier.")
    with transaction(context.engine) as session:
        area = team or territory
        new = NewBudget(
            name=name,
            scope=BudgetScope(named[0]),
            from_on=from_on.date(),
            until_on=until_on.date(),
            most=most,
            currency=currency,
            rep_id=find_rep(session, rep).id if rep else None,
            territory_id=find_territory(session, area).id if area else None,
            tier=tier,
        )
        made = service.set_budget(session, new, by=None, now=utc_now())
        told = f"{made.id}: {made.name}, {_told(made, made.most)}."
        if dry_run:
            session.rollback()
    context.console.print(told + (" Dry run: nothing was kept." if dry_run else ""), markup=False, soft_wrap=True)


@budgets.command("change")
@click.argument("budget", type=click.UUID)
@click.argument("most", type=click.IntRange(min=0))
@click.pass_obj
def change_budget(context: Context, budget: uuid.UUID, most: int) -> None:
    """Raise or lower a BUDGET (its id) to MOST minor units or pieces."""
    with transaction(context.engine) as session:
        found = service.change_budget(session, budget, most, by=None, now=utc_now())
        told = f"{found.name}: {_told(found, found.most)}, {_told(found, found.used)} used."
    context.console.print(told, markup=False)


@budgets.command("end")
@click.argument("budget", type=click.UUID)
@click.pass_obj
def end_budget(context: Context, budget: uuid.UUID) -> None:
    """End a BUDGET (its id): it bounds nothing any more."""
    with transaction(context.engine) as session:
        name = service.end_budget(session, budget, by=None, now=utc_now()).name
    context.console.print(f"{name} has ended.", markup=False)


def _told(budget: GiftBudget, amount: int) -> str:
    return f"{amount} pieces" if budget.currency is None else str(Money(amount, budget.currency))
