"""Another system tells prices over HTTP: each from its day on, once, whatever the order in which it comes."""

from __future__ import annotations

import itertools
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select
from worlds import web as webs
from worlds.web import Web

from fieldsales.audit.models import AuditEntry
from fieldsales.catalog.models import Product
from fieldsales.db.session import reading, transaction
from fieldsales.pricebooks.models import ContractPrice, PublishedBook, PublishedTerms
from fieldsales.pricebooks.service import publish_books

TODAY, TOMORROW = "2026-03-02", "2026-03-03"
COFFEE = {"sku": "coffee", "price_minor": 650, "currency": "EUR", "from": TODAY}
AGREED = {"sku": "rice", "price_minor": 1000, "currency": "EUR", "customer": "C-Bakery", "reference": "K-1", "min": 6}
SPRING = {"code": "SPRING", "name": "Spring", "kind": "percent", "discount_bp": 1000}


@pytest.fixture
def web(engine: Any) -> Web:
    return webs.build(engine)


def feed(web: Web, *prices: dict[str, Any], promotions: Any = ()) -> dict[str, Any]:
    answer = web.max.post("/api/v1/prices/import", {"prices": list(prices), "promotions": list(promotions)})
    assert answer.status_code == 200, answer.text
    return dict(answer.json)


def fates(told: dict[str, Any], what: str = "prices") -> list[str]:
    return [each["code"] or each["fate"] for each in told[what]]


def listed(web: Web, sku: str = "coffee") -> int:
    with reading(web.engine) as session:
        return session.scalars(select(Product.price_minor).where(Product.sku == sku)).one()


def pass_days(web: Web, days: int) -> None:
    """Let days pass, with the job that publishes every night."""
    web.now += timedelta(days=days)
    with transaction(web.engine) as session:
        publish_books(session, now=web.now)


def test_a_price_of_today_is_published_at_once_and_the_same_again_changes_nothing(web: Web) -> None:
    told = feed(web, COFFEE | {"version": 7})
    assert fates(told) == ["new"]
    [book] = told["price_books"]
    again = feed(web, COFFEE | {"version": 7})
    assert (fates(again), again["price_books"], again["terms"]) == (["same"], [], 0)
    with reading(web.engine) as session:
        assert session.scalars(select(PublishedBook.version)).all() == [book["version"]]
    assert listed(web) == 650


def test_a_price_of_a_later_day_waits_for_it(web: Web) -> None:
    assert fates(feed(web, COFFEE | {"from": TOMORROW}, COFFEE | {"from": "2026-03-09", "price_minor": 700})) == [
        "waiting",
        "waiting",
    ]
    assert listed(web) == 620
    for days, price in ((1, 650), (5, 650), (1, 700)):
        pass_days(web, days)
        assert listed(web) == price


def test_after_days_without_a_job_the_price_that_begins_last_holds(web: Web) -> None:
    feed(web, COFFEE | {"from": "2026-03-09", "price_minor": 700}, COFFEE | {"from": TOMORROW})
    pass_days(web, 30)
    assert listed(web) == 700
    assert fates(feed(web, COFFEE | {"from": "2026-03-05", "price_minor": 600})) == ["followed"]
    assert listed(web) == 700


def test_what_a_manager_sets_meanwhile_is_not_undone_by_the_same_feed(web: Web) -> None:
    feed(web, COFFEE)
    web.max.put(f"/api/v1/prices/products/{web.products['coffee']}", {"list_price_minor": 640})
    assert fates(feed(web, COFFEE)) == ["same"]
    pass_days(web, 1)
    assert listed(web) == 640


