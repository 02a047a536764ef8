"""`fieldsales covers`: who stands in for a rep who is away or leaves."""

from __future__ import annotations

import uuid
from typing import Any

import click

from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_person, find_rep
from fieldsales.clock import utc_now
from fieldsales.covers.models import Cover, CoverKind
from fieldsales.covers.queries import covers_visible_to, stand_ins_of
from fieldsales.covers.rules import Wanted
from fieldsales.db.session import reading, transaction
from fieldsales.departures.queries import in_hand
from fieldsales.departures.service import carry_out, stand_in, take_back
from fieldsales.orphans.queries import orphans
from fieldsales.people.models import User
from fieldsales.people.queries import days_at

DAY = click.DateTime(["%Y-%m-%d"])
FOLLOW = "Days that are planned already follow with `fieldsales plan next`, or with the night."
_first = click.option("--from", "first", type=DAY, required=True, help="The first day without the rep's work.")
_by = click.option("--by", "stand_ins", metavar="LOGIN", multiple=True, required=True, help="Of several, each an area.")
_dry_run = click.option("--dry-run", is_flag=True, help="Tell what would be, and keep nothing.")


@click.group()
def covers() -> None:
    """Stand-ins while a rep is away, and what becomes of a rep's customers when the rep leaves.

    \b
      fieldsales covers in-hand anna                what moves along, and what anna has to give back
      fieldsales covers absence anna --from 2026-08-03 --to 2026-08-21 --by ben --reason Leave
      fieldsales covers departure anna --from 2026-09-01 --by ben --by carl
      fieldsales covers carry-out                   what the night does
      fieldsales covers missing                     customers whom nobody looks after
    """


@covers.command()
@click.argument("login")
@_first
@click.option("--to", "last", type=DAY, required=True, help="The last one.")
@_by
@click.option("--reason", default="Leave", show_default=True)
@_dry_run
@click.pass_obj
def absence(
    context: Context, login: str, first: Any, last: Any, stand_ins: tuple[str, ...], reason: str, dry_run: bool
) -> None:
    """Have others stand in for LOGIN, who comes back."""
    _arrange(context, login, CoverKind.ABSENCE, (first, last), stand_ins, reason, dry_run=dry_run)


@covers.command()
@click.argument("login")
@_first
@_by
@click.option("--reason", default="Left", show_default=True)
@_dry_run
@click.pass_obj
def departure(context: Context, login: str, first: Any, stand_ins: tuple[str, ...], reason: str, dry_run: bool) -> None:
    """Give the customers of LOGIN, who leaves, to others. On that day LOGIN is switched off."""
    _arrange(context, login, CoverKind.DEPARTURE, (first, None), stand_ins, reason, dry_run=dry_run)


@covers.command("list")
@click.pass_obj
def list_covers(context: Context) -> None:
    """Print who stands in for whom, the newest first, with what to call it."""
    with reading(context.engine) as session:
        for cover in covers_visible_to(session, None):
            state = "called off" if cover.called_off_at else "over" if cover.done_at else "stands"
            name = session.get_one(User, cover.rep_id).name
            names = ", ".join(session.get_one(User, uuid.UUID(each)).name for each in cover.stand_ins)
            span = f"{cover.from_on} to {cover.until_on or 'for good'}"
            context.console.print(
                f"{cover.id}  {name}: {cover.reason}, {span}, {names} ({state})", soft_wrap=True, markup=False
            )


@covers.command("call-off")
@click.argument("cover", type=click.UUID)
@click.pass_obj
def call_cover_off(context: Context, cover: uuid.UUID) -> None:
    """Take a COVER back; `list` prints what to call it."""
    with transaction(context.engine) as session:
        take_back(session, cover, by=None, now=utc_now())
    context.console.print(f"Called off. {FOLLOW}")


@covers.command("in-hand")
@click.argument("login")
@click.pass_obj
def show_in_hand(context: Context, login: str) -> None:
    """Print what LOGIN has in hand: what moves along, and what has to be given back."""
    with reading(context.engine) as session:
        rep = find_person(session, login)
        found = in_hand(session, None, rep.id, days_at(session, utc_now())[0])
    owed = ", ".join(f"{amount} {currency}" for currency, amount in found.owed_minor.items()) or "nothing"
    context.console.print(
        f"{login}: {found.customers} customers, {found.key_accounts} key accounts, {found.planned_visits} visits "
        f"to come, {found.open_orders} orders on the way; these customers owe {owed} (minor units).",
        soft_wrap=True,
        markup=False,
    )
    for line in found.to_give_back:
        context.console.print(f"  {line}", markup=False)


@covers.command("carry-out")
@click.pass_obj
def carry_out_covers(context: Context) -> None:
    """Bring covers up to today: customers that came since, absences that are over, reps who left."""
    with transaction(context.engine) as session:
        done = carry_out(session, now=utc_now())
    context.console.print(
        f"{done.given_out} customers given out, {done.over} absences over, {len(done.departed)} reps left."
    )


@covers.command()
@click.pass_context
def missing(ctx: click.Context) -> None:
    """Print the customers whom nobody looks after; exits with 1 if there are any."""
    context: Context = ctx.obj
    with reading(context.engine) as session:
        found = orphans(session, None, days_at(session, utc_now())[0])
    for each in found:
        context.console.print(f"{each.name}: {each.told}", soft_wrap=True, markup=False)
    if found:
        context.console.print(f"{len(found)} customers.")
        ctx.exit(1)
    context.console.print("Somebody looks after every customer.")


def _arrange(
    context: Context,
    login: str,
    kind: CoverKind,
    days: tuple[Any, Any],
    stand_ins: tuple[str, ...],
    reason: str,
    *,
    dry_run: bool,
) -> None:
    first, last = days
    with transaction(context.engine) as session:
        wanted = Wanted(
            rep_id=find_person(session, login).id,
            kind=kind,
            from_on=first.date(),
            until_on=last.date() if last else None,
            reason=reason,
            stand_ins=tuple(find_rep(session, each).id for each in stand_ins),
        )
        cover = stand_in(session, wanted, by=None, now=utc_now())
        for name, many in _shares(session, cover).items():
            context.console.print(f"{name}: {many} customers", markup=False)
        if dry_run:
            session.rollback()
    told = "Dry run: nothing was kept." if dry_run else FOLLOW
    context.console.print(told)


def _shares(session: Any, cover: Cover) -> dict[str, int]:
    parts = [each.rep_id for each in stand_ins_of(session, cover).values()]
    crew = [session.get_one(User, uuid.UUID(each)) for each in cover.stand_ins]
    return {rep.name: parts.count(rep.id) for rep in crew}
