"""`fieldsales customers arrange`: what was arranged with a customer about visits."""

from __future__ import annotations

from typing import Any

import click

from fieldsales.arrangements.service import arrange, drop
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_customer
from fieldsales.clock import utc_now
from fieldsales.db.session import transaction

CLOCK = click.DateTime(["%H:%M"])


@click.command("arrange")
@click.argument("customer")
@click.option("--every", "rrule", metavar="RRULE", help="How often, such as FREQ=WEEKLY;INTERVAL=2.")
@click.option("--gap", "minimum_gap_days", type=click.IntRange(1, 365), help="Fewest days between two visits.")
@click.option("--weekdays", metavar="MO,TH", help="On which weekdays.")
@click.option("--from", "from_time", type=CLOCK, help="Not before this time of day.")
@click.option("--to", "to_time", type=CLOCK, help="Not after this time of day.")
@click.option("--note", help="Why, or who said so.")
@click.option("--drop", "dropped", is_flag=True, help="Take back what was arranged.")
@click.option("--dry-run", is_flag=True, help="Check and keep nothing.")
@click.pass_obj
def arrange_customer(
    context: Context,
    customer: str,
    rrule: str | None,
    minimum_gap_days: int | None,
    weekdays: str | None,
    from_time: Any,
    to_time: Any,
    note: str | None,
    dropped: bool,
    dry_run: bool,
) -> None:
    """Arrange visits with a CUSTOMER, before the cadence of its tier: how often, on which weekdays, at what time."""
    with transaction(context.engine) as session:
        who = find_customer(session, customer)
        if dropped:
            drop(session, who.id, by=None, now=utc_now())
            told = f"{who.name}: the cadence of its tier holds."
        else:
            made = arrange(
                session,
                who.id,
                by=None,
                now=utc_now(),
                rrule=rrule,
                minimum_gap_days=minimum_gap_days,
                weekdays=weekdays,
                from_time=from_time and from_time.time(),
                to_time=to_time and to_time.time(),
                note=note,
            )
            parts = (made.rrule, made.weekdays, made.from_time and f"{made.from_time:%H:%M} to {made.to_time:%H:%M}")
            told = f"{who.name}: {', '.join(part for part in parts if part)}"
        if dry_run:
            session.rollback()
    context.console.print(told + (" Dry run: nothing was kept." if dry_run else ""), markup=False)
