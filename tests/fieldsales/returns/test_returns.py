"""Goods that come back: never more than was sold, in units or in money, unless a person says so."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.amendments.service import Amendment, GivenBack, OrderEnded, amend_order, cancel_order
from fieldsales.catalog.rules import Price
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.db.base import new_id
from fieldsales.orders.models import Order, OrderKind, OrderState
from fieldsales.orders.queries import OrderNotFound
from fieldsales.orders.rules import Draft, Line, OrderInvalid, Quantity
from fieldsales.orders.service import OrderTaken, PriceOutOfBand, Taken, WrongCurrency, place_order
from fieldsales.returns.rules import Return, beyond_sold, paid_prices
from fieldsales.returns.service import MoreThanSold, NotThatSale, take_back


@pytest.fixture
def world(session):
    return small_town.build(session)


def draft(world, *lines, shop="Bakery", currency="EUR", **more):
    wanted = tuple(Line(world.products[sku].id, quantity, price) for sku, quantity, price in lines)
    return Draft(new_id(), world.customers[shop].id, currency, wanted, **more)


def sell(session, world, *lines, **more):
    return place_order(session, draft(world, *lines, **more), Taken(world.anna.id, NOON)).id


def give_back(session, world, *lines, against=None, by="anna", approved=(), **more):
    wanted = draft(world, *lines, **more)
    back = Return(wanted, "Broken.", ("damaged",) * len(lines), against)
    return take_back(session, back, Taken(getattr(world, by).id, NOON, (), approved))


def test_a_return_is_an_order_turned_round(session, world):
    sale = sell(session, world, ("soap", 10, 190), ("water", 5, 48))
    back = give_back(session, world, ("soap", 3, 190), against=sale, total_minor=570)
    session.expire_all()
    assert (back.kind, back.amount_minor, back.against_id, back.reason) == (OrderKind.RETURN, -570, sale, "Broken.")
    [line] = back.lines
    assert (line.quantity, line.unit_price_minor, line.amount_minor) == (-3, 190, -570)
    assert (line.computed_price_minor, line.price_rule, line.condition) == (190, "as_sold", "damaged")
    assert back.flags == []


def test_no_more_comes_back_than_is_left(session, world):
    sale = sell(session, world, ("soap", 10, 189))
    give_back(session, world, ("soap", 6, 189), against=sale)
    with pytest.raises(MoreThanSold) as held:
        give_back(session, world, ("soap", 5, 189), against=sale)
    assert held.value.facts["products"][0] | {"product_id": None} == {
        "product_id": None,
        "units": 5,
        "units_left": 4,
        "amount_minor": 945,
        "amount_left_minor": 756,
    }
    with pytest.raises(MoreThanSold):
        give_back(session, world, ("soap", 3, 189), ("soap", 2, 189), against=sale)
    with pytest.raises(MoreThanSold):
        give_back(session, world, ("water", 1, 48), against=sale)
    assert give_back(session, world, ("soap", 4, 189), against=sale).amount_minor == -756


def test_a_person_can_let_more_come_back(session, world):
    sale = sell(session, world, ("soap", 1, 189))
    both = {"order.price_out_of_band", "return.more_than_sold"}
    with pytest.raises(MoreThanSold):
        give_back(session, world, ("soap", 2, 300), against=sale, approved={"order.price_out_of_band"})
    back = give_back(session, world, ("soap", 2, 300), against=sale, approved=both)
    assert (back.amount_minor, back.flags) == (-600, ["price_differs"])


def test_the_price_at_which_it_was_sold_counts_and_not_todays(session, world):
    sale = sell(session, world, ("soap", 10, 192), ("soap", 10, 186))
    world.products["soap"].price_minor = 1000
    session.flush()
    with pytest.raises(PriceOutOfBand) as held:
        give_back(session, world, ("soap", 1, 950), against=sale)
    assert held.value.facts["lines"][0]["ours_minor"] == 192
    assert give_back(session, world, ("soap", 1, 186), against=sale).flags == []
    assert give_back(session, world, ("soap", 1, 188), against=sale).flags == ["price_differs"]


def test_dear_units_do_not_come_back_for_cheap_ones(session, world):
    sale = sell(session, world, ("soap", 1, 192), ("soap", 9, 186))
    with pytest.raises(MoreThanSold):
        give_back(session, world, ("soap", 10, 192), against=sale)


def test_a_return_against_nothing_is_judged_by_our_prices(session, world):
    assert give_back(session, world, ("soap", 2, 189)).flags == []
    assert give_back(session, world, ("soap", 2, 190)).flags == ["price_differs"]
    with pytest.raises(PriceOutOfBand):
        give_back(session, world, ("soap", 2, 199))


def test_an_amended_order_means_the_one_in_its_place_and_a_cancelled_one_nothing(session, world):
    sale, taken = sell(session, world, ("soap", 10, 189)), Taken(world.anna.id, NOON)
    lines = (Line(world.products["soap"].id, 3, 189),)
    new = amend_order(session, Amendment(new_id(), sale, "EUR", lines), taken).id
    with pytest.raises(MoreThanSold):
        give_back(session, world, ("soap", 4, 189), against=sale)
    give_back(session, world, ("soap", 2, 189), against=sale)
    with pytest.raises(MoreThanSold):
        give_back(session, world, ("soap", 2, 189), against=new)
    other = sell(session, world, ("soap", 10, 189))
    cancel_order(session, other, "No.", taken)
    with pytest.raises(MoreThanSold):
        give_back(session, world, ("soap", 1, 189), against=other)


def test_what_cannot_be_is_refused(session, world):
    sale, soap = sell(session, world, ("soap", 10, 189)), ("soap", 1, 189)
    back = give_back(session, world, soap, against=sale)
    with pytest.raises(NotThatSale):
        give_back(session, world, soap, against=sale, shop="Corner")
    with pytest.raises(NotThatSale):
        give_back(session, world, soap, against=back.id)
    with pytest.raises(OrderNotFound):
        give_back(session, world, soap, against=new_id())
    with pytest.raises(WrongCurrency):
        give_back(session, world, soap, currency="USD")
    with pytest.raises(OrderInvalid):
        give_back(session, world, ("soap", 0, 189), against=sale)
    with pytest.raises(CustomerNotFound):
        take_back(session, Return(Draft(new_id(), new_id(), "EUR", back_lines(world)), "", (None,)), taken_by(world))
    with pytest.raises(OrderTaken):
        take_back(session, Return(Draft(sale, *shop_and_lines(world)), "", (None,)), taken_by(world))


def test_a_return_at_anothers_customer_or_from_a_closed_shop_is_kept(session, world):
    sale = sell(session, world, ("soap", 10, 189))
    world.customers["Bakery"].active = False
    session.flush()
    back = give_back(session, world, ("soap", 1, 189), against=sale, by="ben")
    assert back.flags == ["customer_inactive", "not_assigned"]


def back_lines(world):
    return (Line(world.products["soap"].id, 1, 189),)


def shop_and_lines(world):
    return world.customers["Bakery"].id, "EUR", back_lines(world)


def taken_by(world):
    return Taken(world.anna.id, NOON)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["return", "return", "return", "amend", "cancel a return"]),
        st.sampled_from(["soap", "water"]),
        st.integers(1, 9),
        st.integers(-3, 3),
        st.integers(0, 5),
    ),
    max_size=12,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(STEPS)
def test_whatever_comes_in_whatever_order_no_more_is_back_than_stands_sold(session, world, steps):
    """Returns against any order of a chain, amendments between them and returns called off, in any order."""
    taken, prices = taken_by(world), {"soap": 189, "water": 48}
    sales, backs = [sell(session, world, ("soap", 8, 189), ("soap", 4, 190), ("water", 6, 48))], []
    for kind, sku, quantity, off, which in steps:
        line = (sku, quantity, max(prices[sku] + off, 0))
        try:
            with session.begin_nested():
                if kind == "return":
                    backs.append(give_back(session, world, line, against=sales[which % len(sales)]).id)
                elif kind == "amend":
                    lines = draft(world, line, ("soap", quantity, 189)).lines
                    sales.append(amend_order(session, Amendment(new_id(), sales[-1], "EUR", lines), taken).id)
                elif backs:
                    cancel_order(session, backs[which % len(backs)], "No.", taken)
        except (MoreThanSold, PriceOutOfBand, GivenBack, OrderEnded):
            pass
        for product in (world.products["soap"].id, world.products["water"].id):
            sold = sum_of(session, [sales[-1]], product)
            back = sum_of(session, backs, product)
            assert sold.covers(Quantity(-back.units, -back.amount_minor))


def sum_of(session, ids, product_id):
    """Add up in plain Python what stands of a product in some orders."""
    found = session.scalars(select(Order).where(Order.id.in_(ids)).execution_options(populate_existing=True))
    lines = [line for order in found if order.state is OrderState.PLACED for line in order.lines]
    mine = [line for line in lines if line.product_id == product_id]
    return Quantity(sum(line.quantity for line in mine), sum(line.amount_minor for line in mine))


def test_of_two_prices_equally_near_the_lower_counts():
    product = new_id()
    line, other = Line(product, 1, 10), Line(new_id(), 1, 10)
    found = paid_prices([line, other], [(product, 12), (product, 8)], [Price(1, "list"), Price(2, "list")])
    assert found == [Price(8, "as_sold"), Price(2, "list")]


@given(st.integers(0, 20), st.integers(0, 20), st.integers(0, 20))
def test_what_is_beyond_is_beyond_what_is_left(back, sold, before):
    product = new_id()
    told = beyond_sold({product: Quantity(back, 0)}, {product: Quantity(sold, 0)}, {product: Quantity(before, 0)})
    assert bool(told) == (back > sold - before)
