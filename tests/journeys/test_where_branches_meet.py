"""Where stock, deliveries, invoices and what ends an order meet: through HTTP, with a phone in between."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from worlds.exchanging_phone import amend, back, exchange, exchanged, give_back, hand_in
from worlds.pricing_phone import open_shop, priced, submit

from fieldsales.db.base import new_id
from fieldsales.db.session import reading
from fieldsales.ledger.queries import customer_balance, trial_balance
from fieldsales.stock.queries import on_hand

CREDIT = {"invoicing": "at_delivery", "over_limit": "hold", "payment_days": 14, "uninvoiced_days": 30}


@pytest.fixture
def shop(town: Any) -> Any:
    """A house and Anna's van with 40 of each; what is delivered is billed."""
    town.boss, town.sara = town.desk("max"), town.desk("sara")
    open_shop(town.boss, town.world.products)
    town.boss("PUT", "/api/v1/policies/credit", json={"body": CREDIT})
    places = "/api/v1/warehouses"
    town.house = town.boss("POST", places, status=201, json={"code": "MAIN", "name": "Main", "kind": "warehouse"})
    van = {"code": "VAN-1", "name": "Anna's van", "kind": "van", "rep_id": str(town.world.anna.id)}
    town.van = town.boss("POST", places, status=201, json=van)
    for place in (town.house, town.van):
        lines = [{"product_id": str(town.world.products[sku].id), "pieces": 40} for sku in ("coffee", "soap", "water")]
        errand = {"errand": "receive", "from_id": None, "to_id": place["id"], "lines": lines}
        town.boss("POST", "/api/v1/stock/moves", status=201, json=errand)
    town.anna = town.phone("anna")
    town.clock.pass_minutes(1)
    town.bakery = next(each for each in town.anna.all("customer") if each["name"] == "Bakery")
    town.account = f"/api/v1/customers/{town.bakery['id']}"
    return town


def goods(shop: Any, sku: str, quantity: int, **more: Any) -> dict[str, Any]:
    return {"product_id": str(shop.world.products[sku].id), "quantity": quantity, **more}


def sell(shop: Any, *lines: dict[str, Any], **told: Any) -> dict[str, Any]:
    data = priced(shop.anna, shop.bakery, list(lines)) | told
    assert submit(shop.anna, data)["status"] == "applied"
    shop.clock.pass_minutes(1)
    return data


def cost(shop: Any, *lines: dict[str, Any]) -> int:
    found: int = priced(shop.anna, shop.bakery, list(lines))["total_minor"]
    return found


def deliver(shop: Any, order_id: str, **told: Any) -> dict[str, Any]:
    report = str(new_id())
    data = {"report_id": report, "order_id": order_id, **told}
    outcome = hand_in(shop.anna, "delivery.report", ("delivery_report", report), data)
    shop.clock.pass_minutes(1)
    return outcome


def owed(shop: Any) -> int:
    """What the customer owes by the ledger, whose accounts must add up to nothing."""
    with reading(shop.engine) as session:
        assert sum(trial_balance(session, "EUR").values()) == 0
        return sum(customer_balance(session, uuid.UUID(shop.bakery["id"]), "EUR").values())


def in_van(shop: Any, sku: str) -> int:
    with reading(shop.engine) as session:
        return on_hand(session, uuid.UUID(shop.van["id"])).get(shop.world.products[sku].id, 0)


def open_invoices(shop: Any) -> list[int]:
    found = shop.boss("GET", "/api/v1/invoices")["items"]
    return [each["open_minor"] for each in found if each["open_minor"]]


