"""Each mutation is done once, answered the same for ever, and none spoils its neighbours."""

from __future__ import annotations

import copy
import json
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import object_session
from worlds import phone as phones
from worlds.answers import codes, count, statuses
from worlds.small_town import NOON

from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.people.models import Device, User
from fieldsales.visits.models import Photo, Visit, VisitEvent
from sync.models import Mutation
from sync.push import WrongDevice
from sync.queries import MutationUnknown, outcome_of


def a_day(town):
    """Queue a check-in, an order, a photo and a check-out at the Bakery; return the visit's id."""
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    town.anna.wait(10)
    town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 2, 589)], visit)
    town.anna.photo(visit)
    town.anna.wait(5)
    town.anna.check_out(visit)
    return visit


def test_a_day_at_one_customer_is_applied(town):
    visit = a_day(town)
    results = town.anna.deliver(town.engine)
    assert statuses(results) == ["applied"] * 4
    assert results[1].result["amount_minor"] == 1178
    assert results[2].result["bytes_needed"] is True
    with reading(town.engine) as session:
        found = session.get_one(Visit, uuid.UUID(visit))
        assert found.checked_out_at - found.checked_in_at == timedelta(minutes=15)


def test_a_lost_answer_is_asked_for_again_and_is_the_same(town):
    a_day(town)
    first = town.anna.send(town.engine)
    town.anna.wait(60)
    again = town.anna.send(town.engine)
    assert [each.replayed for each in again.results] == [True] * 4
    assert [(each.id, each.status, each.result, each.flags) for each in again.results] == [
        (each.id, each.status, each.result, each.flags) for each in first.results
    ]
    assert (count(town.engine, VisitEvent), count(town.engine, Order), count(town.engine, Photo)) == (2, 1, 1)


def test_a_rejection_is_replayed_too(town):
    town.anna.order(town.customers["Bakery"], [])
    first, again = (town.anna.send(town.engine).results[0] for _ in range(2))
    assert (first.status, first.problem["code"]) == ("rejected", "order.invalid")
    assert (again.status, again.problem, again.replayed) == ("rejected", first.problem, True)


def test_the_same_id_with_other_content_is_rejected_and_the_first_stays(town):
    town.anna.check_in(town.customers["Bakery"])
    town.anna.send(town.engine)
    changed = copy.deepcopy(town.anna.queue)
    changed[0]["data"]["customer_id"] = str(town.customers["Corner"])
    [result] = town.anna.send(town.engine, changed).results
    assert (result.status, result.problem["code"], result.replayed) == ("rejected", "mutation.id_taken", False)
    [first] = town.anna.send(town.engine).results
    assert (first.status, first.replayed) == ("applied", True)


def test_what_libraries_change_on_the_way_is_not_other_content(town):
    mutation = town.anna.check_in(town.customers["Bakery"], position=phones.THERE | {"lat": 38.0})
    town.anna.send(town.engine)
    mutation["data"]["position"]["lat"] = 38
    mutation["seq"] += 100
    [again] = town.anna.send(town.engine, [dict(reversed(mutation.items()))]).results
    assert (again.status, again.replayed) == ("applied", True)


def test_one_id_twice_in_a_batch_has_one_effect(town):
    mutation = town.anna.check_in(town.customers["Bakery"])
    other = copy.deepcopy(mutation) | {"seq": 9}
    other["data"]["position"] = None
    results = town.anna.send(town.engine, [mutation, mutation, other]).results
    assert [(each.status, each.replayed) for each in results] == [
        ("applied", False),
        ("applied", True),
        ("rejected", False),
    ]
    assert count(town.engine, VisitEvent) == 1


def test_anothers_mutation_id_is_refused_and_tells_nothing(town):
    town.anna.check_in(town.customers["Bakery"])
    town.anna.send(town.engine)
    stolen = copy.deepcopy(town.anna.queue)
    [result] = town.ben.send(town.engine, stolen).results
    assert (result.status, result.problem["code"], result.result) == ("rejected", "mutation.id_taken", None)
    with reading(town.engine) as session, pytest.raises(MutationUnknown):
        outcome_of(session, result.id, town.ben.who.user_id)


