"""Orders taken on site: what stands, what is flagged, what a person must decide, what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.catalog.rules import Price
from fieldsales.catalog.service import ProductUnknown
from fieldsales.db.base import new_id
from fieldsales.money import UnknownCurrency
from fieldsales.orders import rules, service
from fieldsales.orders.rules import Draft, Line, Verdict, judge
from fieldsales.visits.models import Visit
from fieldsales.visits.service import VisitTaken, VisitUnknown


@pytest.fixture
def world(session):
    return small_town.build(session)


def draft(world, *lines, shop="Bakery", **more):
    wanted = tuple(Line(world.products[sku].id, quantity, price) for sku, quantity, price in lines)
    return Draft(new_id(), world.customers[shop].id, more.pop("currency", "EUR"), wanted, **more)


def place(session, world, wanted, **taken):
    return service.place_order(session, wanted, service.Taken(world.anna.id, taken.pop("at", NOON), **taken))


def test_amounts_are_our_own_arithmetic(session, world):
    order = place(session, world, draft(world, ("coffee", 3, 589), ("water", 10, 48), total_minor=2247))
    session.refresh(order)
    assert (order.amount_minor, order.flags) == (2247, [])
    assert [(line.line_no, line.amount_minor, line.computed_price_minor, line.price_rule) for line in order.lines] == [
        (1, 1767, 589, "tier_discount:B:500"),
        (2, 480, 48, "tier_discount:B:500"),
    ]


def test_a_price_within_the_band_stands_and_is_flagged(session, world):
    """589 ± 2 % is 577.22 to 600.78."""
    order = place(session, world, draft(world, ("coffee", 1, 600)))
    session.refresh(order)
    assert order.amount_minor == 600
    assert order.flags == ["price_differs"]
    assert order.lines[0].computed_price_minor == 589
    assert order.lines[0].price_rule == "as_told; ours by tier_discount:B:500"


@pytest.mark.parametrize("told", [601, 577, 0])
def test_a_price_outside_the_band_is_for_a_person(session, world, told):
    with pytest.raises(service.PriceOutOfBand) as held:
        place(session, world, draft(world, ("water", 1, 48), ("coffee", 1, told)))
    [line] = held.value.facts["lines"]
    assert (line["line"], line["sku"], line["told_minor"], line["ours_minor"]) == (2, "coffee", told, 589)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_band_is_two_percent_of_our_price_to_either_side(told, ours):
    verdict = judge(told, Price(ours, "list"))
    assert (verdict is Verdict.SAME) == (told == ours)
    assert (verdict is Verdict.OUTSIDE) == (abs(told - ours) * 100 > ours * 2)


def test_what_came_after_a_reassignment_is_flagged_and_what_came_before_is_not(session, world):
    wanted = ("coffee", 1, 589)
    assert place(session, world, draft(world, wanted, shop="Fish")).flags == ["not_assigned"]
    assert place(session, world, draft(world, wanted), at=NOON - timedelta(days=1)).flags == ["not_assigned"]
    assert place(session, world, draft(world, wanted)).flags == []


def test_a_deal_in_a_closed_shop_or_over_a_delisted_product_is_kept(session, world):
    world.products["coffee"].active = False
    world.customers["Bakery"].active = False
    order = place(session, world, draft(world, ("coffee", 1, 589)), flags=("clock_skew",))
    assert order.flags == ["clock_skew", "customer_inactive", "product_inactive"]


def test_the_day_is_the_territorys(session, world):
    late = NOON.replace(hour=22, minute=30)
    assert place(session, world, draft(world, ("coffee", 1, 589)), at=late).ordered_on == (NOON + timedelta(1)).date()


def test_what_cannot_be_is_refused(session, world):
    coffee = ("coffee", 1, 589)
    with pytest.raises(rules.TotalMismatch):
        draft(world, coffee, total_minor=588)
    with pytest.raises(rules.OrderInvalid):
        draft(world)
    with pytest.raises(rules.OrderInvalid):
        draft(world, ("coffee", 0, 589))
    with pytest.raises(rules.OrderInvalid):
        draft(world, ("coffee", -1, 589))
    with pytest.raises(rules.OrderInvalid):
        draft(world, ("coffee", 1, -1))
    with pytest.raises(UnknownCurrency):
        draft(world, coffee, currency="ZZZ")
    with pytest.raises(service.WrongCurrency):
        place(session, world, draft(world, coffee, currency="USD"))
    with pytest.raises(ProductUnknown):
        place(session, world, Draft(new_id(), world.customers["Bakery"].id, "EUR", (Line(new_id(), 1, 1),)))
    with pytest.raises(VisitUnknown):
        place(session, world, draft(world, coffee, visit_id=new_id()))
    wanted = draft(world, coffee)
    place(session, world, wanted)
    with pytest.raises(service.OrderTaken):
        place(session, world, wanted)


@pytest.mark.parametrize(("rep", "shop"), [("ben", "Bakery"), ("anna", "Corner")])
def test_an_order_hangs_from_its_own_visit_only(session, world, rep, shop):
    visit = Visit(id=new_id(), customer_id=world.customers[shop].id, rep_id=getattr(world, rep).id, day=NOON.date())
    session.add(visit)
    session.flush()
    with pytest.raises(VisitTaken):
        place(session, world, draft(world, ("coffee", 1, 589), visit_id=visit.id))
