"""How each device fares, as its pushes and pulls tell."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session
from worlds.small_town import NOON

from fieldsales.db.paging import PageWanted
from fieldsales.db.session import reading, transaction
from fieldsales.people.models import Role
from fieldsales.people.rules import Actor
from sync.batch import parse_batch
from sync.devices import fares, hear_pull
from sync.models import DeviceHealth, Mutation
from sync.push import push


def send(town, phone, now=None, **more):
    """Push the queue with further fields of the envelope."""
    with transaction(town.engine) as session:
        return push(session, phone.who, parse_batch(phone.body(**more)), now or phone.now)


def health(town, phone) -> DeviceHealth:
    with reading(town.engine) as session:
        return session.get_one(DeviceHealth, phone.who.device_id)


def fare(session: Session, town, phone):
    """How the phone fares in its own rep's eyes."""
    page = fares(session, Actor(phone.who.user_id, Role.REP, uuid.uuid4()), PageWanted())
    [found] = [each for each in page.items if each.device.id == phone.who.device_id]
    return found


def test_a_push_tells_of_the_queue_and_one_that_says_nothing_leaves_what_was_told(town):
    for told, known in ((7, 7), (None, 7), (0, 0)):
        send(town, town.anna, queued=told)
        assert (health(town, town.anna).queued, health(town, town.anna).pushed_at) == (known, NOON)


def test_the_fastest_batch_of_a_boot_dates_what_slower_ones_bring(town):
    send(town, town.anna)
    town.anna.check_in(town.customers["Bakery"])
    town.anna.wait(30)
    send(town, town.anna, now=town.anna.now + timedelta(seconds=40))
    with reading(town.engine) as session:
        mutation = session.get_one(Mutation, uuid.UUID(town.anna.queue[0]["id"]))
        assert (mutation.at, mutation.skew_ms) == (NOON, 0)


def test_a_clock_that_is_off_or_was_set_back_between_two_pushes_is_flagged(town):
    send(town, town.anna)
    seen = []
    for ahead in (timedelta(0), -timedelta(minutes=10), -timedelta(minutes=10)):
        town.anna.ahead = ahead
        town.anna.wait(1)
        send(town, town.anna)
        seen.append(health(town, town.anna).clock_flags)
    assert seen == [[], ["clock_skew", "clock_moved"], ["clock_skew"]]
    assert health(town, town.anna).skew_ms == -600_000


def test_a_pull_and_a_push_tell_how_far_behind_the_feed_a_device_is(town):
    town.anna.pull(town.engine)
    with transaction(town.engine) as session:
        hear_pull(session, town.anna.who, town.anna.cursor, NOON)
    with reading(town.engine) as session:
        current = fare(session, town, town.anna).behind
    for _ in range(3):
        town.ben.check_in(town.customers["Fish"])
        town.ben.deliver(town.engine)
    with reading(town.engine) as session:
        assert fare(session, town, town.anna).behind >= current + 3
        assert fare(session, town, town.anna).health.pulled_at == NOON
    before = health(town, town.anna).cursor_tx
    town.anna.pull(town.engine)
    send(town, town.anna, cursor=town.anna.cursor)
    assert health(town, town.anna).cursor_tx >= before + 3


@pytest.mark.parametrize("cursor", ["nonsense", None])
def test_a_cursor_that_is_none_tells_nothing(town, cursor):
    send(town, town.anna, cursor=cursor)
    assert health(town, town.anna).cursor_tx is None
    with reading(town.engine) as session:
        assert fare(session, town, town.anna).behind is None


def test_another_reps_cursor_tells_nothing(town):
    town.ben.pull(town.engine)
    send(town, town.anna, cursor=town.ben.cursor)
    assert health(town, town.anna).cursor_tx is None


def test_what_is_held_counts_as_under_review(town):
    town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 1, 9999)])
    town.anna.check_in(town.customers["Bakery"])
    town.anna.deliver(town.engine)
    with reading(town.engine) as session:
        found = fare(session, town, town.anna)
        assert (found.held, found.under_review) == (1, 1)
        assert fare(session, town, town.ben).health is None
