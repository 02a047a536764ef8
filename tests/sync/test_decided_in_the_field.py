"""What a person decides about amendments, returns and money that left the policy."""

from __future__ import annotations

import uuid

import pytest
from worlds.answers import codes, statuses
from worlds.small_town import NOON

from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order, OrderState
from sync.models import Mutation, Review, Status
from sync.review.service import Action, RulesRefuse, Ruling, decide


def rule(town, mutation, action, **more):
    with transaction(town.engine) as session:
        decide(session, uuid.UUID(mutation["id"]), Ruling(Action(action), **more), by=None, now=NOON)
    with reading(town.engine) as session:
        return session.get_one(Mutation, uuid.UUID(mutation["id"]))


@pytest.fixture
def sale(town):
    order = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 10, 189)])["data"]["order_id"]
    assert statuses(town.anna.deliver(town.engine)) == ["applied"]
    return order


def order_of(town, mutation, key):
    with reading(town.engine) as session:
        return session.get_one(Order, uuid.UUID(mutation["data"][key]))


def test_an_amendment_beyond_the_band_takes_the_place_once_it_is_accepted(town, sale):
    amended = town.anna.amend(sale, [(town.products["soap"], 10, 150)])
    assert codes(town.anna.deliver(town.engine)) == ["order.price_out_of_band"]
    assert rule(town, amended, "accept").status is Status.APPLIED
    assert order_of(town, amended, "order_id").amount_minor == 1500
    assert order_of(town, amended, "amends_id").state is OrderState.AMENDED


def test_an_amendment_that_came_too_late_is_refused_even_if_accepted(town, sale):
    held = town.anna.amend(sale, [(town.products["soap"], 10, 150)])
    town.anna.deliver(town.engine)
    town.anna.amend(sale, [(town.products["soap"], 9, 189)])
    assert statuses(town.anna.deliver(town.engine)) == ["applied"]
    with pytest.raises(RulesRefuse):
        rule(town, held, "accept")


def test_more_than_was_sold_comes_back_once_it_is_accepted_or_corrected(town, sale):
    first = town.anna.give_back(town.customers["Bakery"], [(town.products["soap"], 11, 189)], sale)
    second = town.anna.give_back(town.customers["Bakery"], [(town.products["soap"], 12, 189)], sale)
    assert codes(town.anna.deliver(town.engine)) == ["return.more_than_sold"] * 2
    lines = [{"product_id": str(town.products["soap"]), "quantity": 2, "unit_price_minor": 189}]
    fewer = first["data"] | {"lines": lines, "total_minor": 378}
    assert rule(town, first, "apply", reason="Counted again.", data=fewer).status is Status.APPLIED
    assert order_of(town, first, "return_id").amount_minor == -378
    assert rule(town, second, "retry").status is Status.HELD
    assert rule(town, second, "accept").status is Status.APPLIED
    assert order_of(town, second, "return_id").amount_minor == -12 * 189


def test_money_from_anothers_customer_is_there_before_and_after_somebody_looked(town):
    paid = town.anna.collect(town.customers["Fish"], 500)
    assert statuses(town.anna.deliver(town.engine)) == ["applied"]
    assert rule(town, paid, "accept").review is Review.DONE
