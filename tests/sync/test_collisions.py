"""Pushes that stand in each other's way: PostgreSQL breaks one off, and that is done again, whole."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from worlds import phone_town
from worlds.answers import count, statuses

from fieldsales.db.engine import DatabaseMissing, make_engine
from fieldsales.db.session import transaction
from fieldsales.visits import service as visit_service
from fieldsales.visits.models import VisitEvent
from sync import exchange as exchanging
from sync.batch import parse_batch
from sync.exchange import exchange
from sync.models import Mutation


class Deadlock(Exception):
    """As psycopg tells it."""

    sqlstate = "40P01"


def go(town):
    return exchange(town.engine, town.anna.who, parse_batch(town.anna.body()), town.anna.now)


@pytest.fixture
def collide(monkeypatch):
    """Return what has the next verbs of the push collide, some times."""

    def times(number):
        real, turns = visit_service.check_in, []

        def deadlocked(*given, **named):
            turns.append(given)
            if len(turns) <= number:
                raise OperationalError("UPDATE", {}, Deadlock("deadlock detected"))
            return real(*given, **named)

        monkeypatch.setattr(visit_service, "check_in", deadlocked)
        return turns

    return times


@pytest.mark.parametrize("collisions", [1, 2])
def test_a_push_that_collides_is_done_again_whole_and_nothing_is_sent_back(town, collide, collisions):
    for shop in ("Bakery", "Corner"):
        town.anna.check_in(town.customers[shop])
    turns = collide(collisions)
    assert statuses(go(town).pushed.results) == ["applied", "applied"]
    assert (len(turns), count(town.engine, VisitEvent)) == (collisions + 2, 2)


def test_a_push_that_goes_on_colliding_stores_nothing(town, collide):
    town.anna.check_in(town.customers["Bakery"])
    turns = collide(99)
    with pytest.raises(DatabaseMissing):
        go(town)
    assert (len(turns), count(town.engine, Mutation)) == (3, 0)


def test_what_is_no_collision_is_not_tried_again(town, monkeypatch):
    turns = []

    def stumble(*_):
        turns.append(1)
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(exchanging, "push", stumble)
    with pytest.raises(DatabaseMissing):
        go(town)
    assert len(turns) == 1


def test_a_push_behind_a_stuck_transaction_gives_up_as_a_whole(postgresql_engine):
    """Not once for each of its mutations, and not for ever. On SQLite a writer waits before it begins."""
    town = phone_town.build(postgresql_engine)
    impatient = make_engine(town.engine.url.render_as_string(hide_password=False), busy_seconds=0.2)
    for shop in ("Bakery", "Corner"):
        town.anna.check_in(town.customers[shop])
    with transaction(town.engine) as stuck:
        stuck.execute(text("LOCK TABLE visit_event"))
        with pytest.raises(DatabaseMissing, match="lock timeout"):
            exchange(impatient, town.anna.who, parse_batch(town.anna.body()), town.anna.now)
    impatient.dispose()
    assert count(town.engine, Mutation) == 0
