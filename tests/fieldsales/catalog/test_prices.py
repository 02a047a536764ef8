"""A unit price follows a rule that can be named."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from worlds import small_town

from fieldsales.audit.models import AuditEntry
from fieldsales.catalog import queries, service
from fieldsales.catalog.rules import Price, price_for, share_of
from fieldsales.db.paging import PageWanted


@pytest.mark.parametrize(
    ("tier", "agreed", "discount", "price"),
    [
        (None, {"B": 90}, 500, Price(100, "list")),
        ("B", {"B": 90}, 500, Price(90, "tier_price:B")),
        ("B", {"B": 0}, 500, Price(0, "tier_price:B")),
        ("B", {"A": 90}, 500, Price(95, "tier_discount:B:500")),
        ("B", {}, 0, Price(100, "list")),
        ("B", {}, 10_000, Price(0, "tier_discount:B:10000")),
    ],
)
def test_the_tiers_own_price_stands_before_its_discount_and_that_before_the_list(tier, agreed, discount, price):
    assert price_for(100, tier, agreed, discount) == price


@given(st.integers(0, 10**12), st.integers(0, 10_000))
def test_shares_are_rounded_half_up_as_decimals_are(minor, basis_points):
    exact = Decimal(minor) * basis_points / 10_000
    assert share_of(minor, basis_points) == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))


def test_prices_are_found_for_many_products_at_once(session):
    world = small_town.build(session)
    water, coffee = world.products["water"].id, world.products["coffee"].id
    service.set_tier_price(session, water, "B", 44, actor_id=world.max.id, now=small_town.NOON)
    assert queries.prices(session, {water, coffee}, "B") == {
        water: Price(44, "tier_price:B"),
        coffee: Price(589, "tier_discount:B:500"),
    }
    assert queries.prices(session, {water, coffee}, None) == {water: Price(50, "list"), coffee: Price(620, "list")}


def test_a_changed_price_is_audited_once(session):
    world = small_town.build(session)
    soap = world.products["soap"].id
    for _ in range(2):
        service.set_list_price(session, soap, 205, actor_id=world.max.id, now=small_town.NOON)
        service.set_tier_price(session, soap, "A", 180, actor_id=world.max.id, now=small_town.NOON)
        service.set_tier_discount(session, "A", 300, actor_id=world.max.id, now=small_town.NOON)
    session.flush()
    acts = {entry.action: entry.facts for entry in session.scalars(select(AuditEntry))}
    assert acts == {
        "product.price": {"before": 199, "after": 205},
        "product.tier_price": {"tier": "A", "before": None, "after": 180},
        "tier.discount": {"tier": "A", "before": None, "after": 300},
    }
    assert len(session.scalars(select(AuditEntry)).all()) == 3


def test_impossible_prices_are_refused(session):
    world = small_town.build(session)
    by = {"actor_id": world.max.id, "now": small_town.NOON}
    with pytest.raises(service.PriceInvalid):
        service.set_list_price(session, world.products["soap"].id, -1, **by)
    with pytest.raises(service.PriceInvalid):
        service.set_tier_discount(session, "A", 10_001, **by)
    with pytest.raises(service.ProductUnknown):
        service.set_tier_price(session, world.anna.id, "A", 1, **by)


def test_products_are_found_by_name_sku_and_barcode(session):
    world = small_town.build(session)
    world.products["rice"].gtin = "4012345000009"
    world.products["soap"].active = False
    session.flush()

    def names(page: PageWanted | None = None, **wanted: str) -> list[str]:
        return [each.product.sku for each in queries.product_page(session, page or PageWanted(), **wanted).items]

    assert names() == ["coffee", "rice", "water"]
    assert names(text="WAT") == ["water"]
    assert names(text="4012345000009") == ["rice"]
    assert names(text="%") == []
    first = queries.product_page(session, PageWanted(limit=1), tier="B")
    assert [(each.product.sku, each.price) for each in first.items] == [("coffee", Price(589, "tier_discount:B:500"))]
    assert names(PageWanted(first.next, 1)) == ["rice"]
