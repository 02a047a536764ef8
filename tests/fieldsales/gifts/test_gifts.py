"""Gifts cost nothing, and what they are worth is known."""

from __future__ import annotations

from datetime import timedelta

import pytest
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.customers.queries import CustomerNotFound
from fieldsales.db.base import new_id
from fieldsales.gifts.service import give
from fieldsales.history.queries import buying_history
from fieldsales.orders.models import OrderKind
from fieldsales.orders.queries import buying_summary, sold_on
from fieldsales.orders.rules import Draft, Line, OrderInvalid
from fieldsales.orders.service import OrderTaken, Taken, WrongCurrency
from fieldsales.visits.service import VisitUnknown


@pytest.fixture
def world(session):
    return small_town.build(session)


def draft(world, quantity=2, currency="EUR", **more):
    return Draft(new_id(), world.customers["Bakery"].id, currency, (Line(soap(world), quantity, 0),), **more)


def soap(world):
    return world.products["soap"].id


def test_a_gift_costs_nothing_and_says_what_it_is_worth(session, world):
    world.products["soap"].active = False
    gift = give(session, draft(world), "A sample.", Taken(world.ben.id, NOON, ("late",)))
    session.refresh(gift)
    assert (gift.kind, gift.amount_minor, gift.reason) == (OrderKind.GIFT, 0, "A sample.")
    assert gift.flags == ["late", "not_assigned", "product_inactive"]
    [line] = gift.lines
    assert (line.quantity, line.unit_price_minor, line.amount_minor, line.computed_price_minor) == (2, 0, 0, 189)
    assert line.price_rule == "gift; worth by tier_discount:B:500"


def test_a_gift_is_neither_sold_nor_bought(session, world):
    give(session, draft(world), "A sample.", Taken(world.anna.id, NOON))
    bakery, today = world.customers["Bakery"].id, NOON.date()
    assert sold_on(session, [world.anna.id], today) == {}
    bought = buying_summary(session, [bakery], today)[bakery]
    assert (bought.last_orders, bought.favourites) == ((), ())
    assert len(buying_history(session, today, today + timedelta(days=1)).amount) == 0


def test_what_cannot_be_given_is_refused(session, world):
    taken = Taken(world.anna.id, NOON)
    with pytest.raises(OrderInvalid):
        draft(world, quantity=0)
    with pytest.raises(WrongCurrency):
        give(session, draft(world, currency="USD"), "", taken)
    with pytest.raises(VisitUnknown):
        give(session, draft(world, visit_id=new_id()), "", taken)
    with pytest.raises(CustomerNotFound):
        give(session, Draft(new_id(), new_id(), "EUR", (Line(soap(world), 1, 0),)), "", taken)
    wanted = draft(world)
    give(session, wanted, "", taken)
    with pytest.raises(OrderTaken):
        give(session, wanted, "", taken)
