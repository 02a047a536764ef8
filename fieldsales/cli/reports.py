"""`fieldsales reports`: a team's day by mail."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click
from rich.table import Table

from fieldsales.broadsheets.rules import report_pdf
from fieldsales.bulletins.rules import report_html, report_text
from fieldsales.cli.context import Context, whole
from fieldsales.cli.lookup import find_person, find_territory
from fieldsales.cli.rounds import keep_on
from fieldsales.clock import local_day, utc_now
from fieldsales.dailies.queries import daily_report, time_zone_of
from fieldsales.db.session import reading, transaction
from fieldsales.headlines.rules import WORDS
from fieldsales.mailings.queries import due_ids, subscriptions_visible_to
from fieldsales.mailings.rules import EVERY_WORKDAY, Covers
from fieldsales.mailings.service import Wish, send_due, subscribe

_LANGUAGE = click.option("--language", type=click.Choice(sorted(WORDS)), help="The person's own where none is given.")


@click.group()
def reports() -> None:
    """The daily report of a team, by mail.

    \b
      fieldsales reports preview --territory north --day 2026-03-02 --pdf day.pdf
      fieldsales reports subscribe sara sara@example.com --at 19:00
      fieldsales reports send --every 60        the worker; keep it running, with fieldsales mail deliver
    """


@reports.command("preview")
@click.option("--day", type=click.DateTime(["%Y-%m-%d"]), help="[default: today there]")
@click.option("--territory", help="Code of the territory.  [default: all]")
@click.option("--language", type=click.Choice(sorted(WORDS)), default="en", show_default=True)
@click.option("--html", type=click.Path(dir_okay=False, path_type=Path), help="Write the letter here.")
@click.option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help="Write the PDF here.")
@click.option("--dry-run", is_flag=True, help="The same: a preview sends nothing.")
@click.pass_obj
def preview(
    context: Context,
    day: datetime | None,
    territory: str | None,
    language: str,
    html: Path | None,
    pdf: Path | None,
    dry_run: bool,
) -> None:
    """Print a day's report, or write it as files. Sends nothing."""
    base = context.settings.public_url
    with reading(context.engine) as session:
        area = find_territory(session, territory).id if territory else None
        wanted: date = day.date() if day else local_day(utc_now(), time_zone_of(session, None, area))
        report = daily_report(session, None, wanted, utc_now(), area)
    if html:
        html.write_text(report_html(report, language, base), encoding="utf-8")
    if pdf:
        pdf.write_bytes(report_pdf(report, language, base))
    if not (html or pdf):
        context.console.print(report_text(report, language, base), markup=False, soft_wrap=True)


@reports.command("subscribe")
@click.argument("login")
@click.argument("email")
@click.option("--at", "sends_at", type=click.DateTime(["%H:%M"]), required=True, help="Time of day there, as in 19:00.")
@click.option("--weekdays", default=EVERY_WORKDAY, show_default=True)
@click.option("--territory", help="Code of the territory.  [default: all that the person sees]")
@click.option("--time-zone", help="[default: the territory's]")
@click.option("--covers", type=click.Choice([each.value for each in Covers]), help="[default: by the time of day]")
@_LANGUAGE
@click.pass_obj
def add(
    context: Context,
    login: str,
    email: str,
    sends_at: datetime,
    weekdays: str,
    territory: str | None,
    time_zone: str | None,
    covers: str | None,
    language: str | None,
) -> None:
    """Have the person LOGIN sent the report at EMAIL."""
    with transaction(context.engine) as session:
        area = find_territory(session, territory).id if territory else None
        wish = Wish(email, sends_at.time(), weekdays, area, language, time_zone, Covers(covers) if covers else None)
        made = subscribe(session, find_person(session, login).id, wish, by=None, now=utc_now())
        context.console.print(f"{made.id}  {made.weekdays} at {made.sends_at:%H:%M} {made.time_zone}", soft_wrap=True)


@reports.command("list")
@click.pass_obj
def list_all(context: Context) -> None:
    """List who is sent reports when."""
    table = Table(whole("id"), "person", "address", "territory", "when", "of", "language", box=None)
    with reading(context.engine) as session:
        for each in subscriptions_visible_to(session, None):
            when = f"{each.weekdays} {each.sends_at:%H:%M} {each.time_zone}"
            area = each.territory.code if each.territory else "all"
            of = each.covers.replace("_", " ")
            table.add_row(str(each.id), each.user.name, each.email, area, when, of, each.language)
    context.console.print(table)


@reports.command("send")
@click.option("--every", type=click.FloatRange(1), help="Go on, with so many seconds between rounds.")
@click.option("--dry-run", is_flag=True, help="Only say how many are due.")
@click.pass_obj
def send(context: Context, every: float | None, dry_run: bool) -> None:
    """Queue the reports that are due; `fieldsales mail deliver` sends what is queued."""
    if dry_run:
        with reading(context.engine) as session:
            context.console.print(f"{len(due_ids(session, utc_now()))} due.")
        return

    def once() -> None:
        found = send_due(context.engine, utc_now(), context.settings.public_url)
        for each in found:
            if each.why_not:
                context.console.print(f"{each.subscription_id}: {each.why_not}", markup=False, soft_wrap=True)
        queued = sum(each.letter_id is not None for each in found)
        if every is None or found:
            context.console.print(f"{queued} queued, {len(found) - queued} not made.")

    keep_on(once, every)
