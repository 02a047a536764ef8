"""What reps and supervisors ask about orders."""

from __future__ import annotations

from datetime import timedelta

import pytest
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.db.base import new_id
from fieldsales.orders import queries
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin

TODAY = NOON.date()


@pytest.fixture
def world(session):
    return small_town.build(session)


def order(session, world, shop, days_ago, lines, **more):
    """Put an order into the history; `lines` maps a SKU to a quantity."""
    facts = {
        "customer_id": world.customers[shop].id,
        "kind": OrderKind.SALE,
        "origin": Origin.IMPORT,
        "ordered_on": TODAY - timedelta(days=days_ago),
        "currency": "EUR",
        "amount_minor": 100 * sum(lines.values()),
    }
    placed = Order(id=new_id(), **facts | more)
    placed.lines = [
        OrderLine(line_no=n, product_id=world.products[sku].id, quantity=q, unit_price_minor=100, amount_minor=100 * q)
        for n, (sku, q) in enumerate(lines.items(), start=1)
    ]
    session.add(placed)
    session.flush()
    return placed.id


def test_the_counter_shows_the_latest_orders_and_the_favourites(session, world):
    old = order(session, world, "Bakery", 200, {"rice": 50})
    older = order(session, world, "Bakery", 20, {"coffee": 2, "soap": 1})
    newer = order(session, world, "Bakery", 3, {"coffee": 1, "water": 9})
    order(session, world, "Bakery", -1, {"rice": 1})
    bakery, corner = world.customers["Bakery"].id, world.customers["Corner"].id
    found = queries.buying_summary(session, [bakery, corner], TODAY)
    assert [each.id for each in found[bakery].last_orders] == [newer, older, old]
    assert [(each.sku, each.orders, each.quantity) for each in found[bakery].favourites] == [
        ("coffee", 2, 3),
        ("water", 1, 9),
        ("soap", 1, 1),
    ]
    assert found[bakery].favourites[0].last_on == TODAY - timedelta(days=3)
    assert found[corner] == queries.Buying()


def test_only_so_many_are_shown_of_each_customer(session, world):
    for shop in ("Bakery", "Corner"):
        for days_ago in range(1, 9):
            order(session, world, shop, days_ago, {"coffee": 1, "soap": 1, "water": 1})
    wanted = [world.customers[shop].id for shop in ("Bakery", "Corner")]
    found = queries.buying_summary(session, wanted, TODAY, orders=3, favourites=2)
    assert [(len(each.last_orders), len(each.favourites)) for each in found.values()] == [(3, 2), (3, 2)]


def test_what_reps_sold_today_counts_what_another_system_tells_as_theirs_too(session, world):
    field = {"origin": Origin.FIELD, "rep_id": world.anna.id}
    first = order(session, world, "Bakery", 0, {"coffee": 2}, **field, ordered_at=NOON)
    second = order(session, world, "Corner", 0, {"coffee": 1}, **field, ordered_at=NOON + timedelta(hours=1))
    order(session, world, "Corner", 0, {"coffee": 1}, **field | {"currency": "USD"}, ordered_at=NOON)
    order(session, world, "Bakery", 1, {"coffee": 1}, **field, ordered_at=NOON)
    order(session, world, "Bakery", 0, {"coffee": 1}, rep_id=world.anna.id)
    assert queries.sold_on(session, [world.anna.id, world.ben.id], TODAY) == {
        world.anna.id: queries.Sold(4, {"EUR": 400, "USD": 100})
    }
    todays = [each.id for each in queries.orders_of_rep_on(session, world.anna.id, TODAY)]
    assert {first, second} < set(todays)
    assert todays.index(first) < todays.index(second)
