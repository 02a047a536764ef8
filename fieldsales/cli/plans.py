"""`fieldsales plan`: a day's visits and routes from the terminal."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from sqlalchemy.orm import Session

from fieldsales.accounts.service import end_expired
from fieldsales.candidates.queries import as_rep, crew
from fieldsales.cli.context import Context
from fieldsales.cli.day_table import print_day
from fieldsales.cli.lookup import find_rep
from fieldsales.clock import local_day, utc_now
from fieldsales.dayplans.rules import PlanOutdated
from fieldsales.dayplans.service import DayPlanned, gather, prepare, solve, store
from fieldsales.db.session import reading, transaction
from fieldsales.drafts.rules import Draft
from fieldsales.driving.rules import Driving
from fieldsales.driving.service import driving_of
from fieldsales.people.models import User
from fieldsales.planning.queries import rep_day
from routing.pool import SolverPool
from routing.progress import Better, totals

STALE = timedelta(days=60)
"""From how far before the planned day on the newest order is told: tiers and anomalies rest on it."""


@click.command()
@click.argument("day", metavar="DATE")
@click.option("--rep", "logins", metavar="LOGIN", multiple=True, help="Only this rep; may be given several times.")
@click.option("--with-anomalies", is_flag=True, help="Also visit customers whose buying has changed for the worse.")
@click.option("--no-route", is_flag=True, help="Say who is visited, without driving order and times.")
@click.option("--dry-run", is_flag=True, help="Print the plan and keep nothing of it.")
@click.option("--quiet", is_flag=True, help="Print the summary only.")
@click.pass_obj
def plan(
    context: Context,
    day: str,
    logins: tuple[str, ...],
    with_anomalies: bool,
    no_route: bool,
    dry_run: bool,
    quiet: bool,
) -> None:
    """Plan a day: tiers, due visits, key accounts, routes.

    DATE is 2026-03-02, today, tomorrow, or next (the next day on which anybody works).

    \b
    Who is visited:
      tier         due by the cadence of the customer's tier, for the rep who owns the customer
      key account  given by a manager; shared among its reps, never two on one day
      anomaly      only with --with-anomalies, or when a person planned it
      manual       put there by a person; comes before everything else

    A day too short leaves out the least valuable visits, each with its reason. Running it again changes
    nothing unless something changed; a day that has begun is left as it is.

    \b
    Examples:
      fieldsales plan tomorrow
      fieldsales plan 2026-03-02 --rep anna --rep ben --dry-run
    """
    with reading(context.engine) as session:
        rep_ids = [find_rep(session, login).id for login in logins] or None
        when = parse_day(session, day, rep_ids, utc_now())
    wanted = Wanted(when, rep_ids, with_anomalies=with_anomalies, route=not no_route)
    plan_and_print(context, wanted, dry_run=dry_run, quiet=quiet)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which day to plan, for whom (None: everybody), and how."""

    day: date
    rep_ids: Sequence[uuid.UUID] | None = None
    with_anomalies: bool = False
    route: bool = True


def plan_and_print(context: Context, wanted: Wanted, *, dry_run: bool = False, quiet: bool = False) -> DayPlanned:
    """Plan a day, keep it unless `dry_run`, and print each rep's day unless `quiet`, then a summary.

    Routes are searched for while no transaction is open; once more, if somebody else changed the day meanwhile.
    """
    try:
        done = _plan_and_print_days(context, wanted, dry_run=dry_run, quiet=quiet)
    except PlanOutdated:
        done = _plan_and_print_days(context, wanted, dry_run=dry_run, quiet=quiet)
    _print_summary(context.console, done, dry_run=dry_run)
    return done


def _plan_and_print_days(context: Context, wanted: Wanted, *, dry_run: bool, quiet: bool) -> DayPlanned:
    driving = driving_of(context.settings)
    with reading(context.engine) as session:
        draft = gather(
            session,
            wanted.day,
            driving=driving if wanted.route else None,
            now=utc_now(),
            rep_ids=wanted.rep_ids,
            with_anomalies=wanted.with_anomalies,
        )
    draft = _search(context, draft, driving)
    with transaction(context.engine) as session:
        done = store(session, draft)
        end_expired(session, utc_now(), wanted.rep_ids)
        for rep in done.reps:
            if not quiet and (rep.visits or rep.left_out):
                print_day(context.console, rep_day(session, rep.rep_id, wanted.day))
        if dry_run:
            session.rollback()
    if not dry_run:
        with transaction(context.engine) as session:
            prepare(session, wanted.day, [rep.rep_id for rep in done.reps], now=utc_now())
    return done


