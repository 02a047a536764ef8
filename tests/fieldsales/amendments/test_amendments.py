"""Orders that end: what takes their place, what is refused, and what still counts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.amendments import service
from fieldsales.amendments.service import Amendment
from fieldsales.customers.models import Assignment
from fieldsales.db.base import new_id
from fieldsales.history.queries import buying_history
from fieldsales.orders import queries
from fieldsales.orders.models import Order, OrderState
from fieldsales.orders.queries import OrderNotFound
from fieldsales.orders.rules import Draft, Line, TotalMismatch
from fieldsales.orders.service import OrderTaken, PriceOutOfBand, Taken, place_order
from fieldsales.returns.rules import Return
from fieldsales.returns.service import take_back

LATER = NOON + timedelta(days=1)


@pytest.fixture
def world(session):
    return small_town.build(session)


@pytest.fixture
def sold(session, world):
    """Ten soaps to the Bakery, by Anna, on Monday."""
    return place_order(session, draft(world, 10), Taken(world.anna.id, NOON)).id


def soap(world, quantity, price=189):
    return (Line(world.products["soap"].id, quantity, price),)


def draft(world, quantity, price=189):
    return Draft(new_id(), world.customers["Bakery"].id, "EUR", soap(world, quantity, price))


def amend(session, world, order_id, quantity, price=189, *, by="anna", at=LATER, **more):
    wanted = Amendment(new_id(), order_id, "EUR", soap(world, quantity, price), **more)
    return service.amend_order(session, wanted, Taken(getattr(world, by).id, at))


def cancel(session, world, order_id, by="anna", **taken):
    return service.cancel_order(session, order_id, "Shop burnt down.", Taken(getattr(world, by).id, LATER, **taken))


def give_back(session, world, order_id, quantity):
    back = Return(draft(world, quantity), "Broken.", (None,), order_id)
    return take_back(session, back, Taken(world.anna.id, NOON))


def state(session, order_id):
    session.expire_all()
    found = session.get_one(Order, order_id)
    return found.state, found.ended_at, found.reason


def test_an_amendment_takes_the_place_and_the_day_of_the_order(session, world, sold):
    new = amend(session, world, sold, 7, reason="Wanted seven.")
    session.refresh(new)
    assert (new.amends_id, new.amount_minor, new.state) == (sold, 7 * 189, OrderState.PLACED)
    assert (new.ordered_on, new.ordered_at) == (NOON.date(), LATER)
    assert state(session, sold) == (OrderState.AMENDED, LATER, "Wanted seven.")
    assert session.get_one(Order, sold).amount_minor == 1890


def test_an_amendment_can_be_amended_but_an_order_only_once(session, world, sold):
    first = amend(session, world, sold, 7).id
    with pytest.raises(service.OrderEnded) as ended:
        amend(session, world, sold, 8)
    assert (ended.value.facts["state"], ended.value.facts["replaced_by"]) == ("amended", str(first))
    second = amend(session, world, first, 8)
    assert second.amends_id == first
    assert queries.standing_in_place_of(session, sold).id == second.id


def test_a_cancelled_order_is_over(session, world, sold):
    assert cancel(session, world, sold, flags=("late",)) == ["late"]
    assert state(session, sold) == (OrderState.CANCELLED, LATER, "Shop burnt down.")
    for again in (lambda: cancel(session, world, sold), lambda: amend(session, world, sold, 1)):
        with pytest.raises(service.OrderEnded) as ended:
            again()
        assert (ended.value.facts["state"], ended.value.facts["replaced_by"]) == ("cancelled", None)


def test_only_the_rep_who_took_an_order_ends_it(session, world, sold):
    with pytest.raises(service.NotYourOrder):
        amend(session, world, sold, 7, by="ben")
    with pytest.raises(service.NotYourOrder):
        cancel(session, world, sold, by="ben")
    with pytest.raises(OrderNotFound):
        cancel(session, world, new_id())
    assert state(session, sold)[0] is OrderState.PLACED


def test_an_amendment_keeps_every_rule_of_an_order(session, world, sold):
    with pytest.raises(PriceOutOfBand):
        amend(session, world, sold, 7, price=100)
    with pytest.raises(TotalMismatch):
        amend(session, world, sold, 7, total_minor=1)
    with pytest.raises(OrderTaken):
        service.amend_order(session, Amendment(sold, sold, "EUR", soap(world, 1)), Taken(world.anna.id, LATER))
    assert state(session, sold)[0] is OrderState.PLACED


def test_what_ends_after_a_reassignment_is_flagged(session, world, sold):
    second = place_order(session, draft(world, 1), Taken(world.anna.id, NOON)).id
    for assignment in session.query(Assignment):
        assignment.ended_at = NOON + timedelta(hours=1)
    session.flush()
    assert cancel(session, world, sold) == ["not_assigned"]
    assert amend(session, world, second, 2).flags == ["not_assigned"]


def test_an_order_cannot_shrink_below_what_came_back_of_it_or_of_those_before(session, world, sold):
    back = give_back(session, world, sold, 4).id
    first = amend(session, world, sold, 5).id
    give_back(session, world, first, 1)
    for end in (lambda: amend(session, world, first, 4), lambda: cancel(session, world, first)):
        with pytest.raises(service.GivenBack) as short:
            end()
        assert short.value.facts["products"][0]["given_back"] == 5
    cancel(session, world, back)
    assert amend(session, world, first, 4).amount_minor == 4 * 189


def test_a_return_is_cancelled_and_not_amended(session, world, sold):
    back = give_back(session, world, sold, 4).id
    with pytest.raises(service.NotASale):
        amend(session, world, back, 3)
    cancel(session, world, back)
    assert state(session, back)[2] == "Broken.; Shop burnt down."


def test_only_what_stands_counts_in_any_sum(session, world, sold):
    amended = amend(session, world, sold, 7).id
    cancel(session, world, place_order(session, draft(world, 3), Taken(world.anna.id, NOON)).id)
    give_back(session, world, amended, 2)
    cancel(session, world, give_back(session, world, amended, 1).id)
    net = 5 * 189
    bakery, today = world.customers["Bakery"].id, NOON.date()
    assert queries.sold_on(session, [world.anna.id], today) == {world.anna.id: queries.Sold(1, {"EUR": net})}
    buying = queries.buying_summary(session, [bakery], today)[bakery]
    assert [each.amount_minor for each in buying.last_orders] in ([-378, 1323], [1323, -378])
    assert [(each.orders, each.quantity) for each in buying.favourites] == [(1, 7)]
    history = buying_history(session, today, today + timedelta(days=1))
    assert (int(history.amount.sum()), len(history.ordered)) == (net, 1)