KNOWN = "01a20151-a6b2-78c9-b473-313d4d4be95"
BROKEN = [
    None,
    "nonsense",
    17,
    [],
    {},
    {"id": 5},
    {"id": "not a uuid", "type": "visit.check_in"},
    {"id": f"{KNOWN}1"},
    {"id": f"{KNOWN}2", "type": "note\x00"},
    {"id": f"{KNOWN}3", "text": "\ud800"},
    {"id": f"{KNOWN}4", "data": {"lat": float("nan")}},
    {"id": f"{KNOWN}5", "data": json.loads("[" * 200 + "]" * 200)},
]


def test_broken_mutations_do_not_fail_their_neighbours_and_are_kept(town):
    first, last = town.anna.check_in(town.customers["Bakery"]), town.anna.check_in(town.customers["Corner"])
    results = town.anna.send(town.engine, [first, *BROKEN, last]).results
    assert statuses(results) == ["applied", *["rejected"] * len(BROKEN), "applied"]
    assert codes(results) == [None, *["mutation.malformed"] * len(BROKEN), None]
    assert [each.index for each in results] == list(range(len(results)))
    again = town.anna.send(town.engine, [first, *BROKEN, last]).results
    assert all(each.replayed for each in again)
    assert count(town.engine, Mutation) == len(results)


def test_a_mutation_without_an_id_is_told_what_it_is_stored_as(town):
    [result] = town.anna.send(town.engine, [{"type": "visit.check_in"}]).results
    assert result.id is None
    with reading(town.engine) as session:
        assert session.get_one(Mutation, result.stored_as).payload == {"type": "visit.check_in"}


SPOILT = {
    "extra": lambda each: each.update(extra=1),
    "data.extra": lambda each: each["data"].update(extra=1),
    "latitude": lambda each: each["data"]["position"].update(lat=91),
    "latitude as text": lambda each: each["data"]["position"].update(lat="38.2"),
    "mock": lambda each: each["data"]["position"].update(mock="yes"),
    "no customer": lambda each: each["data"].pop("customer_id"),
    "customer": lambda each: each["data"].update(customer_id="Bakery"),
    "entity type": lambda each: each["entity"].update(type="order"),
    "entity id": lambda each: each["entity"].update(id=str(new_id())),
    "seq": lambda each: each.update(seq=-1),
    "seq as flag": lambda each: each.update(seq=True),
    "version": lambda each: each.update(v=1.5),
    "type": lambda each: each.update(type="Visit Check In"),
    "wall": lambda each: each["at"].update(wall="yesterday"),
    "wall without offset": lambda each: each["at"].update(wall="2026-03-02T12:00:00"),
    "wall of long ago": lambda each: each["at"].update(wall="0001-01-01T00:00:00Z"),
    "counter": lambda each: each["at"].update(mono_ms=10**30),
    "after": lambda each: each.update(after="x"),
    "after what": lambda each: each.update(after=["x"]),
}


def test_a_wrong_shape_is_rejected_and_says_where(town):
    for spoil in SPOILT.values():
        spoil(town.anna.check_in(town.customers["Bakery"]))
    results = town.anna.send(town.engine).results
    told = dict(zip(SPOILT, zip(statuses(results), codes(results), strict=True), strict=True))
    assert told == dict.fromkeys(SPOILT, ("rejected", "mutation.malformed"))
    assert all(":" in each.problem["detail"] or "entity" in each.problem["detail"] for each in results)
    assert count(town.engine, Visit) == 0


def test_an_unknown_type_or_version_is_held_with_its_payload(town):
    future = town.anna.do("visit.levitate", ("visit", new_id()), {"height_m": 3})
    newer = town.anna.check_in(town.customers["Bakery"], v=2)
    results = town.anna.deliver(town.engine)
    assert statuses(results) == ["held", "held"]
    assert codes(results) == ["mutation.unknown_type"] * 2
    with reading(town.engine) as session:
        kept = session.scalars(select(Mutation).order_by(Mutation.seq)).all()
        assert [each.payload for each in kept] == [future, newer]


