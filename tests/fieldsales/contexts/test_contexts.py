"""What a rep wants to know before an order, on both databases."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from worlds import small_town

from fieldsales.contexts.models import OrderContext
from fieldsales.contexts.queries import drafted_contexts
from fieldsales.contexts.rules import Bought, habits
from fieldsales.contexts.service import refresh_contexts
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin
from fieldsales.pricebooks.service import Agreement, agree, publish_books, publish_terms
from fieldsales.promotions.service import put_promotion

TODAY = date(2026, 3, 2)
COFFEE = uuid.uuid5(uuid.NAMESPACE_OID, "coffee")


@pytest.fixture
def town(session: Session) -> small_town.SmallTown:
    world = small_town.build(session)
    for shop, skus in (("Bakery", "coffee water"), ("Corner", "coffee water rice"), ("Dairy", "water rice coffee")):
        for sku in skus.split():
            for week, pieces in ((1, 6), (2, 10), (3, 8)):
                buy(session, world, shop, sku, TODAY - timedelta(weeks=week), pieces)
    buy(session, world, "Fish", "rice", TODAY - timedelta(days=400), 5)
    return world


def buy(session: Session, world: small_town.SmallTown, shop: str, sku: str, day: date, pieces: int) -> None:
    product = world.products[sku]
    line = OrderLine(line_no=1, product_id=product.id, quantity=pieces, unit_price_minor=100, amount_minor=100 * pieces)
    order = Order(origin=Origin.IMPORT, ordered_on=day, currency="EUR", amount_minor=100 * pieces, lines=[line])
    order.customer_id = world.customers[shop].id
    if pieces < 0:
        order.kind = OrderKind.RETURN
    session.add(order)
    session.flush()


def context(session: Session, world: small_town.SmallTown, shop: str) -> dict:
    customer = world.customers[shop]
    return dict(drafted_contexts(session, [customer], TODAY)[customer.id])


def test_favourites_have_their_usual_quantity_and_rhythm(session: Session, town: small_town.SmallTown) -> None:
    [coffee, _] = sorted(
        context(session, town, "Bakery")["favourites"], key=lambda each: each["product_id"] != str(COFFEE)
    )
    assert coffee == {
        "product_id": str(COFFEE),
        "days": 3,
        "usual_pieces": 8,
        "last_on": "2026-02-23",
        "every_days": 7,
        "due_on": "2026-03-02",
    }


def test_what_like_customers_buy_is_proposed_with_its_reason(session: Session, town: small_town.SmallTown) -> None:
    for extra in ("Grocer", "Hotel"):
        buy(session, town, extra, "rice", TODAY - timedelta(days=9), 1)
    [proposal] = context(session, town, "Bakery")["proposals"]
    assert proposal["product_id"] == str(town.products["rice"].id)
    assert proposal["because_of"] in {str(COFFEE), str(town.products["water"].id)}
    assert proposal["customers"] == 4
    assert context(session, town, "Fish")["proposals"] == []


def test_prices_promotions_and_returns_are_told(session: Session, town: small_town.SmallTown) -> None:
    bakery = town.customers["Bakery"]
    spring = {"code": "SPRING", "name": "Spring", "kind": "percent", "discount_bp": 100, "until": "2026-03-31"}
    put_promotion(session, spring, now=small_town.NOON)
    put_promotion(session, spring | {"code": "OTHERS", "tiers": ["A"]}, now=small_town.NOON)
    agree(session, Agreement(bakery.id, COFFEE, "K", 500), now=small_town.NOON)
    [book], [terms] = (
        publish_books(session, now=small_town.NOON),
        publish_terms(session, bakery.id, now=small_town.NOON),
    )
    buy(session, town, "Bakery", "coffee", TODAY - timedelta(days=3), -1)
    found = context(session, town, "Bakery")
    assert (found["price_books"], found["terms"]) == ({"EUR": book.version}, {"EUR": terms.version})
    assert found["promotions"] == [{"code": "SPRING", "name": "Spring", "until": "2026-03-31"}]
    assert [each["amount_minor"] for each in found["returns"]] == [-100]
    assert (found["tier"], found["discount_bp"], len(found["last_orders"])) == ("B", 500, 5)


def test_only_what_says_something_new_is_written(session: Session, town: small_town.SmallTown) -> None:
    assert refresh_contexts(session, TODAY) == 6
    assert refresh_contexts(session, TODAY) == 0
    assert refresh_contexts(session, TODAY, [town.customers["Bakery"].id]) == 0
    buy(session, town, "Bakery", "soap", TODAY - timedelta(days=1), 2)
    assert refresh_contexts(session, TODAY) == 1
    assert len(session.scalars(select(OrderContext)).all()) == 6


def test_the_number_of_queries_does_not_grow_with_the_customers(session: Session, town: small_town.SmallTown) -> None:
    def asked(customers: list) -> int:
        seen: list[str] = []
        listen = lambda *facts: seen.append(facts[2])
        event.listen(session.get_bind(), "before_cursor_execute", listen)
        drafted_contexts(session, customers, TODAY)
        event.remove(session.get_bind(), "before_cursor_execute", listen)
        return len(seen)

    everybody = list(town.customers.values())
    asked(everybody)
    assert asked(everybody) == asked(everybody[:1])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 60), st.integers(1, 50)), min_size=1, max_size=40))
def test_habits_count_days_and_stay_within_what_was_bought(rows: list[tuple[int, int, int]]) -> None:
    bought = [Bought(uuid.UUID(int=who), TODAY - timedelta(days=ago), pieces) for who, ago, pieces in rows]
    found = habits(bought)
    assert sum(each.days for each in found) == len({(who, ago) for who, ago, _ in rows})
    for each in found:
        assert (each.due_on is None) == (each.days == 1)
        assert each.usual_pieces <= sum(row.pieces for row in bought if row.product_id == each.product_id)
