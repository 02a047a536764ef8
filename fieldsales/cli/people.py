"""Territories and people, from the operator's own terminal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time

import click
from rich.table import Table
from sqlalchemy import select

from fieldsales.cli.arguments import ask_password, parse_lunch, parse_position, parse_span
from fieldsales.cli.context import Context
from fieldsales.cli.lookup import find_person, find_territory
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.people.models import Role, User, WorkPattern
from fieldsales.people.rules import USUAL_WEEKDAYS
from fieldsales.people.service import add_person, add_territory, set_password, set_work_pattern


@click.group()
def people() -> None:
    """Territories, and the people who work in them.

    \b
    Start with a territory, then an admin, a manager, and the reps:
      fieldsales people territory DSM "Des Moines" --time-zone America/Chicago --region US --currency USD
      fieldsales people add ada --name "Ada Min" --role admin
      fieldsales people add ann --name "Ann Ames" --role rep --territory DSM \\
          --start 41.60,-93.61 --shift 08:00-17:00 --lunch 12:00-14:00/45
    """


@people.command()
@click.argument("code")
@click.argument("name")
@click.option("--below", metavar="CODE", help="The territory that this one is part of.")
@click.option("--time-zone", help="IANA name, such as Europe/Athens.  [default: FIELDSALES_TIME_ZONE]")
@click.option("--region", help="ISO 3166 country, such as GR.  [default: FIELDSALES_REGION]")
@click.option("--currency", help="ISO 4217 code, such as EUR.  [default: FIELDSALES_CURRENCY]")
@click.pass_obj
def territory(
    context: Context,
    code: str,
    name: str,
    below: str | None,
    time_zone: str | None,
    region: str | None,
    currency: str | None,
) -> None:
    """Add a territory with a short CODE and a NAME."""
    with transaction(context.engine) as session:
        add_territory(
            session,
            code=code,
            name=name,
            parent_id=find_territory(session, below).id if below else None,
            time_zone=time_zone or context.settings.time_zone,
            region=region or context.settings.region,
            currency=currency or context.settings.currency,
            now=utc_now(),
        )
    context.console.print(f"Added territory {code}, {name}.")


def hours_options(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options of a working day to a command."""
    for option in (
        click.option("--weekdays", default=USUAL_WEEKDAYS, show_default=True, help="Any of MO,TU,WE,TH,FR,SA,SU."),
        click.option(
            "--lunch",
            default="12:00-14:00/45",
            show_default=True,
            callback=lambda _c, _p, text: parse_lunch(text),
            help="HH:MM-HH:MM/MINUTES: between when, and for how many minutes.",
        ),
        click.option(
            "--shift",
            default="08:30-17:00",
            show_default=True,
            callback=lambda _c, _p, text: parse_span(text),
            help="HH:MM-HH:MM on the wall clock.",
        ),
        click.option(
            "--start", callback=lambda _c, _p, text: parse_position(text), help="LAT,LON where a rep's day begins."
        ),
    ):
        command = option(command)
    return command


@people.command()
@click.argument("login")
@click.option("--name", help="Full name.  [default: the login]")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--territory", "territory_code", metavar="CODE", help="Needed for reps and supervisors.")
@hours_options
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@click.option("--no-password", is_flag=True, help="Nobody can log in as this person yet.")
@click.pass_obj
def add(
    context: Context,
    login: str,
    name: str | None,
    role: str,
    territory_code: str | None,
    start: tuple[float, float] | None,
    shift: tuple[time, time],
    lunch: tuple[time, time, int],
    weekdays: str,
    password_stdin: bool,
    no_password: bool,
) -> None:
    """Add somebody who logs in as LOGIN. Asks for a password unless told otherwise.

    \b
    Examples:
      fieldsales people add boss --name "Bo Ss" --role manager
      fieldsales people add ann --role rep --territory DSM --start 41.60,-93.61 --weekdays MO,TU,WE,TH
    """
    if role == Role.REP and start is None:
        raise click.UsageError("A rep needs --start LAT,LON: routes begin and end there.")
    password = None if no_password else ask_password(password_stdin)
    with transaction(context.engine) as session:
        person = add_person(
            session,
            login=login,
            name=name or login,
            role=Role(role),
            territory_id=find_territory(session, territory_code).id if territory_code else None,
            password=password,
            now=utc_now(),
        )
        if start is not None:
            set_work_pattern(session, person.id, make_pattern(start, shift, lunch, weekdays), now=utc_now())
    context.console.print(f"Added {role} {login}.")


@people.command()
@click.argument("login")
@hours_options
@click.pass_obj
def hours(
    context: Context,
    login: str,
    start: tuple[float, float] | None,
    shift: tuple[time, time],
    lunch: tuple[time, time, int],
    weekdays: str,
) -> None:
    """Say anew when and from where the rep LOGIN works; coming plans follow at the next planning."""
    with transaction(context.engine) as session:
        rep = find_person(session, login)
        known = rep.work_pattern
        if start is None and known is None:
            raise click.UsageError("Say where the day begins: --start LAT,LON.")
        begins = start or (known.start_latitude, known.start_longitude) if known else start
        assert begins is not None
        set_work_pattern(session, rep.id, make_pattern(begins, shift, lunch, weekdays), now=utc_now())
    context.console.print(f"{login} has new working hours.")


@people.command()
@click.argument("login")
@click.option("--password-stdin", is_flag=True, help="Read the password from the first line of standard input.")
@click.pass_obj
def password(context: Context, login: str, password_stdin: bool) -> None:
    """Give LOGIN a new password; all sessions of that person end."""
    secret = ask_password(password_stdin)
    with transaction(context.engine) as session:
        set_password(session, find_person(session, login).id, secret, now=utc_now())
    context.console.print(f"{login} has a new password.")


@people.command("list")
@click.pass_obj
def list_people(context: Context) -> None:
    """Show who there is."""
    table = Table("login", "name", "role", "territory", "weekdays", "shift", "lunch", "active")
    with reading(context.engine) as session:
        for person in session.scalars(select(User).order_by(User.role, User.login)):
            pattern = person.work_pattern
            table.add_row(
                person.login,
                person.name,
                str(person.role),
                person.territory.code if person.territory else "all",
                pattern.weekdays if pattern else "",
                f"{pattern.shift_from:%H:%M}–{pattern.shift_to:%H:%M}" if pattern else "",
                f"{pattern.lunch_minutes} min, {pattern.lunch_from:%H:%M}–{pattern.lunch_to:%H:%M}" if pattern else "",
                "yes" if person.active else "no",
            )
    context.console.print(table)


def make_pattern(
    start: tuple[float, float], shift: tuple[time, time], lunch: tuple[time, time, int], weekdays: str
) -> WorkPattern:
    """Return an unsaved working day."""
    return WorkPattern(
        start_latitude=start[0],
        start_longitude=start[1],
        shift_from=shift[0],
        shift_to=shift[1],
        lunch_from=lunch[0],
        lunch_to=lunch[1],
        lunch_minutes=lunch[2],
        weekdays=weekdays,
    )