def test_an_error_of_ours_is_held_and_leaves_no_half_effect(town, monkeypatch):
    """The visit is written before the handler breaks; the savepoint takes it back, the neighbour stays."""
    from fieldsales.visits import service  # noqa: PLC0415

    real = service._raise_flags

    def breaks(visit, flags):
        if visit.id == bad:
            object_session(visit).flush()
            raise ZeroDivisionError
        real(visit, flags)

    bad = uuid.UUID(town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"])
    town.anna.check_in(town.customers["Corner"])
    monkeypatch.setattr(service, "_raise_flags", breaks)
    results = town.anna.deliver(town.engine)
    assert statuses(results) == ["held", "applied"]
    assert codes(results) == ["mutation.internal_error", None]
    with reading(town.engine) as session:
        assert session.get(Visit, bad) is None
        assert session.get_one(Mutation, results[0].id).payload["data"]["visit_id"] == str(bad)


def test_a_database_that_stumbles_asks_for_the_mutation_again(town, monkeypatch):
    from fieldsales.visits import service  # noqa: PLC0415

    def stumbles(*_):
        raise OperationalError("SELECT 1", {}, Exception("deadlock detected"))

    mutation = town.anna.check_in(town.customers["Bakery"])
    with monkeypatch.context() as bad:
        bad.setattr(service, "_raise_flags", stumbles)
        [result] = town.anna.send(town.engine).results
    assert (result.status, result.id) == ("retry", uuid.UUID(mutation["id"]))
    assert count(town.engine, Mutation) == 0
    assert statuses(town.anna.deliver(town.engine)) == ["applied"]


def test_order_within_a_device_is_by_seq_not_by_place_or_time(town):
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    town.anna.check_out(visit)
    results = town.anna.send(town.engine, town.anna.queue[::-1]).results
    assert statuses(results) == ["applied", "applied"]
    assert results[0].flags == ("far_from_customer",)


def test_of_two_arrivals_at_one_visit_the_one_with_the_lower_seq_is_the_first(town):
    """Whatever their place in the batch, and whatever the phone's clock said."""
    first = town.anna.check_in(town.customers["Bakery"])
    town.anna.ahead = timedelta(hours=-9)
    town.anna.boot_id = "boot-2"
    town.anna.check_in(town.customers["Bakery"], uuid.UUID(first["data"]["visit_id"]))
    second, first = town.anna.send(town.engine, town.anna.queue[::-1]).results
    assert "second_check_in" in second.flags
    assert "second_check_in" not in first.flags


def test_a_price_outside_the_band_is_held_for_a_person(town):
    town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 1, 400)])
    [result] = town.anna.deliver(town.engine)
    assert (result.status, result.problem["code"]) == ("held", "order.price_out_of_band")
    assert result.problem["lines"][0]["ours_minor"] == 589
    assert count(town.engine, Order) == 0


def test_the_batch_must_be_the_devices_own(town):
    town.anna.installation = "phone of ben"
    with pytest.raises(WrongDevice):
        town.anna.send(town.engine)


def test_the_device_is_known_by_what_it_last_ran(town):
    town.anna.wait(30)
    town.anna.send(town.engine)
    with reading(town.engine) as session:
        device = session.get_one(Device, town.anna.who.device_id)
        assert (device.app_version, device.last_seen_at) == ("1.0", NOON + timedelta(minutes=30))


def test_a_reinstalled_app_is_answered_on_its_new_device(town):
    a_day(town)
    town.anna.send(town.engine)
    with transaction(town.engine) as session:
        fresh = phones.give(session, session.get_one(User, town.anna.who.user_id), NOON, "a new phone")
    again = fresh.send(town.engine, town.anna.queue)
    assert [(each.status, each.replayed) for each in again.results] == [("applied", True)] * 4