def test_nothing_is_credited_for_goods_that_never_came(shop: Any) -> None:
    sale = sell(shop, goods(shop, "coffee", 4))
    first = [{"line_no": 1, "delivered": 1, "reason": "Broken."}]
    assert deliver(shop, sale["order_id"], lines=first)["status"] == "applied"
    billed = owed(shop)
    three = back(goods(shop, "coffee", 3, amount_minor=sale["total_minor"] * 3 // 4, condition="good"))
    outcome = give_back(shop.anna, shop.bakery, three | {"against_id": sale["order_id"]})
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "return.more_than_sold")
    assert (owed(shop), in_van(shop, "coffee")) == (billed, 40)
    one = back(goods(shop, "coffee", 1, amount_minor=billed, condition="good"), against=sale["order_id"])
    assert give_back(shop.anna, shop.bakery, one)["status"] == "applied"
    assert (owed(shop), in_van(shop, "coffee")) == (0, 41)


def test_an_exchange_that_is_called_off_leaves_no_invoice_open(shop: Any) -> None:
    told = back(goods(shop, "coffee", 1, amount_minor=cost(shop, goods(shop, "coffee", 1)), condition="good"))
    data = exchanged(shop.anna, shop.bakery, [goods(shop, "soap", 2)], told)
    assert exchange(shop.anna, data)["status"] == "applied"
    assert (in_van(shop, "soap"), in_van(shop, "coffee"), owed(shop)) == (38, 41, data["balance_minor"])
    shop.clock.pass_minutes(1)
    about = {"exchange_id": data["exchange_id"], "reason": "They thought again."}
    assert hand_in(shop.anna, "exchange.cancel", ("exchange", data["exchange_id"]), about)["status"] == "applied"
    assert (in_van(shop, "soap"), in_van(shop, "coffee"), owed(shop)) == (40, 40, 0)
    assert open_invoices(shop) == []


def test_a_van_sale_is_amended_where_deliveries_are_billed(shop: Any) -> None:
    sale = sell(shop, goods(shop, "coffee", 4), kind="van_sale")
    assert (in_van(shop, "coffee"), owed(shop)) == (36, sale["total_minor"])
    new = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 2), goods(shop, "soap", 1)])
    outcome = amend(shop.anna, new, sale["order_id"])
    assert outcome["status"] == "applied"
    assert (in_van(shop, "coffee"), in_van(shop, "soap"), owed(shop)) == (38, 39, new["total_minor"])
    assert open_invoices(shop) == [new["total_minor"]]
    shop.clock.pass_minutes(1)
    about = {"order_id": new["order_id"], "reason": "No."}
    assert hand_in(shop.anna, "order.cancel", ("order", new["order_id"]), about)["status"] == "applied"
    assert (in_van(shop, "coffee"), in_van(shop, "soap"), owed(shop)) == (40, 40, 0)


def test_a_pre_order_is_amended_then_delivered_in_parts(shop: Any) -> None:
    sale = sell(shop, goods(shop, "coffee", 4), kind="pre_order", wanted_on="2026-03-05")
    new = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 7)])
    assert amend(shop.anna, new, sale["order_id"])["status"] == "applied"
    shop.clock.pass_minutes(1)
    assert owed(shop) == 0
    got = shop.sara("GET", f"/api/v1/deliveries/{new['order_id']}")
    assert got["promised_until"] == "2026-03-05"
    assert deliver(shop, sale["order_id"])["problem"]["code"] == "delivery.order_ended"
    for some in (3, 3, 1):
        told = deliver(shop, new["order_id"], lines=[{"line_no": 1, "delivered": some, "reason": "More later."}])
        assert told["status"] == "applied"
    assert owed(shop) == new["total_minor"]
    about = {"order_id": new["order_id"], "reason": "No."}
    assert hand_in(shop.anna, "order.cancel", ("order", new["order_id"]), about)["problem"]["code"] == "delivery.begun"
    rows = shop.sara("GET", f"/api/v1/stock?warehouse={shop.house['id']}")["items"]
    [coffee] = [each for each in rows if each["sku"] == "coffee"]
    assert (coffee["on_hand"], coffee["free"]) == (33, 33)


