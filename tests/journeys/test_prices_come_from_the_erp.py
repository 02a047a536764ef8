"""An ERP changes prices for a day to come; phones learn of it, and what was sold before stays sold."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import select
from worlds.pricing_phone import open_shop, priced, submit

from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.pricebooks.service import publish_books


def erp(town: Any, price: int, since: str, version: int) -> str:
    row = {"sku": "coffee", "price_minor": price, "currency": "EUR", "from": since, "version": version}
    [told] = town.boss("POST", "/api/v1/prices/import", json={"prices": [row]})["prices"]
    return str(told["fate"])


def a_night(town: Any) -> None:
    """A day passes, with the job that publishes."""
    town.clock.pass_minutes(24 * 60)
    with transaction(town.engine) as session:
        publish_books(session, now=town.clock())


def one_coffee(town: Any) -> list[dict[str, Any]]:
    return [{"product_id": str(town.world.products["coffee"].id), "quantity": 1}]


def test_a_price_told_ahead_reaches_the_phone_on_its_day_and_old_orders_replay(town: Any) -> None:
    town.boss = town.desk("max")
    open_shop(town.boss, town.world.products)
    anna = town.phone("anna")
    bakery = next(each for each in anna.all("customer") if each["name"] == "Bakery")
    old = anna.all("price_book")[0]
    assert erp(town, 625, "2026-03-03", 1) == "waiting"
    anna.receive()
    assert anna.all("price_book") == [old]

    offline = priced(anna, bakery, one_coffee(town))
    anna.do("order.submit", ("order", uuid.UUID(offline["order_id"])), offline)
    anna.outbox[-1]["v"] = 2
    a_night(town)
    anna.send()
    assert [(each["status"], each["flags"]) for each in anna.outcomes.values()] == [("applied", [])]

    near = submit(anna, priced(anna, bakery, one_coffee(town), book=old))
    assert (near["status"], near["flags"]) == ("applied", ["stale_price_book", "price_differs"])
    anna.receive()
    [new] = anna.all("price_book")
    assert new["version"] != old["version"]
    assert submit(anna, priced(anna, bakery, one_coffee(town)))["flags"] == []

    assert (erp(town, 900, "2026-03-03", 2), erp(town, 625, "2026-03-03", 1)) == ("new", "older")
    town.clock.pass_minutes(1)
    far = priced(anna, bakery, one_coffee(town), book=new)
    held = submit(anna, far)
    assert (held["status"], held["problem"]["code"]) == ("held", "order.price_out_of_band")
    sara = town.desk("sara")
    [asked] = sara("GET", "/api/v1/approvals?state=open")["items"]
    assert asked["kind"] in {"stale_price", "price"}
    sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True, "reason": "We said so."})
    with reading(town.engine) as session:
        assert (
            session.scalars(select(Order.amount_minor).where(Order.id == uuid.UUID(far["order_id"]))).one()
            == (far["total_minor"])
        )
