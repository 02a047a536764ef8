"""`fieldsales tiers`: look at the tiers of customers, and bring them up to date every night."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_customer
from fieldsales.cli.policies import DAY, FILE, read_document
from fieldsales.cli.tiers_table import print_preview
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.people.queries import days_at
from fieldsales.rulebook.rules import kind_of
from fieldsales.rulebook.service import preview_tiers
from fieldsales.tiers.queries import tier_card
from fieldsales.tiers.rules import explained
from fieldsales.tiers.service import end_override, override_tier, refresh_tiers

ON = click.option("--day", type=DAY, help="As of the morning of this day.  [default: today]")
ALL = click.option("--all", "every", is_flag=True, help="Print every move, not the first 20.")


@click.group()
def tiers() -> None:
    """Who is in which tier, why, and what would change it.

    \b
    Every night, before the plan:
      fieldsales tiers refresh
    Before a policy is changed:
      fieldsales policies show tiers --save tiers.json
      fieldsales tiers preview --policy tiers.json
    """


@tiers.command()
@click.option("--policy", "files", type=FILE, multiple=True, help="Try this document (tiers, value_score); repeatable.")
@ON
@ALL
@click.pass_obj
def preview(context: Context, files: tuple[Path, ...], day: Any, every: bool) -> None:
    """Say who would move from which tier to which, and why; how many; and what each rep's week would be.

    Keeps nothing. Without --policy it is what the next refresh will do.
    """
    bodies = {}
    for file in files:
        body = read_document(file)
        bodies[kind_of(body).name] = body
    with reading(context.engine) as session:
        print_preview(context.console, preview_tiers(session, bodies, _day(session, day), now=utc_now()), every=every)


@tiers.command()
@ON
@click.option("--dry-run", is_flag=True, help="Say who would move and keep nothing.")
@ALL
@click.pass_obj
def refresh(context: Context, day: Any, dry_run: bool, every: bool) -> None:
    """Give every customer its tier by the orders up to today. A second run moves nobody."""
    if dry_run:
        with reading(context.engine) as session:
            print_preview(context.console, preview_tiers(session, {}, _day(session, day), now=utc_now()), every=every)
        context.console.print("Dry run: nothing was kept.")
        return
    with transaction(context.engine) as session:
        on = _day(session, day)
        moved = refresh_tiers(session, on)
    context.console.print(f"{moved} {'customer' if moved == 1 else 'customers'} changed tier, as of {on}.")


@tiers.command()
@click.argument("customer")
@click.argument("tier")
@click.option("--until", type=DAY, required=True, help="The last day on which it holds.")
@click.option("--reason", required=True, help="Why; whoever plans will read it.")
@click.pass_obj
def give(context: Context, customer: str, tier: str, until: Any, reason: str) -> None:
    """Give a CUSTOMER a TIER by hand for a while; it goes before what its orders say."""
    if len(reason) > 200:
        raise click.BadParameter("A reason has at most 200 characters.", param_hint="--reason")
    with transaction(context.engine) as session:
        who = find_customer(session, customer).id
        found = override_tier(session, who, tier, reason=reason, until=until.date(), by=None, now=utc_now())
        context.console.print(f"{found.name}: {found.tier_reason}", soft_wrap=True, markup=False)


@tiers.command()
@click.argument("customer")
@click.pass_obj
def release(context: Context, customer: str) -> None:
    """Take back a tier that was given to a CUSTOMER by hand."""
    with transaction(context.engine) as session:
        found = end_override(session, find_customer(session, customer).id, by=None, now=utc_now())
        context.console.print(f"{found.name}: {found.tier_reason}", soft_wrap=True, markup=False)


@tiers.command()
@click.argument("customer")
@click.pass_obj
def show(context: Context, customer: str) -> None:
    """Explain the tier of a CUSTOMER, named by its number in another system or by its id."""
    console = context.console
    with reading(context.engine) as session:
        card = tier_card(session, None, find_customer(session, customer).id, utc_now())
        console.print(f"{card.customer.name}: {card.customer.tier_reason or 'no tier yet'}", soft_wrap=True)
        if card.standing is not None:
            console.print(f"By its orders before {card.standing.day}: {card.standing.reason}", soft_wrap=True)
        for each in explained(card.standing.facts, card.currency) if card.standing else ():
            score = "" if each.share is None else " unknown" if each.score is None else f" {each.score:.1f}"
            weight = "" if each.share is None else f", weighs {100 * each.share:.0f} %"
            console.print(f"  {each.component}{score}: {each.told}{weight}", soft_wrap=True)
        for change in card.changes:
            console.print(
                f"{change.day}  {change.tier_from or 'none'} → {change.tier_to}  ({change.moved_by})  {change.reason}",
                soft_wrap=True,
            )


def _day(session: Session, given: Any) -> date:
    return given.date() if given else days_at(session, utc_now())[0]
