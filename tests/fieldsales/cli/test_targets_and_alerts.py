"""`fieldsales targets` and `fieldsales alerts` as an operator types them."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner
from rich.console import Console
from sqlalchemy import Engine, select
from worlds import small_town

from fieldsales.alerts.models import Alert
from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings
from fieldsales.db.session import reading, transaction
from fieldsales.letters.models import Letter
from fieldsales.targets.models import Target

Typed = Callable[..., str]
YEAR = datetime.now(UTC).year
NEXT = (datetime.now(UTC) + timedelta(days=60)).date()


@pytest.fixture
def typed(sqlite_engine: Engine) -> Typed:
    """Type a command at the small town's terminal; return what it printed."""
    with transaction(sqlite_engine) as session:
        small_town.build(session)

    def run(*words: str, exits: int = 0) -> str:
        told = io.StringIO()
        context = Context(Settings(), Console(file=told, width=200, highlight=False))
        context.__dict__["engine"] = sqlite_engine
        done = CliRunner().invoke(main, words, obj=context)
        assert done.exit_code == exits, (done.output, done.exception)
        return done.output + told.getvalue()

    return run


def test_a_target_is_set_divided_shown_and_asked_to_be_changed(typed: Typed, sqlite_engine: Engine) -> None:
    setting = ("targets", "set", "100001", "--measure", "sales_amount", "--currency", "EUR", "--period", str(YEAR))
    assert "Dry run: nothing was kept." in typed(*setting, "--territory", "town", "--dry-run")
    told = typed(*setting, "--territory", "town")
    assert told.strip().endswith(f"1,000.01 EUR for {YEAR}.")
    top = told[:36]
    dividing = ("targets", "divide", top, "--by", "equal", "--to", "rep")
    assert re.search(r"Anna +500.01 EUR", typed(*dividing, "--dry-run"))
    assert "4 parts." in typed(*dividing)
    shown = typed("targets", "show", "--period", str(YEAR))
    assert re.search(r"Ben +sales_amount +\d{4} +500.00 EUR", shown)
    adjusting = ("targets", "adjust", top, "90000", "Less.", "--ask-as", "max")
    assert "Small Town: 1,000.01 EUR → 900.00 EUR" in typed(*adjusting, "--dry-run")
    assert "It waits for a manager's approval." in typed(*adjusting)
    with reading(sqlite_engine) as session:
        assert sum(session.scalars(select(Target.value).where(Target.rep_id.is_not(None)))) == 100_001


def test_a_rule_is_tried_made_looked_at_reviewed_and_ended(typed: Typed, sqlite_engine: Engine) -> None:
    adding = ("alerts", "add", "No order", "--measure", "orders", "--each", "customer", "--absent", "--owner", "sara")
    adding += ("--review", str(NEXT), "--mail", "sara@town.example")
    assert "6 of 6 would be alerted. Dry run" in typed(*adding, "--dry-run")
    rule = typed(*adding)[:36]
    assert typed("alerts", "add", "Nothing", *adding[3:5], "--owner", "sara", "--review", str(NEXT), exits=2)
    muting = ("alerts", "mute", "Flood", "--customer", "C-Bakery", "--until", str(datetime.now(UTC).date()))
    assert "Bakery: muted until" in typed(*muting, "--dry-run")
    typed(*muting)
    assert "6 of 6" in typed("alerts", "check", "--dry-run")
    checked = typed("alerts", "check")
    assert "No order: 5 opened, 0 resolved, 1 muted; 6 of 6 found." in checked
    assert "1 letters written" in checked
    assert "Sara" in typed("alerts", "rules")
    with reading(sqlite_engine) as session:
        alert = session.scalars(select(Alert.id).order_by(Alert.title)).first()
        assert session.scalars(select(Letter)).one().recipient == "sara@town.example"
    assert "threshold: nothing at all" in typed("alerts", "show", str(alert))
    typed("alerts", "acknowledge", str(alert), "--note", "I call.")
    assert "acknowledged" in typed("alerts", "list")
    mute = typed("alerts", "mutes").splitlines()[1].split()[0]
    typed("alerts", "unmute", mute)
    assert "Nobody is muted." in typed("alerts", "mutes")
    assert "to be reviewed on" in typed("alerts", "review", rule, str(NEXT + timedelta(days=30)))
    typed("alerts", "end", rule)
    typed("alerts", "check")
    assert "Nothing is open." in typed("alerts", "list")
