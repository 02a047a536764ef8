"""`fieldsales route export`: a planned day as a page or a file."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path

import click
from sqlalchemy.orm import Session

from fieldsales.briefings.rules import day_geojson
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_rep
from fieldsales.cli.plans import parse_day
from fieldsales.clock import utc_now
from fieldsales.db.session import reading
from fieldsales.driving.service import driving_of
from fieldsales.feeds.queries import day_calendar
from fieldsales.people.models import User
from fieldsales.planning.queries import rep_day
from fieldsales.roadbooks.queries import legs_of, roadbook
from routing.export import route_gpx, route_page
from routing.travel import Roads


def _page(session: Session, reps: Sequence[User], day: date, roads: Roads) -> bytes:
    title = "" if len(reps) == 1 else f"{day:%A} {day.day} {day:%B %Y}"
    return route_page([roadbook(session, rep.id, day, roads) for rep in reps], title).encode()


def _gpx(session: Session, reps: Sequence[User], day: date, roads: Roads) -> bytes:
    return route_gpx([roadbook(session, rep.id, day, roads) for rep in reps])


def _geojson(session: Session, reps: Sequence[User], day: date, roads: Roads) -> bytes:
    planned = rep_day(session, reps[0].id, day)
    return json.dumps(day_geojson(planned, legs_of(planned, roads)), ensure_ascii=False).encode()


def _calendar(session: Session, reps: Sequence[User], day: date, roads: Roads) -> bytes:
    return day_calendar(session, reps[0], day)


Writer = Callable[[Session, Sequence[User], date, Roads], bytes]

WRITERS: Mapping[str, Writer] = {
    "html": _page,
    "gpx": _gpx,
    "geojson": _geojson,
    "ics": _calendar,
}

SEVERAL = ("html", "gpx")
"""The formats that hold several reps' days."""


@click.command("export")
@click.option("--rep", "logins", metavar="LOGIN", multiple=True, required=True, help="May be given several times.")
@click.option("--day", metavar="DATE", required=True, help="2026-03-02, today, tomorrow, or next.")
@click.option("--format", "kind", type=click.Choice(["html", "gpx", "geojson", "ics"]), help="[default: of --out]")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File to write.  [default: the terminal]")
@click.pass_obj
def export_route(context: Context, logins: tuple[str, ...], day: str, kind: str | None, out: Path | None) -> None:
    """Write a planned day as a page with a map (html), for navigation (gpx), maps (geojson) or calendars (ics).

    \b
    Examples:
      fieldsales route export --rep anna --day tomorrow --out anna.html
      fieldsales route export --rep anna --rep ben --day 2026-03-02 --out team.html
    """
    kind = kind or (out.suffix.lstrip(".").lower() if out else "html")
    if kind not in WRITERS:
        raise click.BadParameter(f"“{kind}” is no format of a route. Say --format: {', '.join(WRITERS)}.")
    if len(logins) > 1 and kind not in SEVERAL:
        raise click.BadParameter(f"A {kind} file holds one rep's day. Several fit in {' or '.join(SEVERAL)}.")
    roads = driving_of(context.settings).travel
    with reading(context.engine) as session:
        reps = [find_rep(session, login) for login in dict.fromkeys(logins)]
        when = parse_day(session, day, [rep.id for rep in reps], utc_now())
        write = WRITERS[kind]
        body = write(session, reps, when, roads)
    if out is None:
        click.echo(body, nl=False)
        return
    try:
        out.write_bytes(body)
    except OSError as wrong:
        raise click.FileError(str(out), wrong.strerror or str(wrong)) from wrong
    context.console.print(f"Wrote {out} ({len(body) / 1000:.0f} kB).", soft_wrap=True)
