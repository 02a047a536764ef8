"""What is about an order, a visit or a shop that has not arrived waits for it; money waits for the customer only."""

from __future__ import annotations

import uuid

import pytest
from worlds.answers import codes, count, statuses

from fieldsales.db.base import new_id
from fieldsales.db.session import reading
from fieldsales.notes.models import Note
from fieldsales.orders.models import Order
from fieldsales.receivables.models import Payment
from sync.queries import outcome_of


def fate(town, mutation):
    with reading(town.engine) as session:
        return outcome_of(session, uuid.UUID(mutation["id"]), town.anna.who.user_id)


def soap(town, quantity=1):
    return [(town.products["soap"], quantity, 189)]


def propose(phone, shop):
    data = {"customer_id": str(shop), "name": "Kiosk at the port", "position": None}
    return phone.do("customer.propose", ("customer", shop), data)


def test_what_is_about_a_new_shop_waits_for_its_proposal(town):
    shop = new_id()
    early = [
        town.anna.collect(shop, 500),
        town.anna.note(shop, "Sells tea."),
        town.anna.gift(shop, [(town.products["soap"], 1)]),
        town.anna.give_back(shop, [(town.products["soap"], 1, 199)]),
    ]
    results = town.anna.send(town.engine, early).results
    assert codes(results) == ["mutation.waiting"] * 4
    assert all(each.problem["waits_for"] == [str(shop)] for each in results)
    assert statuses(town.anna.send(town.engine, [propose(town.anna, shop)]).results) == ["applied"]
    assert [fate(town, each).status for each in early] == ["applied"] * 4
    assert (count(town.engine, Payment), count(town.engine, Note), count(town.engine, Order)) == (1, 1, 2)


def test_what_is_about_a_visit_waits_for_it_and_money_does_not(town):
    bakery = town.customers["Bakery"]
    check_in = town.anna.check_in(bakery)
    visit = check_in["data"]["visit_id"]
    early = [
        town.anna.summarize(visit, cause_code="closed"),
        town.anna.note(bakery, "Sells tea.", visit),
        town.anna.gift(bakery, [(town.products["soap"], 1)], visit),
        town.anna.give_back(bakery, soap(town), visit_id=visit),
    ]
    money = town.anna.collect(bakery, 500, visit)
    assert codes(town.anna.send(town.engine, early).results) == ["mutation.waiting"] * 4
    [paid] = town.anna.send(town.engine, [money]).results
    assert (paid.status, paid.flags) == ("applied", ("visit_unknown",))
    town.anna.send(town.engine, [check_in])
    assert [fate(town, each).status for each in early] == ["applied"] * 4


def test_a_chain_of_amendments_is_done_in_its_own_order_however_it_arrives(town):
    first = town.anna.order(town.customers["Bakery"], soap(town, 9))
    second = town.anna.amend(first["data"]["order_id"], soap(town, 7))
    third = town.anna.amend(second["data"]["order_id"], soap(town, 5))
    back = town.anna.give_back(town.customers["Bakery"], soap(town, 5), third["data"]["order_id"])
    cancel = town.anna.cancel(back["data"]["return_id"])
    for mutation in (cancel, back, third, second):
        assert codes(town.anna.send(town.engine, [mutation]).results) == ["mutation.waiting"]
    town.anna.send(town.engine, [first])
    assert [fate(town, each).status for each in (second, third, back, cancel)] == ["applied"] * 4
    town.anna.pull(town.engine)
    held = {str(key[1]): each["state"] for key, each in town.anna.store.items() if key[0] == "order"}
    assert held == {
        first["data"]["order_id"]: "amended",
        second["data"]["order_id"]: "amended",
        third["data"]["order_id"]: "placed",
        back["data"]["return_id"]: "cancelled",
    }


def test_an_amendment_beyond_the_band_is_held_and_the_order_goes_on_standing(town):
    order = town.anna.order(town.customers["Bakery"], soap(town, 9))
    town.anna.amend(order["data"]["order_id"], [(town.products["soap"], 9, 100)])
    assert codes(town.anna.deliver(town.engine)) == [None, "order.price_out_of_band"]
    town.anna.pull(town.engine)
    [held] = [each for key, each in town.anna.store.items() if key[0] == "order"]
    assert (held["state"], held["amount_minor"]) == ("placed", 9 * 189)


def test_more_than_was_sold_is_held_with_the_facts(town):
    order = town.anna.order(town.customers["Bakery"], soap(town, 2))["data"]["order_id"]
    town.anna.give_back(town.customers["Bakery"], soap(town, 3), order)
    _, result = town.anna.deliver(town.engine)
    assert (result.status, result.problem["code"]) == ("held", "return.more_than_sold")
    assert result.problem["products"][0]["units_left"] == 2


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ({"amount_minor": 0}, "payment.invalid"),
        ({"amount_minor": 1.5}, "mutation.malformed"),
        ({"currency": "ZZZ"}, "money.unknown_currency"),
        ({"method": "shells"}, "mutation.malformed"),
        ({"reference": "x" * 81}, "mutation.malformed"),
        ({"tip": 1}, "mutation.malformed"),
    ],
)
def test_money_that_cannot_be_is_refused_and_kept_as_it_was_sent(town, spoil, code):
    town.anna.collect(town.customers["Bakery"], 500)["data"].update(spoil)
    assert codes(town.anna.deliver(town.engine)) == [code]
    assert count(town.engine, Payment) == 0
