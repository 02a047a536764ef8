"""RxDB pushes states: what they tell is done once, and RxDB settles whatever becomes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select
from worlds import small_town
from worlds.rx_collection import RxCollection

from fieldsales.customers.models import Customer
from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.receivables.models import Payment
from sync.models import Mutation, Way

CAME = "2026-03-02T11:00:00+00:00"
WENT = "2026-03-02T11:30:00+00:00"
THERE = {"lat": 38.24, "lon": 21.72, "accuracy_m": 8.0}


@pytest.fixture
def collections(town):
    """Anna's collections, made as they are asked for."""
    return lambda entity: RxCollection(town.engine, town.anna.who, entity, small_town.NOON)


def count(town, model):
    with reading(town.engine) as session:
        return session.scalar(select(func.count()).select_from(model))


def order_of(town, quantity=2, price=589, **more):
    lines = [{"product_id": str(town.products["coffee"]), "quantity": quantity, "unit_price_minor": price}]
    told = {"customer_id": str(town.customers["Bakery"]), "currency": "EUR", "lines": lines, "ordered_at": CAME}
    return told | more


def test_a_visit_that_began_and_ended_offline_is_both(town, collections):
    visits = collections("visit")
    key = visits.put(
        new_id(),
        customer_id=str(town.customers["Bakery"]),
        checked_in_at=CAME,
        check_in_position=THERE,
        checked_out_at=WENT,
        check_out_position=THERE,
        summary="Shelf filled.",
    )
    assert [each.status for each in visits.send()] == ["applied"] * 3
    visits.receive()
    assert visits.told == []
    held = visits.alive()[key]
    assert (held["checked_in_at"], held["checked_out_at"], held["summary"]) == (CAME, WENT, "Shelf filled.")
    assert [each["kind"] for each in held["events"]] == ["check_in", "check_out"]
    with reading(town.engine) as session:
        assert {each.way for each in session.scalars(select(Mutation))} == {Way.RXDB}


def test_a_visit_that_is_sent_twice_on_its_way_tells_only_what_is_new(town, collections):
    visits = collections("visit")
    key = visits.put(new_id(), customer_id=str(town.customers["Bakery"]), checked_in_at=CAME, check_in_position=THERE)
    visits.send()
    visits.receive()
    visits.put(key, checked_out_at=WENT, check_out_position=None, summary="Done.")
    assert [each.status for each in visits.send()] == ["applied", "applied"]
    visits.put(key, summary="Done. And more.")
    visits.send()
    visits.receive()
    assert visits.told == []
    assert visits.alive()[key]["summary"].split() == ["Done.", "And", "more."]
    assert count(town, Mutation) == 4


@pytest.mark.parametrize("pulls_first", [False, True])
def test_a_lost_answer_is_a_replay_and_the_phone_ends_with_our_document(town, collections, pulls_first):
    """Also where our document came already and was passed over, as the phone's own was unsent."""
    orders = collections("order")
    key = orders.put(new_id(), **order_of(town))
    orders.send(answered=False)
    if pulls_first:
        orders.receive()
    orders.now = orders.now.replace(hour=15)
    assert [each.replayed for each in orders.send()] == [True]
    orders.receive()
    assert count(town, Order) == 1
    assert orders.alive()[key]["ordered_on"] == "2026-03-02"
    assert orders.fork == orders.master


def test_what_has_no_time_of_its_own_is_a_replay_as_well(town, collections):
    notes = collections("note")
    notes.put(new_id(), customer_id=str(town.customers["Bakery"]), text="Ask for the owner.")
    notes.send(answered=False)
    notes.now = notes.now.replace(hour=15)
    assert [(each.status, each.replayed) for each in notes.send()] == [("applied", True)]


def test_a_refused_document_is_taken_back_and_the_outbox_says_why(town, collections):
    payments = collections("payment")
    key = payments.put(
        new_id(),
        customer_id=str(town.customers["Bakery"]),
        method="cash",
        currency="EUR",
        amount_minor=-5,
        paid_at=CAME,
    )
    assert [each.status for each in payments.send()] == ["rejected"]
    assert payments.told == [{"id": key, "_deleted": True}]
    assert payments.alive() == {}
    payments.receive()
    assert payments.send() == ()
    outbox = collections("mutation")
    outbox.receive()
    (why,) = outbox.alive().values()
    assert why["status"] == "rejected"
    assert why["outcome"]["problem"]["code"]
    assert (why["entity"], why["data"]["amount_minor"]) == ({"type": "payment", "id": key}, -5)
    assert count(town, Payment) == 0


def test_an_order_that_waits_for_its_visit_stays_and_is_done_when_that_comes(town, collections):
    visits, orders = collections("visit"), collections("order")
    visit = visits.put(new_id(), customer_id=str(town.customers["Bakery"]), checked_in_at=CAME, check_in_position=None)
    key = orders.put(new_id(), **order_of(town, visit_id=visit))
    assert [each.status for each in orders.send()] == ["held"]
    orders.receive()
    assert list(orders.alive()) == [key]
    visits.send()
    orders.receive()
    assert orders.alive()[key]["amount_minor"] == 1178
    assert orders.told == []


def test_an_order_that_waits_for_a_person_cannot_be_edited_but_stays(town, collections):
    orders = collections("order")
    key = orders.put(new_id(), **order_of(town, price=100))
    assert [each.status for each in orders.send()] == ["held"]
    before = orders.fork[key]
    orders.put(key, lines=[])
    orders.send()
    assert orders.alive()[key] == before


def test_what_is_discarded_in_the_end_is_taken_back_by_the_pull(town, collections):
    orders = collections("order")
    orders.put(new_id(), **order_of(town, price=100))
    orders.send()
    orders.receive()
    assert len(orders.alive()) == 1
    with transaction(town.engine) as session:
        session.scalars(select(Mutation)).one().status = "rejected"
    orders.receive()
    assert orders.alive() == {}


def test_a_cancelled_order_is_called_off_and_no_other_edit_of_it_is_taken(town, collections):
    orders = collections("order")
    key = orders.put(new_id(), **order_of(town))
    orders.send()
    orders.receive()
    orders.put(key, amount_minor=1)
    orders.send()
    assert orders.alive()[key]["amount_minor"] == 1178
    orders.put(key, state="cancelled", reason="Shop closed.")
    assert [each.status for each in orders.send()] == ["applied"]
    orders.receive()
    assert orders.alive()[key]["state"] == "cancelled"


def test_edits_of_a_customer_meet_field_by_field_and_the_loser_is_told(town, collections):
    customers = collections("customer")
    customers.receive()
    key = str(town.customers["Bakery"])
    with transaction(town.engine) as session:
        theirs = session.get_one(Customer, town.customers["Bakery"])
        theirs.phone, theirs.version = "+30 1", theirs.version + 1
    customers.put(key, city="Patras")
    customers.send()
    customers.receive()
    assert (customers.alive()[key]["city"], customers.alive()[key]["phone"]) == ("Patras", "+30 1")
    assert customers.told == []
    with transaction(town.engine) as session:
        theirs = session.get_one(Customer, town.customers["Bakery"])
        theirs.phone, theirs.version = "+30 2", theirs.version + 1
    customers.put(key, phone="+30 3", city="Rio")
    customers.send()
    (ours,) = customers.told
    assert (ours["phone"], ours["city"]) == ("+30 2", "Rio")
    outbox = collections("mutation")
    outbox.receive()
    assert [each["outcome"]["result"]["kept"]["phone"]["yours"] for each in outbox.alive().values()] == ["+30 3"]
