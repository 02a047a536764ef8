"""`fieldsales plans` and `fieldsales calendars`, as an operator meets them."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from sqlalchemy import Engine, func, select
from worlds import small_town

import fieldsales.cli.replans  # noqa: F401 -- a command of `plans`
from fieldsales.cli.calendars import calendars
from fieldsales.cli.context import Context
from fieldsales.cli.edits import plans
from fieldsales.clock import utc_now
from fieldsales.config import Settings
from fieldsales.db.session import reading, transaction
from fieldsales.edits.rules import PlannedVisitNotFound
from fieldsales.feeds.models import CalendarFeed
from fieldsales.planning.models import PlannedVisit
from fieldsales.steps.models import VisitStep

DAY, LATER = (str((utc_now() + timedelta(days=ahead)).date()) for ahead in (3, 5))
MONDAY = str((utc_now() + timedelta(days=7 + -utc_now().weekday() % 7)).date())
"""A day on which shops are open."""
Run = Callable[..., tuple[Result, str]]


@pytest.fixture
def run(sqlite_engine: Engine) -> Run:
    """Run a command over the small town; return the result and what was printed."""
    with transaction(sqlite_engine) as session:
        small_town.build(session)

    def invoke(command: object, *words: str) -> tuple[Result, str]:
        printed = io.StringIO()
        context = Context(Settings(database_url=str(sqlite_engine.url)), Console(file=printed, width=140))
        result = CliRunner().invoke(command, list(words), obj=context)  # type: ignore[arg-type]
        context.close()
        return result, printed.getvalue()

    return invoke


def count(engine: Engine, model: type) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def test_a_visit_is_added_moved_skipped_and_restored_and_its_history_told(run: Run) -> None:
    _, told = run(plans, "add", "anna", DAY, "C-Bakery", "--by", "max", "--reason", "asked for samples")
    assert f"Bakery stands on anna's {DAY}." in told
    assert f"Plan it again: fieldsales plan {DAY} --rep anna" in told
    _, told = run(plans, "move", "anna", DAY, "C-Bakery", "--to-day", LATER, "--by", "max", "--reason", "away")
    assert f"Bakery stands on anna's {LATER}." in told
    _, told = run(plans, "skip", "anna", LATER, "C-Bakery", "--code", "closed", "--by", "anna")
    assert f"Bakery is skipped on anna's {LATER}." in told
    run(plans, "restore", "anna", LATER, "C-Bakery", "--by", "sara")
    _, told = run(plans, "restore", "anna", LATER, "C-Bakery", "--by", "sara")
    assert "Unchanged" in told
    _, told = run(plans, "history", "anna", LATER, "C-Bakery")
    rows = [line.split() for line in told.splitlines()[1:]]
    assert [row[2:4] for row in rows] == [["added", "Max"], ["moved", "Max"], ["skipped", "Anna"], ["restored", "Sara"]]


def test_a_dry_run_keeps_nothing(run: Run, sqlite_engine: Engine) -> None:
    add = ("add", "anna", DAY, "C-Bakery", "--by", "max", "--reason", "asked for samples")
    _, told = run(plans, *add, "--dry-run")
    assert "Dry run: nothing was kept." in told
    assert count(sqlite_engine, PlannedVisit) == 0
    run(plans, *add)
    run(plans, "move", "anna", DAY, "C-Bakery", "--to-day", LATER, "--by", "max", "--dry-run")
    run(plans, "skip", "anna", DAY, "C-Bakery", "--code", "closed", "--by", "max", "--dry-run")
    assert count(sqlite_engine, VisitStep) == 1


def test_what_is_not_planned_or_goes_nowhere_is_told(run: Run) -> None:
    result, _ = run(plans, "skip", "anna", DAY, "C-Bakery", "--code", "closed", "--by", "max")
    assert isinstance(result.exception, PlannedVisitNotFound)
    result, _ = run(plans, "move", "anna", DAY, "C-Bakery", "--by", "max")
    assert "Name a day (--to-day)" in result.output


def test_a_calendar_gets_an_address_that_is_printed_once(run: Run, sqlite_engine: Engine) -> None:
    assert "It has no address." in run(calendars, "show", "anna")[1]
    assert "It would get an address." in run(calendars, "open", "anna", "--dry-run")[1]
    assert count(sqlite_engine, CalendarFeed) == 0
    _, told = run(calendars, "open", "anna", "--base", "https://fieldsales.example/")
    assert told.startswith("https://fieldsales.example/calendar/")
    assert "It has an address since" in run(calendars, "show", "anna")[1]
    assert "would be replaced" in run(calendars, "open", "anna", "--dry-run")[1]
    assert "nothing was kept" in run(calendars, "close", "anna", "--dry-run")[1]
    assert "The address is revoked." in run(calendars, "close", "anna")[1]


def test_a_day_is_replanned_and_told_before_and_after(run: Run, sqlite_engine: Engine) -> None:
    urgent = ("--urgent", "C-Bakery", "--urgent", "C-Dairy", "--now", "09:00", "--by", "max")
    _, told = run(plans, "replan", "anna", MONDAY, *urgent, "--dry-run")
    assert "0 moved, 2 added, 0 left out" in told
    assert "Dry run: nothing was kept." in told
    assert (count(sqlite_engine, PlannedVisit), count(sqlite_engine, VisitStep)) == (0, 0)
    run(plans, "replan", "anna", MONDAY, *urgent, "--reason", "they called")
    late = ("--now", "16:45", "--late", "10", "--by", "max", "--hold", "C-Dairy")
    result, told = run(plans, "replan", "anna", MONDAY, *late)
    assert result.exit_code == 0, result
    rows = [line.split() for line in told.splitlines() if "Bakery" in line or "Dairy" in line]
    assert all("left" in row for row in rows)
    _, told = run(plans, "history", "anna", MONDAY, "C-Bakery")
    assert [line.split()[2] for line in told.splitlines()[1:] if line.strip().startswith("20")] == ["added", "left"]
    _, told = run(
        plans, "replan", "anna", MONDAY, "--drop", "C-Bakery", "--code", "closed", "--by", "anna", "--now", "08:00"
    )
    assert "dropped" in told


@pytest.mark.parametrize("words", [("--from", "somewhere"), ("--from", "99,1"), ("--now", "noon"), ("--late", "soon")])
def test_a_replan_that_makes_no_sense_is_refused(run: Run, words: tuple[str, ...]) -> None:
    result, _ = run(plans, "replan", "anna", DAY, *words, "--by", "max")
    assert (result.exit_code, "Invalid value" in result.output) == (2, True)
