"""An operator adds territories and people, and is told plainly what is wrong."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, select

from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings
from fieldsales.db.session import reading
from fieldsales.people.models import Territory, User

Run = Callable[..., Result]
TERRITORY = ("people", "territory", "dsm", "Des Moines", "--time-zone", "America/Chicago", "--region", "US")


@pytest.fixture
def run(engine: Engine) -> Run:
    """Type a command at the terminal of an empty installation."""
    url = engine.url.render_as_string(hide_password=False)

    def typed(*arguments: str, stdin: str | None = None) -> Result:
        context = Context(Settings(database_url=url))
        return CliRunner().invoke(main, list(arguments), input=stdin, obj=context)

    return typed


def test_a_rep_is_added_with_a_working_day(run: Run, engine: Engine) -> None:
    assert run(*TERRITORY).exit_code == 0
    added = run(
        *("people", "add", "Ann", "--role", "rep", "--territory", "dsm", "--start", "41.6,-93.6"),
        *("--shift", "08:00-16:30", "--lunch", "11:30-13:00/30", "--password-stdin"),
        stdin="a long enough secret\n",
    )
    assert added.exit_code == 0, added.output
    with reading(engine) as session:
        ann = session.scalars(select(User)).one()
        assert (ann.login, ann.territory.code) == ("ann", "dsm")
        assert (ann.work_pattern.start_longitude, ann.work_pattern.lunch_minutes) == (-93.6, 30)
        assert "secret" not in ann.password_hash
    assert "ann" in run("people", "list").output


def test_a_territory_takes_the_installations_defaults(run: Run, engine: Engine) -> None:
    run("people", "territory", "all", "Everywhere")
    run("people", "territory", "part", "A part", "--below", "all")
    with reading(engine) as session:
        part = session.scalars(select(Territory).where(Territory.code == "part")).one()
        assert (part.time_zone, part.currency, part.parent_id is None) == ("UTC", "EUR", False)


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--role", "rep", "--territory", "dsm"), "A rep needs --start"),
        (("--role", "rep", "--territory", "dsm", "--start", "somewhere"), "is not LAT,LON"),
        (("--role", "rep", "--territory", "dsm", "--start", "-93.6,141"), "latitude comes first"),
        (("--role", "rep", "--territory", "dsm", "--start", "1,1", "--shift", "9 to 5"), "is not HH:MM-HH:MM"),
        (("--role", "rep", "--territory", "nowhere", "--start", "1,1"), "There are: dsm"),
        (("--role", "rep", "--territory", "dsm", "--start", "1,1", "--weekdays", "lundi"), "does not name weekdays"),
        (("--role", "rep", "--territory", "dsm", "--start", "1,1", "--shift", "17:00-08:00"), "ends before it starts"),
        (("--role", "supervisor"), "needs a territory"),
        (("--role", "king"), "'king' is not one of"),
    ],
)
def test_what_is_wrong_is_told_with_how_to_mend_it(run: Run, arguments: tuple[str, ...], told: str) -> None:
    run(*TERRITORY)
    result = run("people", "add", "ann", *arguments, "--no-password")
    assert result.exit_code == 2
    assert told in result.output


def test_a_short_password_is_refused_and_nobody_is_added(run: Run, engine: Engine) -> None:
    result = run("people", "add", "ada", "--role", "admin", "--password-stdin", stdin="short\n")
    assert (result.exit_code, "10 to 200 characters" in result.output) == (2, True)
    with reading(engine) as session:
        assert session.scalars(select(User)).all() == []


def test_working_hours_are_changed_and_what_is_not_said_of_the_start_stays(run: Run, engine: Engine) -> None:
    run(*TERRITORY)
    run("people", "add", "ann", "--role", "rep", "--territory", "dsm", "--start", "41.6,-93.6", "--no-password")
    assert run("people", "hours", "ann", "--weekdays", "fr, mo").exit_code == 0
    with reading(engine) as session:
        pattern = session.scalars(select(User)).one().work_pattern
        assert (pattern.weekdays, pattern.start_latitude) == ("MO,FR", 41.6)


def test_without_a_terminal_a_password_is_not_asked_for(run: Run) -> None:
    result = run("people", "add", "ada", "--role", "admin")
    assert (result.exit_code, "--password-stdin" in result.output) == (2, True)
