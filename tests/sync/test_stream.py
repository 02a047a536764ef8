"""Whoever listens hears that there is news, at once to begin with, and keeps nothing busy meanwhile."""

from __future__ import annotations

import threading
import uuid
from contextlib import ExitStack

import pytest
from sqlalchemy import select

from fieldsales.catalog.models import Product
from fieldsales.changes.service import new_epoch
from fieldsales.customers.models import Assignment, Customer
from fieldsales.db.session import transaction
from fieldsales.errors import Forbidden
from sync import stream
from sync.stream import MOST_OF_ONE, Listener, Streams, StreamsFull, TooManyStreams

SOON_S = 0.02


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Look more often than a server would."""
    monkeypatch.setattr(stream, "POLL_S", SOON_S)


@pytest.fixture
def streams(town):
    """The streams of a process; they end with the test."""
    streams = Streams(town.engine, most=8, life_s=20)
    yield streams
    streams.end()


def anna(town, entities=None, check=lambda session: None):
    return Listener(town.anna.who.user_id, entities, check)


def rename(town, name):
    with transaction(town.engine) as session:
        session.get_one(Customer, town.customers[name]).name = "Renamed"


def test_there_is_news_to_begin_with_and_whenever_something_in_scope_changes(town, streams):
    news = streams.listen(anna(town))
    assert next(news)
    for change in (lambda: rename(town, "Bakery"), lambda: town.anna.check_in(town.customers["Corner"])):
        change()
        town.anna.deliver(town.engine)
        assert next(news)


@pytest.mark.parametrize("kept", ["other customers", "other collections"])
def test_what_is_out_of_scope_is_no_news(town, streams, monkeypatch, kept):
    monkeypatch.setattr(stream, "QUIET_S", 5 * SOON_S)
    news = streams.listen(anna(town, frozenset({"product"}) if kept == "other collections" else None))
    assert next(news)
    rename(town, "Fish" if kept == "other customers" else "Bakery")
    assert [next(news) for _ in range(3)] == [False] * 3
    with transaction(town.engine) as session:
        session.get_one(Product, town.products["soap"]).price_minor = 1
    assert any(next(news) for _ in range(3))


def test_a_customer_that_is_taken_away_is_news(town, streams):
    news = streams.listen(anna(town, frozenset({"visit"})))
    town.anna.check_in(town.customers["Bakery"])
    town.anna.deliver(town.engine)
    assert next(news)
    with transaction(town.engine) as session:
        mine = session.scalars(select(Assignment).where(Assignment.customer_id == town.customers["Bakery"])).one()
        mine.ended_at = town.anna.now
    assert next(news)


def test_a_restored_database_is_news(town, streams):
    news = streams.listen(anna(town))
    next(news)
    with transaction(town.engine) as session:
        new_epoch(session)
    assert next(news)


def test_no_connection_is_held_while_somebody_listens(town, streams):
    news = [streams.listen(anna(town)) for _ in range(3)]
    for each in news:
        next(each)
    assert town.engine.pool.checkedout() == 0


def test_a_stream_ends_when_its_time_is_up(town):
    assert list(Streams(town.engine, most=1, life_s=3 * SOON_S).listen(anna(town))) == [True]


def test_a_stream_ends_when_the_server_stops(town, streams):
    news = streams.listen(anna(town))
    next(news)
    threading.Timer(2 * SOON_S, streams.end).start()
    assert list(news) == []
    with pytest.raises(StreamsFull):
        streams.check_room(town.anna.who.user_id)


def test_a_stream_ends_when_its_person_is_locked_out(town, streams, monkeypatch):
    monkeypatch.setattr(stream, "QUIET_S", 0.0)

    def refuse(_session):
        raise Forbidden("gone")

    assert list(streams.listen(anna(town, check=refuse))) == [True]


def test_a_stream_ends_when_the_database_does_not_answer(town, streams, monkeypatch):
    news = streams.listen(anna(town))
    next(news)
    with transaction(town.engine) as session:
        session.connection().exec_driver_sql("ALTER TABLE feed_clock RENAME TO gone")
    try:
        assert list(news) == []
    finally:
        with town.engine.begin() as connection:
            connection.exec_driver_sql("ALTER TABLE gone RENAME TO feed_clock")


def test_one_person_and_one_process_have_so_many_and_an_ended_one_makes_room(town):
    streams = Streams(town.engine, most=MOST_OF_ONE + 1, life_s=20)
    news = [streams.listen(anna(town)) for _ in range(MOST_OF_ONE)]
    for each in news:
        streams.check_room(town.anna.who.user_id)
        next(each)
    with pytest.raises(TooManyStreams, match="4 streams"):
        streams.check_room(town.anna.who.user_id)
    others = streams.listen(Listener(uuid.uuid4(), None, lambda session: None))
    next(others)
    with pytest.raises(StreamsFull):
        streams.check_room(town.ben.who.user_id)
    assert list(streams.listen(anna(town))) == []  # came in between the check and here
    news[0].close()
    others.close()
    streams.check_room(town.anna.who.user_id)


def test_where_the_newest_stays_the_oldest_of_the_same_person_makes_room_for_it(town):
    streams, who = Streams(town.engine, most=MOST_OF_ONE + 1, life_s=20), town.anna.who.user_id
    with ExitStack() as open_ones:
        phone = open_ones.enter_context(streams.place(who))
        tabs = [open_ones.enter_context(streams.place(who, newest_stays=True)) for _ in range(MOST_OF_ONE)]
        assert [tab.gone.is_set() for tab in tabs] == [True, False, False, False]
        other = open_ones.enter_context(streams.place(town.ben.who.user_id, newest_stays=True))
        streams.check_room(who, newest_stays=True)
        tabs.append(open_ones.enter_context(streams.place(who, newest_stays=True)))
        assert [tab.gone.is_set() for tab in tabs] == [True, True, False, False, False]
        assert [seat.gone.is_set() for seat in (phone, other)] == [False, False]
        assert open_ones.enter_context(streams.place(uuid.uuid4(), newest_stays=True)) is None
    streams.check_room(who)


def test_all_who_listen_look_at_the_feed_together(town, monkeypatch):
    monkeypatch.setattr(stream, "POLL_S", 60)
    looks = []
    horizon = stream.queries.horizon
    monkeypatch.setattr(stream.queries, "horizon", lambda session: looks.append(1) or horizon(session))
    streams = Streams(town.engine, most=8, life_s=20)
    for _ in range(4):
        next(streams.listen(anna(town)))
    assert len(looks) == 1
