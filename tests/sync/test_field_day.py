"""What a rep does beside selling: each verb once through a phone, and what its documents say."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from worlds.answers import statuses

from fieldsales.customers.models import Assignment
from fieldsales.db.session import transaction


@pytest.fixture
def soap(town):
    return town.products["soap"]


def test_a_whole_day_reaches_the_phone_as_documents(town, soap):
    anna, bakery = town.anna, town.customers["Bakery"]
    visit = anna.check_in(bakery)["data"]["visit_id"]
    order = anna.order(bakery, [(soap, 10, 189)], visit)["data"]["order_id"]
    amended = anna.amend(order, [(soap, 8, 189)])["data"]["order_id"]
    back = anna.give_back(bakery, [(soap, 2, 189)], amended, visit)["data"]["return_id"]
    gift = anna.gift(bakery, [(soap, 1)], visit)["data"]["gift_id"]
    payment = anna.collect(bakery, 1000, visit)["data"]["payment_id"]
    note = anna.note(bakery, "Wants tea.", visit)["data"]["note_id"]
    anna.summarize(visit, summary="Went well.", cause_code="overstocked")
    anna.track([{"ago_ms": 1000, "lat": 38.2, "lon": 21.7}])
    results = anna.deliver(town.engine)
    assert statuses(results) == ["applied"] * 9
    assert [(each.problem, each.flags) for each in results[1:]] == [(None, ())] * 8
    anna.pull(town.engine)

    def held(entity, identity):
        return anna.store[entity, uuid.UUID(identity)]

    assert held("order", order)["state"] == "amended"
    assert (held("order", amended)["state"], held("order", amended)["amends_id"]) == ("placed", order)
    assert held("order", amended)["amount_minor"] == 8 * 189
    returned = held("order", back)
    assert (returned["kind"], returned["amount_minor"], returned["against_id"]) == ("return", -2 * 189, amended)
    assert [(line["quantity"], line["condition"]) for line in returned["lines"]] == [(-2, "damaged")]
    assert (held("order", gift)["kind"], held("order", gift)["amount_minor"]) == ("gift", 0)
    assert (held("payment", payment)["amount_minor"], held("payment", payment)["method"]) == (1000, "cash")
    assert held("note", note)["text"] == "Wants tea."
    told = held("visit", visit)
    assert (told["summary"], told["cause_code"]) == ("Went well.", "overstocked")


def test_what_was_done_in_the_field_comes_and_goes_with_the_customer(town, soap):
    bakery, kinds = town.customers["Bakery"], ("note", "order", "payment", "visit")
    visit = town.anna.check_in(bakery)["data"]["visit_id"]
    town.anna.note(bakery, "Wants tea.", visit)
    town.anna.collect(bakery, 1000, visit)
    town.anna.gift(bakery, [(soap, 1)], visit)
    town.anna.deliver(town.engine)
    for phone in (town.anna, town.ben):
        phone.pull(town.engine)

    def held(phone):
        return sorted(entity for entity, _ in phone.store if entity in kinds)

    assert (held(town.anna), held(town.ben)) == (list(kinds), [])
    with transaction(town.engine) as session:
        session.scalars(select(Assignment).where(Assignment.customer_id == bakery)).one().rep_id = town.ben.who.user_id
    for phone in (town.anna, town.ben):
        phone.pull(town.engine)
    assert (held(town.anna), held(town.ben)) == ([], list(kinds))
    town.ben.collect(bakery, 5)
    town.ben.deliver(town.engine)
    town.ben.pull(town.engine)
    assert held(town.ben) == sorted([*kinds, "payment"])


def test_what_a_rep_did_carries_what_was_odd_about_the_clock(town, soap):
    """The phone runs three hours ahead."""
    bakery = town.customers["Bakery"]
    town.anna.ahead = timedelta(hours=3)
    visit = town.anna.check_in(bakery)["data"]["visit_id"]
    order = town.anna.order(bakery, [(soap, 2, 189)])["data"]["order_id"]
    town.anna.amend(order, [(soap, 1, 189)])
    town.anna.cancel(town.anna.give_back(bakery, [(soap, 1, 189)])["data"]["return_id"])
    town.anna.gift(bakery, [(soap, 1)])
    town.anna.collect(bakery, 1)
    town.anna.note(bakery, "Tea.")
    town.anna.summarize(visit, cause_code="closed")
    town.anna.track([{"ago_ms": 0, "lat": 0, "lon": 0}])
    results = town.anna.deliver(town.engine)
    assert [each.flags[0] for each in results] == ["clock_skew"] * 10
    town.anna.pull(town.engine)
    marked = [each["flags"] for (entity, _), each in town.anna.store.items() if entity in ("order", "note", "payment")]
    assert [flags[0] for flags in marked] == ["clock_skew"] * 6
