"""One round trip: mutations up, the first page of changes down."""

from __future__ import annotations

import pytest
from worlds.answers import count, statuses

from fieldsales.db.engine import DatabaseMissing
from sync import exchange as exchanging
from sync.batch import parse_batch
from sync.cursor import CursorExpired, CursorInvalid
from sync.exchange import exchange
from sync.models import Mutation
from sync.push import WrongDevice


def go(town, **more):
    return exchange(town.engine, town.anna.who, parse_batch(town.anna.body(**more)), town.anna.now)


def test_changes_come_only_where_wanted(town):
    town.anna.check_in(town.customers["Bakery"])
    done = go(town)
    assert (statuses(done.pushed.results), done.changes, done.lost) == (["applied"], None, None)


def test_what_was_just_done_is_among_the_changes(town):
    town.anna.pull(town.engine)
    town.anna.check_in(town.customers["Bakery"])
    done = go(town, want_changes=True, cursor=town.anna.cursor)
    assert [change.entity for change in done.changes.changes] == ["visit"]
    town.anna.apply(done.changes)
    assert town.anna.pull(town.engine) == 0


@pytest.mark.parametrize(("cursor", "lost"), [("garbage", CursorInvalid), (None, CursorExpired)])
def test_a_worthless_cursor_does_not_undo_the_push(town, cursor, lost):
    town.ben.pull(town.engine)
    town.anna.check_in(town.customers["Bakery"])
    done = go(town, want_changes=True, cursor=cursor or town.ben.cursor)
    assert statuses(done.pushed.results) == ["applied"]
    assert isinstance(done.lost, lost)
    assert count(town.engine, Mutation) == 1


def test_a_refused_batch_leaves_nothing(town):
    town.anna.check_in(town.customers["Bakery"])
    town.anna.installation = "somebody else's"
    with pytest.raises(WrongDevice):
        go(town)
    assert count(town.engine, Mutation) == 0


def test_a_database_that_stumbles_over_the_changes_does_not_undo_the_push(town, monkeypatch):
    """Any other status than 200 means that nothing was stored; so what is durable must be answered."""

    def stumble(*_):
        raise DatabaseMissing("The database does not answer.")

    monkeypatch.setattr(exchanging, "pull", stumble)
    town.anna.check_in(town.customers["Bakery"])
    done = go(town, want_changes=True)
    assert (statuses(done.pushed.results), done.changes) == (["applied"], None)
    assert isinstance(done.lost, DatabaseMissing)
    assert count(town.engine, Mutation) == 1
