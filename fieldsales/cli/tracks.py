"""`fieldsales tracks`: erasing positions, and telling somebody all that is kept of the own ones."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from fieldsales.accesses.rules import Way
from fieldsales.accesses.service import note_looks
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_person, find_rep
from fieldsales.clock import at_second, local_day, utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.disclosures.queries import write_disclosure
from fieldsales.privacy.queries import zone_of
from fieldsales.trackers.service import add_tracker
from fieldsales.tracks.queries import expired
from fieldsales.tracks.service import erase_expired, erase_person


@click.group()
def tracks() -> None:
    """Where reps were: erase it in time, tell it, set up other tracking apps.

    \b
      fieldsales tracks erase                            what is older than the policy keeps it; every night
      fieldsales tracks export anna --to anna.zip        all that is kept of one person
      fieldsales tracks erase-person anna --reason "her letter of 2 March"
      fieldsales tracks add-tracker anna OwnTracks       a key for another tracking app
    """


@tracks.command("erase")
@click.option("--dry-run", is_flag=True, help="Only say how much it would be.")
@click.pass_obj
def erase(context: Context, dry_run: bool) -> None:
    """Erase what is older than the policy `tracking` keeps it. Safe to break off and to run again."""
    if dry_run:
        with reading(context.engine) as session:
            found = expired(session, utc_now())
        context.console.print(f"{found.points} positions and {found.accesses} lines of who looked would be erased.")
        return
    points = looks = 0
    more = True
    while more:
        with transaction(context.engine) as session:
            erased = erase_expired(session, utc_now())
        points, looks, more = points + erased.points, looks + erased.accesses, erased.more
    context.console.print(f"{points} positions and {looks} lines of who looked were erased.")


@tracks.command("export")
@click.argument("rep")
@click.option("--to", type=click.Path(dir_okay=False, writable=True, path_type=Path), help="[default: REP.zip]")
@click.pass_obj
def export(context: Context, rep: str, to: Path | None) -> None:
    """Write all that is kept of where REP was into a zip file: positions, consents, who looked."""
    with transaction(context.engine) as session:
        person = find_person(session, rep)
        day = local_day(utc_now(), zone_of(person))
        note_looks(session, [person.id], day, Way.EXPORT, by=None, now=utc_now())
        to = to or Path(f"{person.login}.zip")
    with reading(context.engine) as session, to.open("wb") as file:
        points = write_disclosure(session, find_person(session, rep), file, utc_now())
    context.console.print(f"{points} positions: {to}", soft_wrap=True)


@tracks.command("erase-person")
@click.argument("rep")
@click.option("--reason", required=True, help="Why; it is kept.")
@click.option("--before", type=click.DateTime(["%Y-%m-%d"]), help="Only positions before this day.  [default: all]")
@click.option("--dry-run", is_flag=True, help="Only say how many it would be.")
@click.pass_obj
def erase_one(context: Context, rep: str, reason: str, before: Any, dry_run: bool) -> None:
    """Erase the positions of REP's tracks. Consents, who looked, and visits stay."""
    with transaction(context.engine) as session:
        person = find_person(session, rep)
        until = at_second(before.date(), 0, zone_of(person)) if before else None
        found = erase_person(session, person, reason, until=until, dry_run=dry_run, by=None, now=utc_now())
    context.console.print(f"{found} positions {'would be' if dry_run else 'were'} erased.")


@tracks.command("add-tracker")
@click.argument("rep")
@click.argument("name")
@click.pass_obj
def add(context: Context, rep: str, name: str) -> None:
    """Give another tracking app of REP a key, and print it: it is told this once."""
    with transaction(context.engine) as session:
        made = add_tracker(session, find_rep(session, rep), name, by=None, now=utc_now())
        context.console.print(f"{made.tracker.id}\nkey {made.key}", soft_wrap=True)
