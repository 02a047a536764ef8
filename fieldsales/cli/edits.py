"""`fieldsales plans`: change single visits of a plan, and ask what happened to one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import reduce
from typing import Any

import click
from rich.markup import escape
from rich.table import Table
from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_customer, find_person, find_rep
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.edits import service
from fieldsales.edits.queries import standing_there, trail_of
from fieldsales.edits.rules import PlannedVisitNotFound
from fieldsales.edits.service import Edited
from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit

DAY = click.DateTime(["%Y-%m-%d"])
BY = click.option("--by", required=True, metavar="LOGIN", help="In whose name: what that person may do is done.")
DRY_RUN = click.option("--dry-run", is_flag=True, help="Say what would come of it and keep nothing.")


def _visit(command: Callable[..., None]) -> Callable[..., None]:
    """Take REP DAY CUSTOMER as the name of a planned visit."""
    parts = (click.argument("login", metavar="REP"), click.argument("day", type=DAY), click.argument("customer"))
    return reduce(lambda found, part: part(found), reversed(parts), command)


@click.group()
def plans() -> None:
    """Change single visits of a plan; planning the day again respects it.

    A visit is named by REP (login), DAY and CUSTOMER (its number in another system, or its id).

    \b
    Examples:
      fieldsales plans add anna 2026-03-03 C-1001 --by max --reason "asked for samples"
      fieldsales plans move anna 2026-03-03 C-1001 --to-day 2026-03-05 --by max
      fieldsales plans skip anna 2026-03-03 C-1001 --code closed --by anna
      fieldsales plans history anna 2026-03-03 C-1001
      fieldsales plans replan anna 2026-03-03 --late 40 --by max --dry-run
    """


@plans.command("add")
@_visit
@click.option("--reason", required=True, help="Why; the rep reads it.")
@BY
@DRY_RUN
@click.pass_obj
def add(context: Context, login: str, day: Any, customer: str, reason: str, by: str, dry_run: bool) -> None:
    """Put a CUSTOMER on a rep's DAY; it comes before what the planner chose."""
    with _changing(context, dry_run) as session:
        edited = service.add_visit(
            session, find_rep(session, login).id, find_customer(session, customer).id, day.date(),
            by=actor_of(session, by), reason=reason, now=utc_now(),
        )  # fmt: skip
        _tell(context, session, edited, "stands on")


@plans.command("move")
@_visit
@click.option("--to-day", type=DAY, help="The day to which it goes.")
@click.option("--to-rep", metavar="LOGIN", help="The rep to whom it goes.")
@click.option("--reason", help="Why it is moved; it stands in the history.")
@BY
@DRY_RUN
@click.pass_obj
def move(
    context: Context, login: str, day: Any, customer: str, to_day: Any, to_rep: str | None, reason: str | None,
    by: str, dry_run: bool,
) -> None:  # fmt: skip
    """Move a planned visit to another day or rep. It keeps its source, reason and history."""
    if to_day is None and to_rep is None:
        raise click.UsageError("Name a day (--to-day), a rep (--to-rep), or both.")
    with _changing(context, dry_run) as session:
        edited = service.move_visit(
            session,
            _find(session, login, day.date(), customer).id,
            to_day=to_day.date() if to_day else None,
            to_rep=find_rep(session, to_rep).id if to_rep else None,
            reason=reason,
            by=actor_of(session, by),
            now=utc_now(),
        )
        _tell(context, session, edited, "stands on")


@plans.command("skip")
@_visit
@click.option("--code", required=True, help="Why; the policy “planning” lists what can be said.")
@click.option("--reason", help="The same in words.")
@BY
@DRY_RUN
@click.pass_obj
def skip(
    context: Context, login: str, day: Any, customer: str, code: str, reason: str | None, by: str, dry_run: bool
) -> None:
    """Decide that a planned visit is not made on its DAY. It stays there with the reason, off the route."""
    with _changing(context, dry_run) as session:
        visit = _find(session, login, day.date(), customer)
        edited = service.skip_visit(
            session, visit.id, code=code, reason=reason, by=actor_of(session, by), now=utc_now()
        )
        _tell(context, session, edited, "is skipped on")


@plans.command("restore")
@_visit
@BY
@DRY_RUN
@click.pass_obj
def restore(context: Context, login: str, day: Any, customer: str, by: str, dry_run: bool) -> None:
    """Have a skipped visit made after all."""
    with _changing(context, dry_run) as session:
        visit = _find(session, login, day.date(), customer)
        edited = service.restore_visit(session, visit.id, by=actor_of(session, by), now=utc_now())
        _tell(context, session, edited, "stands on")


@plans.command("history")
@_visit
@click.pass_obj
def history(context: Context, login: str, day: Any, customer: str) -> None:
    """Tell what happened to a planned visit: who, when, from where to where, and why."""
    with reading(context.engine) as session:
        visit = _find(session, login, day.date(), customer)
        table = Table("when (UTC)", "what", "by", "from", "to", "why", box=None)
        for each in trail_of(session, actor_of(session, login), visit.id).steps:
            step = each.step
            why = ": ".join(filter(None, (step.code, step.reason)))
            table.add_row(
                f"{step.at:%Y-%m-%d %H:%M}", str(step.kind).replace("_", " "), escape(each.by or "the planner"),
                _spot(each.from_rep, step.from_day), _spot(each.to_rep, step.to_day), escape(why),
            )  # fmt: skip
        context.console.print(table)


@contextmanager
def _changing(context: Context, dry_run: bool) -> Iterator[Session]:
    with transaction(context.engine) as session:
        yield session
        if dry_run:
            session.rollback()
            context.console.print("Dry run: nothing was kept.")


def actor_of(session: Session, login: str) -> Actor:
    """Return who acts, by login. Raises `PersonNotFound`."""
    person = find_person(session, login)
    return Actor(person.id, person.role, person.territory_id)


def _find(session: Session, login: str, day: date, customer: str) -> PlannedVisit:
    rep, shop = find_rep(session, login), find_customer(session, customer)
    found = standing_there(session, rep.id, shop.id, day)
    if found is None:
        raise PlannedVisitNotFound(
            f"No visit of {rep.name} to {shop.name} is planned on {day}.", mend=f"See: fieldsales plan {day} --dry-run"
        )
    return found


def _tell(context: Context, session: Session, edited: Edited, what: str) -> None:
    visit, names = edited.visit, dict(session.execute(select(User.id, User.login)).all())
    told = f"{visit.customer.name} {what} {names[visit.rep_id]}'s {visit.day}."
    context.console.print(escape(told if edited.days else f"Unchanged: {told}"), soft_wrap=True)
    for day in edited.days:
        if day.begun:
            context.console.print(f"{names[day.rep_id]}'s {day.day} has begun: its route is left as it is.")
        else:
            context.console.print(f"Plan it again: fieldsales plan {day.day} --rep {names[day.rep_id]}", soft_wrap=True)


def _spot(rep: str | None, day: date | None) -> str:
    return f"{escape(rep)}, {day}" if rep else ""
