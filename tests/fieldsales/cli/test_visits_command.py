"""Doubtful visits from the terminal: scored, listed, shown, decided."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.visits.rules import Position
from fieldsales.visits.service import Call, check_in, check_out

FAR, NEAR = Position(38.29, 21.75, 12.0), Position(38.2641, 21.7321, 8.0)
GOOD, BAD = uuid.UUID("01955601-1000-7000-8000-000000000001"), uuid.UUID("01955601-2000-7000-8000-000000000002")


@pytest.fixture
def typed(engine: Engine) -> Any:
    """What a command prints, after a good visit and a doubtful one."""
    with transaction(engine) as session:
        world = small_town.build(session)
        for visit_id, position in ((GOOD, NEAR), (BAD, FAR)):
            at = NOON if visit_id == GOOD else NOON + timedelta(hours=2)
            later = Position(position.latitude + 5e-5, position.longitude, 15.0)
            check_in(session, visit_id, world.customers["Bakery"].id, Call(world.anna.id, at, at, position))
            check_out(session, visit_id, Call(world.anna.id, at + timedelta(minutes=12), at, later))

    def run(*words: object) -> Any:
        settings = Settings(database_url=engine.url.render_as_string(hide_password=False))
        return CliRunner().invoke(main, ["visits", *map(str, words)], obj=Context(settings))

    return run


def test_visits_of_before_are_scored_when_asked_and_then_nothing_waits(typed: Any) -> None:
    assert "0 visits scored" in typed("judge").output
    assert "2 visits scored" in typed("judge", "--since", "2026-03-01").output
    assert "0 visits scored" in typed("judge").output


def test_the_doubtful_one_is_listed_shown_and_decided(typed: Any) -> None:
    typed("judge", "--since", "2026-03-01")
    listed = typed("list", "--doubtful").output
    assert str(BAD)[:13] in listed
    assert str(GOOD)[:13] not in listed
    shown = typed("show", "01955601-2").output
    assert "Anna at Bakery on 2026-03-02" in shown
    assert "far_from_customer: It was told" in shown
    told = typed("review", "01955601-2", "fake")
    assert (told.exit_code, "needs a note" in told.output) == (2, True)
    assert typed("review", "01955601-2", "fake", "--note", "Nobody saw her.").exit_code == 0
    assert "None." in typed("list", "--doubtful").output
    assert "decided: fake" in typed("show", "01955601-2").output


def test_a_visit_that_is_not_there_or_not_one_is_named(typed: Any) -> None:
    typed("judge", "--since", "2026-03-01")
    assert "There is no visit" in typed("show", "99").output
    assert "There is no visit" in typed("show", "nonsense").output
    assert "Several visits" in typed("show", "01955601").output


def test_a_visit_without_a_score_cannot_be_decided(typed: Any) -> None:
    assert "There is no visit" in typed("review", "01955601-2", "honest").output
