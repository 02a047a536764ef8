"""`fieldsales days-off`: days on which reps do not work."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import click

from fieldsales.calendars.models import DayKind
from fieldsales.calendars.queries import entries_visible_to, free_days
from fieldsales.calendars.service import add_entry, remove_entry
from fieldsales.candidates.queries import crew
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_person, find_rep, find_territory
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.people.queries import days_at

DAY = click.DateTime(["%Y-%m-%d"])


@click.group("days-off")
def days_off() -> None:
    """Holidays, a territory's days off, and leave. Nobody is planned on them.

    \b
    Public holidays come by the country of the territory; the policy `days_off` switches them off or names the part
    of the country. What is nearest to a person counts: own entries, the territory's, those above, public holidays.

    \b
      fieldsales days-off show --rep anna
      fieldsales days-off add "Stocktaking" --territory north --from 2026-12-30
      fieldsales days-off add "Leave" --person anna --from 2026-08-03 --to 2026-08-21
      fieldsales days-off add "We work" --territory north --from 2026-10-28 --worked
    """


@days_off.command()
@click.argument("name")
@click.option("--territory", metavar="CODE", help="Whose days: of a territory and all below it.")
@click.option("--person", metavar="LOGIN", help="Or of one person.")
@click.option("--from", "first", type=DAY, required=True, help="The first day.")
@click.option("--to", "last", type=DAY, help="The last day.  [default: the first]")
@click.option("--worked", is_flag=True, help="These days are worked although they are a holiday.")
@click.option("--dry-run", is_flag=True, help="Check and keep nothing.")
@click.pass_obj
def add(
    context: Context,
    name: str,
    territory: str | None,
    person: str | None,
    first: Any,
    last: Any,
    worked: bool,
    dry_run: bool,
) -> None:
    """Put days into a calendar under a NAME."""
    with transaction(context.engine) as session:
        made = add_entry(
            session,
            first_day=first.date(),
            last_day=(last or first).date(),
            name=name,
            kind=DayKind.WORKED if worked else DayKind.OFF,
            territory_id=find_territory(session, territory).id if territory else None,
            user_id=find_person(session, person).id if person else None,
            by=None,
            now=utc_now(),
        )
        told = f"{made.name}: {made.first_day} to {made.last_day}, {made.kind}."
        if dry_run:
            session.rollback()
    context.console.print(told + (" Dry run: nothing was kept." if dry_run else ""), markup=False)


@days_off.command()
@click.option("--rep", "logins", metavar="LOGIN", multiple=True, help="Only this rep; may be given several times.")
@click.option("--from", "first", type=DAY, help="The first day.  [default: today]")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, 400))
@click.pass_obj
def show(context: Context, logins: tuple[str, ...], first: Any, days: int) -> None:
    """Print on which days reps are off, and the entries behind with what to call them."""
    with reading(context.engine) as session:
        begins = first.date() if first else days_at(session, utc_now())[0]
        ends = begins + timedelta(days=days - 1)
        reps = [find_rep(session, login) for login in logins] or crew(session)
        for rep_id, free in free_days(session, reps, begins, ends).items():
            name = next(rep.name for rep in reps if rep.id == rep_id)
            told = ", ".join(f"{day:%a} {day} {what}" for day, what in free.items()) or "none"
            context.console.print(f"{name}: {told}", soft_wrap=True, markup=False)
        for entry in entries_visible_to(session, None, begins, ends):
            whose = "territory" if entry.territory_id else "person"
            context.console.print(
                f"  {entry.id}  {entry.first_day} to {entry.last_day}  {entry.kind}  {entry.name} ({whose})",
                markup=False,
            )


@days_off.command()
@click.argument("entry", type=click.UUID)
@click.pass_obj
def remove(context: Context, entry: uuid.UUID) -> None:
    """Take an ENTRY out again; `show` prints what to call it."""
    with transaction(context.engine) as session:
        gone = remove_entry(session, entry, by=None, now=utc_now())
        told = f"{gone.name}, {gone.first_day} to {gone.last_day}: gone."
    context.console.print(told, markup=False)
