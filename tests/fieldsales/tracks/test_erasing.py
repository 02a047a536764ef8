"""Positions are erased in time: in parts, to the end, and never more than once."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import Engine, select
from worlds import small_town, tracked_town
from worlds.small_town import NOON
from worlds.tracked_town import set_terms

from fieldsales.accesses.models import TrackAccess
from fieldsales.accesses.rules import Way
from fieldsales.accesses.service import note_looks
from fieldsales.cli.context import Context
from fieldsales.cli.main import main
from fieldsales.config import Settings
from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.people.models import User
from fieldsales.tracks.models import Source
from fieldsales.tracks.queries import Expired, expired
from fieldsales.tracks.rules import Point
from fieldsales.tracks.service import Erased, Track, erase_expired, keep


@pytest.fixture
def people(engine: Engine) -> dict[str, uuid.UUID]:
    """Anna in the north, where positions are kept for 10 days, and Ben in the south, where they are for 20."""
    with transaction(engine) as session:
        small_town.build(session)
    set_terms(engine, [("north", {"keep_days": 10})], keep_days=20)
    with transaction(engine) as session:
        found = {person.login: person.id for person in session.scalars(select(User))}
        for login in ("anna", "ben"):
            points = [Point(NOON - timedelta(days=day), 38.24, 21.73) for day in range(31)]
            keep(session, Track(new_id(), found[login], NOON, points, Source.OWNTRACKS))
    return found


def left(engine: Engine) -> list[int]:
    return [len([each for each in kept if each]) for kept in _by_rep(engine)]


def _by_rep(engine: Engine) -> Sequence[list[object]]:
    found: dict[uuid.UUID, list[object]] = {}
    for each in tracked_town.points(engine):
        found.setdefault(each.rep_id, []).append(each)
    return list(found.values())


def test_each_territory_keeps_its_own_time_and_to_the_moment(engine: Engine, people: dict[str, uuid.UUID]) -> None:
    with transaction(engine) as session:
        assert erase_expired(session, NOON) == Erased(20 + 10, 0, more=False)
    assert sorted(left(engine)) == [11, 21], "what is as old as that to the moment is kept"
    with transaction(engine) as session:
        assert erase_expired(session, NOON + timedelta(seconds=1)) == Erased(2, 0, more=False)


@pytest.mark.parametrize("limit", [1, 7, 30, 1000])
def test_part_by_part_it_comes_to_the_same(engine: Engine, people: dict[str, uuid.UUID], limit: int) -> None:
    total, more, rounds = 0, True, 0
    while more:
        with transaction(engine) as session:
            erased = erase_expired(session, NOON, limit)
        assert erased.points <= limit
        total, more, rounds = total + erased.points, erased.more, rounds + 1
    assert total == 30
    assert rounds == 30 // limit + 1
    assert sorted(left(engine)) == [11, 21]
    with transaction(engine) as session:
        assert erase_expired(session, NOON, limit) == Erased(0, 0, more=False)


def test_what_was_broken_off_is_gone_on_with(engine: Engine, people: dict[str, uuid.UUID]) -> None:
    with pytest.raises(RuntimeError), transaction(engine) as session:
        erase_expired(session, NOON, 7)
        raise RuntimeError("the power went")
    with reading(engine) as session:
        assert expired(session, NOON) == Expired(30, 0)


def test_a_shorter_time_holds_for_what_is_there_already(engine: Engine, people: dict[str, uuid.UUID]) -> None:
    set_terms(engine, keep_days=1)
    with transaction(engine) as session:
        assert erase_expired(session, NOON).points == 2 * 29


def test_those_who_left_are_not_forgotten(engine: Engine, people: dict[str, uuid.UUID]) -> None:
    with transaction(engine) as session:
        session.get_one(User, people["anna"]).active = False
        assert erase_expired(session, NOON).points == 30


def test_who_looked_is_kept_longer_and_then_erased(engine: Engine, people: dict[str, uuid.UUID]) -> None:
    with transaction(engine) as session:
        for days in (731, 729):
            at = NOON - timedelta(days=days)
            note_looks(session, [people["anna"]], at.date(), Way.EVENTS, by=people["sara"], now=at)
        assert expired(session, NOON).accesses == 1
        assert erase_expired(session, NOON).accesses == 1
        assert len(session.scalars(select(TrackAccess)).all()) == 1


def test_the_terminal_says_first_how_much_and_does_it_then(engine: Engine, people: dict[str, uuid.UUID]) -> None:
    context = Context(Settings(database_url=engine.url.render_as_string(hide_password=False)))
    asked = CliRunner().invoke(main, ["tracks", "erase", "--dry-run"], obj=context, catch_exceptions=False)
    assert asked.output.startswith("62 positions and 0 lines"), "by the clock of today all of it is old"
    assert len(tracked_town.points(engine)) == 62
    done = CliRunner().invoke(main, ["tracks", "erase"], obj=context, catch_exceptions=False)
    assert done.output.startswith("62 positions")
    again = CliRunner().invoke(main, ["tracks", "erase"], obj=context, catch_exceptions=False)
    assert again.output.startswith("0 positions")
    context.close()