def test_an_order_that_may_not_wait_leaves_nothing_when_it_is_refused(shop: Any) -> None:
    shop.boss("PUT", "/api/v1/policies/stock", json={"body": {"reserve": True, "back_orders": "refused"}})
    sale = sell(shop, goods(shop, "coffee", 30))
    new = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 41)])
    outcome = amend(shop.anna, new, sale["order_id"])
    assert (outcome["status"], outcome["problem"]["code"]) == ("rejected", "stock.no_back_orders")
    visit = shop.anna.check_in(shop.bakery)
    product = next(each for each in shop.anna.all("product") if each["sku"] == "coffee")
    made = shop.anna.order(visit, shop.bakery, [(product, 11)])
    last = shop.anna.outbox[-1]["id"]
    shop.anna.send()
    assert shop.anna.outcomes[last]["problem"]["code"] == "stock.no_back_orders"
    assert shop.boss("GET", f"/api/v1/deliveries/{made}", status=404)["code"] == "delivery.not_found"
    more = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 40)])
    assert amend(shop.anna, more, sale["order_id"])["status"] == "applied"


def test_who_lets_the_price_of_an_exchange_pass_is_shown_both_halves(shop: Any) -> None:
    told = back(goods(shop, "coffee", 1, amount_minor=9000, condition="good"))
    data = exchanged(shop.anna, shop.bakery, [goods(shop, "soap", 2)], told)
    data["lines"][0]["amount_minor"] //= 4
    data["lines"][0]["tax_minor"] //= 4
    data["total_minor"] = data["lines"][0]["amount_minor"]
    data["balance_minor"] = data["total_minor"] - 9000
    outcome = exchange(shop.anna, data)
    assert outcome["status"] == "held"
    assert outcome["problem"]["back_lines"][0]["told_minor"] == 9000
    shop.anna.receive()
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert asked["facts"]["back_lines"][0]["told_minor"] == 9000


def test_an_exchange_of_what_the_van_does_not_have_is_put_before_a_supervisor(shop: Any) -> None:
    told = back(goods(shop, "coffee", 1, amount_minor=cost(shop, goods(shop, "coffee", 1)), condition="good"))
    data = exchanged(shop.anna, shop.bakery, [goods(shop, "soap", 41)], told)
    outcome = exchange(shop.anna, data)
    assert (outcome["status"], outcome["flags"]) == ("applied", ["stock_short"])
    [looked_at] = shop.sara("GET", "/sync/v1/review")["items"]
    assert (looked_at["type"], looked_at["flags"]) == ("exchange.submit", ["stock_short"])
    moves = shop.sara("GET", f"/api/v1/stock/moves?warehouse={shop.van['id']}")["items"]
    assert {each["cause"] for each in moves} == {"receipt", "exchange"}


def test_what_is_refused_or_given_up_uses_no_credit(shop: Any) -> None:
    shop.boss("PUT", f"{shop.account}/credit", json={"currency": "EUR", "limit_minor": 100_000})
    first, second = sell(shop, goods(shop, "coffee", 4)), sell(shop, goods(shop, "coffee", 4))
    deliver(shop, first["order_id"], refusal="Too late.")
    deliver(shop, second["order_id"], lines=[{"line_no": 1, "delivered": 1, "reason": "Gone.", "rest": "cancel"}])
    [found] = shop.boss("GET", f"{shop.account}/credit")["credit"]
    assert found["ordered_minor"] == 0


def test_a_return_that_is_called_off_is_not_below_zero_without_a_word(shop: Any) -> None:
    told = back(goods(shop, "rice", 1, amount_minor=cost(shop, goods(shop, "rice", 1)), condition="good"))
    assert give_back(shop.anna, shop.bakery, told)["status"] == "applied"
    shop.clock.pass_minutes(1)
    sell(shop, goods(shop, "rice", 1), kind="van_sale")
    about = {"order_id": told["return_id"], "reason": "No."}
    outcome = hand_in(shop.anna, "order.cancel", ("order", told["return_id"]), about)
    assert (outcome["status"], in_van(shop, "rice")) == ("applied", -1)
    assert outcome["flags"] == ["stock_short"]
    [looked_at] = shop.sara("GET", "/sync/v1/review")["items"]
    assert looked_at["type"] == "order.cancel"
