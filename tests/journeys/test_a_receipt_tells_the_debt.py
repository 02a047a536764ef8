"""What a receipt says of the customer's debt is what the ledger said then, and a reprint says the same."""

from __future__ import annotations

from typing import Any

import pytest
from worlds.pricing_phone import open_shop, priced, submit

from fieldsales.db.base import new_id

CREDIT = {"invoicing": "at_submit", "over_limit": "hold", "payment_days": 14, "uninvoiced_days": 30}


@pytest.fixture
def shop(town: Any) -> Any:
    town.boss = town.desk("max")
    open_shop(town.boss, town.world.products)
    town.boss("PUT", "/api/v1/policies/credit", json={"body": CREDIT})
    town.anna = town.phone("anna")
    town.bakery = next(each for each in town.anna.all("customer") if each["name"] == "Bakery")
    return town


def sell(shop: Any, visit: Any, *skus: str) -> tuple[str, int]:
    lines = [{"product_id": str(shop.world.products[sku].id), "quantity": 2} for sku in skus]
    data = priced(shop.anna, shop.bakery, lines, visit=visit)
    assert submit(shop.anna, data)["status"] == "applied"
    shop.clock.pass_minutes(1)
    return data["order_id"], data["total_minor"]


def pay(shop: Any, visit: Any, amount: int) -> None:
    payment = new_id()
    data = {"payment_id": str(payment), "customer_id": shop.bakery["id"], "currency": "EUR", "method": "cash"}
    data |= {"amount_minor": amount, "visit_id": str(visit)}
    shop.anna.do("payment.collect", ("payment", payment), data)
    shop.anna.send()
    shop.clock.pass_minutes(1)


def receipt(shop: Any, order_id: str) -> dict[str, Any]:
    return dict(shop.anna.call("GET", f"/api/v1/orders/{order_id}/receipt").json())


def test_debt_before_and_after_is_that_of_the_ledger_also_on_a_reprint(shop: Any) -> None:
    first_visit = shop.anna.check_in(shop.bakery)
    first, owed = sell(shop, first_visit, "coffee")
    told = receipt(shop, first)
    assert told["debt"] == {"before_minor": 0, "after_minor": owed}
    shop.clock.pass_minutes(60)
    second_visit = shop.anna.check_in(shop.bakery)
    second, more = sell(shop, second_visit, "coffee", "soap")
    pay(shop, second_visit, 700)
    told = receipt(shop, second)
    assert told["debt"] == {"before_minor": owed, "after_minor": owed + more - 700}
    assert receipt(shop, first)["debt"] == {"before_minor": 0, "after_minor": owed}
    [standing] = shop.boss("GET", f"/api/v1/customers/{shop.bakery['id']}/credit")["credit"]
    assert standing["owed_minor"] == told["debt"]["after_minor"]


def test_the_tax_stands_by_rate_and_adds_up(shop: Any) -> None:
    order_id, total = sell(shop, shop.anna.check_in(shop.bakery), "coffee", "soap", "rice")
    told = receipt(shop, order_id)
    rates = {item["sku"]: item["rate_bp"] for item in told["items"]}
    assert rates["coffee"] != rates["soap"]
    assert rates["rice"] is None
    assert {row["rate_bp"] for row in told["taxes"]} == {rates["coffee"], rates["soap"], 0}
    assert sum(row["tax_minor"] for row in told["taxes"]) == told["tax_minor"] > 0
    assert sum(row["net_minor"] + row["tax_minor"] for row in told["taxes"]) == total
    document = shop.anna.call("GET", f"/api/v1/orders/{order_id}/ubl.xml").text
    assert document.count("<cac:TaxSubtotal>") == 3
