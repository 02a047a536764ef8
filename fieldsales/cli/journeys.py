"""`fieldsales journeys`: for weeks ahead, on which days each rep visits whom."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from fieldsales.calendars.queries import free_days
from fieldsales.candidates.queries import crew
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_rep
from fieldsales.cli.plans import solving_progress
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.driving.service import driving_of
from fieldsales.journeys.queries import calls_of, ending_by, journeys_of
from fieldsales.journeys.rules import FEWEST_WEEKS, MOST_WEEKS, Sketch
from fieldsales.journeys.service import sketch_journeys, solve_journeys, store_journeys
from fieldsales.people.queries import days_at
from routing.pool import SolverPool

DAY = click.DateTime(["%Y-%m-%d"])
REP = click.option("--rep", "logins", metavar="LOGIN", multiple=True, help="Only this rep; may be given several times.")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@click.group()
def journeys() -> None:
    """Journey plans (PJP): for 4 to 12 weeks, on which days each rep visits each customer.

    \b
    Each customer at its cadence (its tier's, or what was arranged), evenly spaced, on a weekday that it wants; days
    compact and even; near to the plan before. Holidays, days off and leave are heeded (fieldsales days-off).
    `fieldsales plan` follows it: who was missed rolls forward until the next visit is near.

    \b
      fieldsales journeys build --weeks 4 --dry-run
      fieldsales journeys build --weeks 4
      fieldsales journeys show --rep anna
    """


@journeys.command()
@click.option("--weeks", default=4, show_default=True, type=click.IntRange(FEWEST_WEEKS, MOST_WEEKS))
@click.option("--from", "first", type=DAY, help="The first day.  [default: the coming Monday]")
@REP
@click.option("--ending-within", type=click.IntRange(0, 84), metavar="DAYS", help="Only reps whose plan soon ends.")
@click.option("--dry-run", is_flag=True, help="Print how good the plans would be and keep nothing.")
@click.pass_obj
def build(
    context: Context, weeks: int, first: Any, logins: tuple[str, ...], ending_within: int | None, dry_run: bool
) -> None:
    """Make journey plans, in the place of what stood from the first day on. Days before it stay as they are.

    Every night, `--ending-within 14` keeps everybody's plan going: it does nothing as long as plans reach further.
    """
    with reading(context.engine) as session:
        today = days_at(session, utc_now())[1]
        begins = first.date() if first else today + timedelta(days=7 - today.weekday())
        reps = [find_rep(session, login) for login in logins] or crew(session)
        if ending_within is not None:
            reps = ending_by(session, reps, today + timedelta(days=ending_within))
        sketches = sketch_journeys(session, reps, begins, weeks, today=today)
    with SolverPool(context.settings.solver_workers) as solver, solving_progress(context.console) as progress:
        sketches = solve_journeys(sketches, solver, driving_of(context.settings), progress=progress.count)
    print_figures(context.console, sketches)
    if dry_run:
        context.console.print("Dry run: nothing was kept.")
        return
    with transaction(context.engine) as session:
        made = store_journeys(session, sketches, by=None, now=utc_now())
    context.console.print(f"{len(made)} journey plans from {begins} on, for {weeks} weeks.")


@journeys.command()
@REP
@click.option("--days", is_flag=True, help="Print who is visited on each day, not only how many.")
@click.pass_obj
def show(context: Context, logins: tuple[str, ...], days: bool) -> None:
    """Print the journey plans that stand: visits by week and weekday."""
    with reading(context.engine) as session:
        reps = [find_rep(session, login) for login in logins] or crew(session)
        names = {rep.id: rep for rep in reps}
        found = journeys_of(session, None, list(names))
        if not found:
            context.console.print("No journey plan stands. Make them: fieldsales journeys build")
        for journey in found:
            calls = calls_of(session, journey)
            rep = names[journey.rep_id]
            context.console.print(f"[bold]{rep.name}[/], {journey.first_day} to {journey.last_day}")
            off = free_days(session, [rep], journey.first_day, journey.last_day)[rep.id]
            context.console.print(_weeks_table(journey.first_day, journey.last_day, [each.day for each in calls], off))
            for call in calls if days else ():
                context.console.print(f"  {call.day:%a} {call.day}  {call.customer}", markup=False)


def print_figures(console: Console, sketches: Sequence[Sketch]) -> None:
    """Print how good journey plans are, a line for each rep."""
    table = Table("Rep", *(("Customers", "Visits", "Driving", "Mean day", "Longest", "Uneven", "Spacing", "Kept")))
    for column in table.columns[1:]:
        column.justify = "right"
    for sketch in sketches:
        if (figures := sketch.figures) is None:
            table.add_row(sketch.name, sketch.note or "")
            continue
        table.add_row(
            sketch.name,
            str(figures.customers),
            str(figures.visits),
            _hours(figures.travel_s),
            _hours(figures.mean_day_s),
            _hours(figures.longest_day_s),
            f"{figures.unevenness:.0%}",
            f"±{figures.spacing_error_days:.1f} days",
            "" if figures.kept is None else f"{figures.kept:.0%}",
        )
    console.print(table)
    if over := [each.name for each in sketches if each.figures and each.figures.over_s]:
        console.print(f"Longer than the shift on some days: {', '.join(over[:10])}. Fewer visits, or more reps.")


def _hours(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds % 3600 // 60:02d} h"


def _weeks_table(first: date, last: date, visits: Sequence[date], off: dict[date, str]) -> Table:
    table = Table("Week of", *WEEKDAYS)
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        week = [monday + timedelta(days=at) for at in range(7)]
        table.add_row(str(monday), *(off.get(day) or str(visits.count(day) or "") for day in week))
        monday += timedelta(days=7)
    return table