def parse_day(session: Session, text: str, rep_ids: Collection[uuid.UUID] | None, now: datetime) -> date:
    """Read a date, or a word for one, on the reps' own calendar. Raises `click.BadParameter`."""
    reps = crew(session, rep_ids)
    zones = [rep.territory.time_zone for rep in reps if rep.territory] or ["UTC"]
    today = max(local_day(now, zone) for zone in zones)
    words = {"today": today, "tomorrow": today + timedelta(days=1)}
    if text.lower() in words:
        return words[text.lower()]
    if text.lower() == "next":
        return _next_working_day(reps, today)
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(f"“{text}” is not a date such as 2026-03-02, today, tomorrow or next.") from None


def _next_working_day(reps: Sequence[User], today: date) -> date:
    """The next day on which any of the reps works; tomorrow if there are no reps, which planning itself tells."""
    worked = {weekday for rep in reps for weekday in as_rep(rep).weekdays}
    if reps and not worked:
        names = " and ".join(rep.name for rep in reps) if len(reps) < 4 else f"Each of the {len(reps)} reps"
        verb = "work" if 1 < len(reps) < 4 else "works"
        raise click.BadParameter(f"{names} {verb} on no day. Give a working pattern with weekdays first, or a date.")
    coming = (today + timedelta(days=ahead) for ahead in range(1, 8))
    return next((day for day in coming if day.weekday() in worked), today + timedelta(days=1))


@dataclass
class Bar:
    """How many reps' days are routed, and what the best routes so far come to."""

    progress: Progress
    task: TaskID
    best: dict[int, Better] = field(default_factory=dict)

    def count(self, done: int, total: int) -> None:
        """Note days done."""
        self.progress.update(self.task, completed=done, total=total)

    def hear(self, number: int, better: Better) -> None:
        """Note a better answer to one of the days."""
        self.best[number] = better
        so_far = totals(list(self.best.values()))
        told = (
            f"best so far: value {so_far['prize']} of at most {so_far['bound']}, {so_far['travel_s'] // 60} min driving"
        )
        self.progress.update(self.task, best=told)


@contextmanager
def solving_progress(console: Console) -> Iterator[Bar]:
    """Show on a terminal how far the search for routes is."""
    columns = (
        TextColumn("Routing"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[best]}", markup=False),
    )
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        yield Bar(progress, progress.add_task("Routing", total=None, best=""))


def _search(context: Context, draft: Draft, driving: Driving) -> Draft:
    with SolverPool(context.settings.solver_workers) as solver, solving_progress(context.console) as bar:
        return solve(draft, solver, driving, bar.count, bar.hear)


def _print_summary(console: Console, done: DayPlanned, *, dry_run: bool) -> None:
    console.print()
    for rep in done.reps:
        if rep.note:
            console.print(f"{rep.name}: {rep.note}.")
    visits, left_out = sum(rep.visits for rep in done.reps), sum(rep.left_out for rep in done.reps)
    found = done.anomalies
    console.print(
        f"[bold]{done.day:%a} {done.day.day} {done.day:%b %Y}[/bold]: {_many(len(done.reps), 'rep')}, "
        f"{_many(visits, 'visit')}, {left_out} left out. {_tiers_told(done)}. "
        f"Anomalies: {found.open} open ({found.opened} new), {found.closed} closed.",
        soft_wrap=True,
    )
    if done.newest_order is not None and done.day - done.newest_order > STALE:
        console.print(
            f"The newest order is of {done.newest_order}, {_age(done.newest_order, done.day)} before: "
            "tiers and anomalies rest on old orders.",
            soft_wrap=True,
        )
    if not done.reps:
        console.print("There are no active reps. Add one: fieldsales people add --help")
    elif dry_run:
        console.print("Dry run: nothing was kept.")
    elif not done.changed:
        console.print("Unchanged: every rep's day stands as it was.")


def _tiers_told(done: DayPlanned) -> str:
    """Who got a tier for the first time apart from who changed it."""
    first, changed = done.tiers_first, done.tiers_moved - done.tiers_first
    told = [f"{_many(first, 'customer')} got {'its' if first == 1 else 'their'} tier"] if first else []
    if changed or not first:
        told.append(f"{_many(changed, 'customer')} changed tier")
    return ", ".join(told)


def _age(then: date, day: date) -> str:
    """The time from one day to another: whole years from two on, days before that."""
    years = day.year - then.year - ((day.month, day.day) < (then.month, then.day))
    return f"{years} years" if years >= 2 else f"{(day - then).days} days"


def _many(count: int, what: str) -> str:
    return f"1 {what}" if count == 1 else f"{count} {what}s"
