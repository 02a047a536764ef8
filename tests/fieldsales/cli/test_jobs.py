"""`fieldsales jobs`: looked at, run by hand, tried again, paused."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from rich.console import Console
from sqlalchemy import Engine
from worlds.chores import house

from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings


@pytest.fixture
def typed(engine: Engine):
    """A terminal before the town."""
    house(engine)
    url = engine.url.render_as_string(hide_password=False)

    def run(*arguments: str) -> Result:
        context = Context(Settings(database_url=url, solver_workers=0, solve_seconds=0.1))
        context.console = Console(width=160)
        return CliRunner().invoke(main, ["jobs", *arguments], obj=context)

    return run


def test_a_chore_is_run_by_hand_and_shown(typed) -> None:
    assert "Would run tiers.refresh for" in typed("run", "tiers.refresh", "--dry-run").output
    assert "None yet." in typed("show", "tiers.refresh").output
    ran = typed("run", "tiers.refresh")
    assert ran.exit_code == 0
    assert "tiers.refresh for 20" in ran.output
    assert ": done, 1 attempts" in ran.output
    assert "{'moved': " in ran.output
    assert ": done, 1 attempts" in typed("show", "tiers.refresh").output
    listed = typed("list").output
    assert "Plan and route the coming days" in listed
    assert "daily at 02:30" in listed


def test_what_fails_is_told_and_ends_with_one(typed, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fieldsales.chores.nightly.SolverPool", None)
    failed = typed("run", "plans.make")
    assert failed.exit_code == 1
    assert "TypeError" in failed.output


def test_work_once_does_what_is_due_and_ends(typed) -> None:
    assert "jobs done." in typed("work", "--once").output


def test_a_chore_rests_and_goes_on(typed) -> None:
    assert "rests until" in typed("pause", "plans.make").output
    assert "paused" in typed("list").output
    assert "goes on" in typed("resume", "plans.make").output
    assert "paused" not in typed("list").output


def test_an_unknown_chore_is_told_which_there_are(typed) -> None:
    unknown = typed("run", "dishes.wash")
    assert unknown.exit_code == 2
    assert "plans.make" in unknown.output
