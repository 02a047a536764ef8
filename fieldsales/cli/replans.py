"""`fieldsales plans replan`: a day under way, planned again, before and after."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from fieldsales.cli.context import Context
from fieldsales.cli.edits import BY, DAY, DRY_RUN, actor_of, plans
from fieldsales.cli.lookup import find_customer, find_rep
from fieldsales.clock import at_second, second_of_day, utc_now, zone
from fieldsales.db.session import reading, transaction
from fieldsales.driving.service import driving_of
from fieldsales.edits.queries import standing_there
from fieldsales.edits.rules import PlannedVisitNotFound
from fieldsales.replans.rules import Change, What
from fieldsales.replans.service import DayReplanned, find, gather, store
from fieldsales.underway.rules import Drop, Hold, Wish

_TOLD = {
    What.MADE: "[green]made[/green]",
    What.STAYS: "",
    What.MOVED: "[yellow]moved[/yellow]",
    What.ADDED: "[cyan]added[/cyan]",
    What.DROPPED: "[red]dropped[/red]",
    What.LEFT_OUT: "[red]left out[/red]",
}
CLOCK = click.DateTime(["%H:%M"])


class Place(click.ParamType[tuple[float, float]]):
    """A position such as 41.59,-93.62: latitude, longitude."""

    name = "LAT,LON"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> tuple[float, float]:
        """Read it; fail with a sentence."""
        try:
            latitude, longitude = (float(part) for part in str(value).split(","))
        except ValueError:
            self.fail(f"“{value}” is no position such as 41.59,-93.62.", param, ctx)
        if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
            self.fail(f"“{value}” is not on the earth: latitude first, then longitude.", param, ctx)
        return latitude, longitude


@plans.command("replan")
@click.argument("login", metavar="REP")
@click.argument("day", type=DAY)
@click.option("--from", "position", type=Place(), help="Where the rep is.  [default: where the last visit was]")
@click.option("--now", type=CLOCK, help="From when on, on the rep's wall clock.  [default: now]")
@click.option("--late", metavar="MINUTES", type=click.IntRange(-600, 600), default=0, help="Held up by so long.")
@click.option("--until", type=CLOCK, help="When the shift ends instead.")
@click.option("--urgent", multiple=True, metavar="CUSTOMER", help="Must be visited, too.")
@click.option("--drop", multiple=True, metavar="CUSTOMER", help="Is not to be visited.")
@click.option("--code", default="no_time", show_default=True, help="Why those are dropped.")
@click.option("--hold", multiple=True, metavar="CUSTOMER", help="Stays in its place on the route.")
@click.option("--in-order", multiple=True, metavar="CUSTOMER", help="Stays in order with the others named so.")
@click.option("--fill", is_flag=True, help="Fit in visits that had no room, too.")
@click.option("--reason", help="Why; it stands in the history.")
@BY
@DRY_RUN
@click.pass_obj
def replan(context: Context, /, login: str, day: datetime, by: str, dry_run: bool, **asked: Any) -> None:
    """Plan the rest of a rep's DAY again, from where the rep is now.

    Visits made stay as they were, and as little moves as can be. With --dry-run it answers what would change.

    \b
    Examples:
      fieldsales plans replan anna 2026-03-03 --late 40 --by max --dry-run
      fieldsales plans replan anna 2026-03-03 --urgent C-1001 --reason "fridge broke" --by anna
    """
    with reading(context.engine) as session:
        wish, actor = _wish(session, login, day.date(), asked), actor_of(session, by)
        situation = gather(session, wish, by=actor)
    found = find(situation, wish, driving_of(context.settings))
    if not dry_run:
        with transaction(context.engine) as session:
            store(session, found, by=actor, now=utc_now())
    print_replanned(context.console, found)
    if dry_run:
        context.console.print("Dry run: nothing was kept.")


def print_replanned(console: Console, found: DayReplanned) -> None:
    """Print each visit before and after, and what the change comes to."""
    zone_name = found.situation.zone
    console.print(f"\n[bold]{escape(found.situation.rep)}[/bold], {found.wish.day:%A} {found.wish.day} ({zone_name})")
    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="dim")
    for name in ("before", "", "after", ""):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("customer", no_wrap=True, overflow="ellipsis", max_width=30)
    table.add_column("")
    table.add_column("why", ratio=1, overflow="fold")
    for change in found.changes:
        table.add_row(*_row(change, zone_name))
    console.print(table)
    console.print(f"  {_total(found, zone_name)}", soft_wrap=True)


def _row(change: Change, zone_name: str) -> Sequence[str]:
    return (
        str(change.place_before or ""),
        _clock(change.arrival_before, zone_name),
        str(change.place_after or ""),
        _clock(change.arrival_after, zone_name),
        escape(change.name),
        _TOLD[change.what],
        escape(change.reason or (change.code or "").replace("_", " ")),
    )


def _total(found: DayReplanned, zone_name: str) -> str:
    ends = f"done at {_clock(found.ends_at, zone_name)}"
    if found.situation.ends_at:
        ends += f" instead of {_clock(found.situation.ends_at, zone_name)}"
    driving = f"{round(found.answer.route.travel_s / 60)} min still to drive"
    if found.answer.stands:
        return f"The day stands: {ends}, {driving}."
    out = sum(change.what is What.LEFT_OUT for change in found.changes)
    sure = "no better order exists" if found.answer.is_proven else "the best order found"
    return f"{found.moved} moved, {len(found.answer.added)} added, {out} left out; {ends}, {driving} ({sure})."


def _wish(session: Session, login: str, day: date, asked: dict[str, Any]) -> Wish:
    rep = find_rep(session, login)
    zone_name = rep.territory.time_zone if rep.territory else "UTC"

    def visit(customer: str) -> uuid.UUID:
        shop = find_customer(session, customer)
        found = standing_there(session, rep.id, shop.id, day)
        if found is None:
            raise PlannedVisitNotFound(f"No visit of {rep.name} to {shop.name} is planned on {day}.")
        return found.id

    return Wish(
        rep_id=rep.id,
        day=day,
        now=_moment(day, asked["now"], zone_name),
        position=asked["position"],
        urgent=tuple(find_customer(session, customer).id for customer in asked["urgent"]),
        drop=tuple(Drop(visit(customer), asked["code"], asked["reason"]) for customer in asked["drop"]),
        locks={visit(each): Hold.ORDER for each in asked["in_order"]}
        | {visit(each): Hold.PLACE for each in asked["hold"]},
        late_s=60 * asked["late"],
        shift_ends_s=second_of_day(asked["until"].time()) if asked["until"] else None,
        fill=asked["fill"],
        reason=asked["reason"],
    )


def _moment(day: date, given: datetime | None, zone_name: str) -> datetime:
    at: time | None = given.time() if given else None
    return utc_now() if at is None else at_second(day, second_of_day(at), zone_name)


def _clock(moment: datetime | None, zone_name: str) -> str:
    return f"{moment.astimezone(zone(zone_name)):%H:%M}" if moment else ""