def test_of_two_states_the_higher_version_stands_however_they_arrive(web: Web) -> None:
    states = [COFFEE | {"version": version, "price_minor": 600 + version} for version in (1, 2, 3)]
    for day, way in enumerate(itertools.permutations(states)):
        since, highest = f"2026-02-{10 + day}", 0
        for row in way:
            [fate] = fates(feed(web, row | {"from": since}))
            assert (fate == "older") == (row["version"] < highest)
            highest = max(highest, row["version"])
        assert listed(web) == 603
    assert fates(feed(web, COFFEE | {"version": 3, "from": "2026-02-15", "price_minor": 1})) == ["feed.version_taken"]


def test_a_tier_and_a_customer_have_prices_of_their_own(web: Web) -> None:
    told = feed(web, COFFEE | {"tier": "B"}, AGREED | {"from": TODAY, "until": "2026-12-31"})
    assert (fates(told), told["terms"]) == (["new", "new"], 1)
    assert listed(web) == 620
    with reading(web.engine) as session:
        book = session.scalars(select(PublishedBook.body)).one()
        assert book["products"][str(web.products["coffee"])]["tier_prices"] == {"B": 650}
        [agreed] = session.scalars(select(PublishedTerms.body)).one()["contracts"]
    assert (agreed["price_minor"], agreed["min"], agreed["until"]) == (1000, 6, "2026-12-31")
    assert fates(feed(web, AGREED | {"withdrawn": True, "version": 2})) == ["withdrawn"]
    assert fates(feed(web, AGREED | {"from": TODAY, "until": "2026-12-31", "version": 1})) == ["older"]
    with reading(web.engine) as session:
        standing = select(func.count()).select_from(ContractPrice).where(ContractPrice.withdrawn_at.is_(None))
        assert session.scalar(standing) == 0


def test_promotions_come_and_go_by_their_code(web: Web) -> None:
    row = {"body": SPRING, "version": 1}
    assert fates(feed(web, promotions=[row]), "promotions") == ["new"]
    assert fates(feed(web, promotions=[row]), "promotions") == ["same"]
    gone = {"body": {"code": "SPRING"}, "version": 2, "withdrawn": True}
    assert fates(feed(web, promotions=[gone, row]), "promotions") == ["withdrawn", "older"]
    assert web.max.get("/api/v1/promotions").json["promotions"] == []
    told = feed(web, promotions=[{"body": {"code": "X", "kind": "magic"}}])
    assert fates(told, "promotions") == ["promotion.invalid"]


def test_each_row_stands_or_falls_alone_and_says_why(web: Web) -> None:
    told = feed(
        web,
        COFFEE,
        COFFEE | {"sku": "tea"},
        COFFEE | {"currency": "USD"},
        {name: value for name, value in COFFEE.items() if name != "from"},
        AGREED | {"customer": "nobody"},
        COFFEE | {"withdrawn": True},
    )
    assert fates(told) == [
        *("new", "product.not_found", "price.invalid", "price.invalid", "customer.not_found", "price.invalid"),
    ]
    assert all(each["problem"] for each in told["prices"][1:])
    assert listed(web) == 650


def test_a_feed_is_for_bosses_and_is_audited(web: Web) -> None:
    assert web.sara.post("/api/v1/prices/import", {"prices": [COFFEE]}).status_code == 403
    feed(web, COFFEE, COFFEE | {"sku": "tea"})
    with reading(web.engine) as session:
        noted = session.scalars(select(AuditEntry).where(AuditEntry.action == "price.import")).one()
    assert noted.facts == {"new": 1, "refused": 1}


def test_two_feeds_at_the_same_moment_are_one(web: Web) -> None:
    web.max.get("/api/v1/me")
    rows = [COFFEE, COFFEE | {"tier": "B"}, AGREED]
    with ThreadPoolExecutor(3) as threads:
        told = list(threads.map(lambda _: feed(web, *rows), range(3)))
    assert sorted(itertools.chain.from_iterable(map(fates, told))) == ["new"] * 3 + ["same"] * 6
    with reading(web.engine) as session:
        assert session.scalar(select(func.count()).select_from(ContractPrice)) == 1
