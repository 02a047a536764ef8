"""Pushes that meet, and servers that die: one effect, one answer, both or neither."""

from __future__ import annotations

import threading
import uuid

import pytest
from sqlalchemy.orm import Session
from worlds import phone as phones
from worlds.answers import codes, count, statuses
from worlds.small_town import NOON

from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.people.models import User
from fieldsales.visits.models import Visit, VisitEvent
from sync import push as pushing
from sync.batch import parse_batch
from sync.models import Mutation
from sync.queries import outcome_of


def a_day(town):
    """Queue a check-in, an order, a photo and a check-out at the Bakery; return the visit's id."""
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    town.anna.wait(10)
    town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 2, 589)], visit)
    town.anna.photo(visit)
    town.anna.wait(5)
    town.anna.check_out(visit)
    return visit


def test_simultaneous_pushes_of_one_batch_have_one_effect(town):
    """On PostgreSQL the second waits for the first and then replays; on SQLite writers queue anyway."""
    for shop in ("Bakery", "Corner", "Dairy"):
        visit = town.anna.check_in(town.customers[shop])["data"]["visit_id"]
        town.anna.order(town.customers[shop], [(town.products["soap"], 1, 189)], visit)
    answers = []
    start = threading.Barrier(4)

    def send():
        start.wait()
        answers.append(town.anna.send(town.engine))

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 4
    assert all(statuses(each.results) == ["applied"] * 6 for each in answers)
    assert sorted(each.results[0].replayed for each in answers) == [False, True, True, True]
    assert (count(town.engine, VisitEvent), count(town.engine, Order)) == (3, 3)


def test_a_dependent_and_its_dependency_on_two_devices_cannot_miss_each_other(town):
    """Neither sees the other's uncommitted rows; so a user's pushes queue up, and the later one finds the earlier."""
    with transaction(town.engine) as session:
        second = phones.give(session, session.get_one(User, town.anna.who.user_id), NOON, "second phone")
    check_in = town.anna.check_in(town.customers["Bakery"])
    order = second.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], check_in["data"]["visit_id"])
    with Session(town.engine) as early:
        pushing.push(early, second.who, parse_batch(second.body()), NOON)
        late = threading.Thread(target=town.anna.send, args=(town.engine,))
        late.start()
        late.join(0.3)
        early.commit()
    late.join()
    with reading(town.engine) as session:
        assert outcome_of(session, uuid.UUID(order["id"]), second.who.user_id).status == "applied"
    assert count(town.engine, Order) == 1


@pytest.mark.parametrize("kind", ["visit", "order", "photo"])
def test_of_two_reps_who_make_the_same_id_at_once_the_later_is_refused(town, kind):
    """The later one does not see the other's uncommitted row; it meets it when it writes."""
    answers, identity = [], str(new_id())
    for phone, shop in ((town.anna, "Bakery"), (town.ben, "Fish")):
        visit = phone.check_in(town.customers[shop])["data"]["visit_id"]
        if kind != "visit":
            phone.deliver(town.engine)
            soap = [(town.products["soap"], 1, 189)]
            phone.order(town.customers[shop], soap) if kind == "order" else phone.photo(visit)
        phone.queue[0]["entity"]["id"] = phone.queue[0]["data"][f"{kind}_id"] = identity
    with Session(town.engine) as early:
        pushing.push(early, town.anna.who, parse_batch(town.anna.body()), NOON)
        late = threading.Thread(target=lambda: answers.extend(town.ben.deliver(town.engine)))
        late.start()
        late.join(0.3)
        early.commit()
    late.join()
    assert codes(answers) == [f"{kind}.id_taken"]
    assert statuses(answers) == ["rejected"]


def test_the_outcome_and_the_effect_are_durable_together(town, monkeypatch):
    """A server that dies before the commit has recorded nothing: sending again does the work."""

    class Killed(BaseException):
        pass

    a_day(town)
    real = pushing._answer

    def die(*_):
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(pushing, "_answer", die)
        with pytest.raises(Killed):
            town.anna.send(town.engine)
    assert pushing._answer is real
    assert (count(town.engine, Mutation), count(town.engine, Visit)) == (0, 0)
    assert [each.replayed for each in town.anna.deliver(town.engine)] == [False] * 4
