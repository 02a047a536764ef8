"""An order is priced on the phone by the book that it pulled; the server comes to the same cent, or asks a person."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select
from worlds.pricing_phone import BIG, FOURTH_FREE, SPRING, open_shop, priced, submit

from fieldsales.db.session import reading
from fieldsales.orders.models import Order


@pytest.fixture
def shop(town: Any) -> Any:
    """The town after a manager set prices, with Anna's phone and her customer."""
    town.boss = town.desk("max")
    open_shop(town.boss, town.world.products, FOURTH_FREE, SPRING, BIG)
    town.anna = town.phone("anna")
    town.bakery = next(each for each in town.anna.all("customer") if each["name"] == "Bakery")
    return town


def wanted(town: Any, sku: str, quantity: int, **more: Any) -> dict[str, Any]:
    return {"product_id": str(town.world.products[sku].id), "quantity": quantity, **more}


def basket(town: Any) -> list[dict[str, Any]]:
    return [
        wanted(town, "coffee", 2, unit="case"),
        wanted(town, "water", 3, unit="case", discount_bp=250),
        wanted(town, "soap", 7),
        wanted(town, "rice", 1),
    ]


def order_of(town: Any, data: dict[str, Any]) -> Order | None:
    with reading(town.engine) as session:
        return session.get(Order, uuid.UUID(data["order_id"]))


def test_a_phone_and_the_server_agree_and_every_line_is_explained(shop: Any) -> None:
    data = priced(shop.anna, shop.bakery, basket(shop))
    outcome = submit(shop.anna, data)
    assert (outcome["status"], outcome["flags"]) == ("applied", [])
    assert outcome["result"]["amount_minor"] == data["total_minor"]
    order = order_of(shop, data)
    assert sum(line.amount_minor for line in order.lines) == order.amount_minor == data["total_minor"]
    assert sum(line.tax_minor for line in order.lines) == order.tax_minor > 0
    coffee = order.lines[0]
    assert (coffee.unit, coffee.unit_quantity, coffee.quantity) == ("case", 2, 24)
    assert [step["code"] for step in coffee.steps] == [
        *("list", "tier_discount", "goods", "promotion", "order_promotion", "tax"),
    ]
    free = [line for line in order.lines if line.promotion == "4FOR3"]
    assert {(line.product_id, line.quantity) for line in free} == {
        (shop.world.products["coffee"].id, 8),
        (shop.world.products["water"].id, 24),
        (shop.world.products["soap"].id, 2),
    }
    assert order.basis["book"] == data["basis"]["book"]


def test_a_quote_says_the_same_and_saves_nothing(shop: Any) -> None:
    data = priced(shop.anna, shop.bakery, basket(shop))
    lines = [{"line": number, **each} for number, each in enumerate(basket(shop), 1)]
    body = {"customer_id": shop.bakery["id"], "currency": "EUR", "lines": lines}
    told = shop.desk("anna")("POST", "/api/v1/prices/quote", json=body)
    assert told["total_minor"] == data["total_minor"]
    assert [line["amount_minor"] for line in told["lines"]] == [line["amount_minor"] for line in data["lines"]]
    with reading(shop.engine) as session:
        assert session.scalars(select(Order)).all() == []


def test_a_stale_book_stands_within_the_band_and_is_held_beyond(shop: Any) -> None:
    shop.clock.pass_minutes(1)
    old = shop.anna.all("price_book")[0]
    coffee = shop.world.products["coffee"]
    shop.boss("PUT", f"/api/v1/prices/products/{coffee.id}", json={"list_price_minor": 625})
    shop.clock.pass_minutes(1)
    shop.anna.receive()
    near = priced(shop.anna, shop.bakery, [wanted(shop, "coffee", 1)], book=old)
    outcome = submit(shop.anna, near)
    assert (outcome["status"], outcome["flags"]) == ("applied", ["stale_price_book", "price_differs"])
    shop.boss("PUT", f"/api/v1/prices/products/{coffee.id}", json={"list_price_minor": 700})
    shop.clock.pass_minutes(1)
    far = priced(shop.anna, shop.bakery, [wanted(shop, "coffee", 1)], book=old)
    outcome = submit(shop.anna, far)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.price_out_of_band")
    assert order_of(shop, far) is None
    [waiting] = shop.desk("sara")("GET", "/sync/v1/review")["items"]
    shop.desk("sara")("POST", f"/sync/v1/review/{waiting['id']}", json={"action": "accept"})
    assert order_of(shop, far).amount_minor == far["total_minor"]


def test_an_order_taken_before_the_prices_changed_is_not_stale_when_it_arrives_after(shop: Any) -> None:
    data = priced(shop.anna, shop.bakery, basket(shop))
    shop.anna.do("order.submit", ("order", uuid.UUID(data["order_id"])), data)
    shop.anna.outbox[-1]["v"] = 2
    shop.clock.pass_minutes(60)
    shop.boss("PUT", f"/api/v1/prices/products/{shop.world.products['coffee'].id}", json={"list_price_minor": 900})
    shop.anna.send()
    [outcome] = shop.anna.outcomes.values()
    assert (outcome["status"], outcome["flags"]) == ("applied", [])


def test_a_phone_that_adds_up_wrongly_is_flagged_and_one_that_gives_too_much_is_held(shop: Any) -> None:
    data = priced(shop.anna, shop.bakery, [wanted(shop, "coffee", 1)])
    data["lines"][0]["amount_minor"] -= 1
    data["total_minor"] -= 1
    outcome = submit(shop.anna, data)
    assert (outcome["status"], outcome["flags"]) == ("applied", ["calculation_differs", "price_differs"])
    data = priced(shop.anna, shop.bakery, [wanted(shop, "coffee", 3)])
    data["lines"][1]["quantity"] += 1
    outcome = submit(shop.anna, data)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.price_out_of_band")


def test_a_contract_goes_before_everything_and_reaches_only_the_phones_that_serve_the_customer(shop: Any) -> None:
    body = {"customer_id": shop.bakery["id"], "product_id": str(shop.world.products["coffee"].id)}
    shop.boss("POST", "/api/v1/contract-prices", json=body | {"reference": "K-1", "price_minor": 6001, "per": 12})
    shop.anna.receive()
    assert shop.phone("ben").all("agreement") == []
    data = priced(shop.anna, shop.bakery, [wanted(shop, "coffee", 1, unit="case")])
    assert submit(shop.anna, data)["flags"] == []
    steps = order_of(shop, data).lines[0].steps
    assert [step["code"] for step in steps] == ["contract", "goods", "tax"]
    assert steps[1]["amount_minor"] == 6001


FAULTS = [
    ("order.wrong_unit", {"unit": "pallet"}),
    ("order.quantity_invalid", {"quantity": -3}),
    ("order.unknown_product", {"product_id": "6f0cc5a0-7f5b-5a39-8f5e-9a4d7a0f7f51"}),
    ("order.lines_invalid", {"discount_bp": 20_000}),
]


@pytest.mark.parametrize(("code", "fault"), FAULTS)
def test_an_order_with_a_fault_is_kept_and_a_person_corrects_it(shop: Any, code: str, fault: dict[str, Any]) -> None:
    right = priced(shop.anna, shop.bakery, [wanted(shop, "coffee", 2)])
    wrong = right | {"lines": [right["lines"][0] | fault]}
    outcome = submit(shop.anna, wrong)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", code)
    assert outcome["problem"]["mend"]
    [waiting] = shop.desk("sara")("GET", "/sync/v1/review")["items"]
    ruling = {"action": "apply", "reason": "Asked the rep.", "data": right}
    shop.desk("sara")("POST", f"/sync/v1/review/{waiting['id']}", json=ruling)
    assert order_of(shop, right).amount_minor == right["total_minor"]


def test_a_currency_that_nothing_is_sold_in_is_kept_too(shop: Any) -> None:
    data = priced(shop.anna, shop.bakery, [wanted(shop, "coffee", 2)]) | {"currency": "USD"}
    outcome = submit(shop.anna, data)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.wrong_currency")


def test_an_order_after_the_check_out_is_held_until_a_person_lets_it_stand(shop: Any) -> None:
    visit = shop.anna.check_in(shop.bakery)
    shop.clock.pass_minutes(10)
    shop.anna.check_out(visit, shop.bakery, "Bye.")
    shop.clock.pass_minutes(10)
    data = priced(shop.anna, shop.bakery, basket(shop), visit=visit)
    outcome = submit(shop.anna, data)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.after_check_out")
    [waiting] = shop.desk("sara")("GET", "/sync/v1/review")["items"]
    shop.desk("sara")("POST", f"/sync/v1/review/{waiting['id']}", json={"action": "accept"})
    assert order_of(shop, data).flags == ["after_check_out"]


STRICT = {
    "check_in": "hold",
    "photo": "refuse",
    "after_check_out": "flag",
    "minimum_order": {"then": "hold", "amounts": {"EUR": 2000}},
    "most_discount": {"then": "hold", "discount_bp": 1000},
}


def test_the_policy_names_everything_that_is_missing(shop: Any) -> None:
    shop.boss("PUT", "/api/v1/policies/selling", json={"body": STRICT | {"photo": "hold"}})
    data = priced(shop.anna, shop.bakery, [wanted(shop, "coffee", 1, discount_bp=1500)])
    outcome = submit(shop.anna, data)
    assert outcome["status"] == "held"
    assert [each["code"] for each in outcome["problem"]["breaches"]] == [
        *("order.check_in_needed", "order.photo_needed", "order.below_minimum", "order.discount_beyond_policy"),
    ]
    assert outcome["problem"]["code"] == "order.check_in_needed"


def test_what_the_policy_refuses_is_refused_until_it_is_done(shop: Any) -> None:
    shop.boss("PUT", "/api/v1/policies/selling", json={"body": STRICT})
    visit = shop.anna.check_in(shop.bakery)
    without = submit(shop.anna, priced(shop.anna, shop.bakery, basket(shop), visit=visit))
    assert (without["status"], without["problem"]["code"]) == ("rejected", "order.against_policy")
    assert [each["code"] for each in without["problem"]["breaches"]] == ["order.photo_needed"]
    shop.anna.photograph(visit, b"\x89PNG")
    assert submit(shop.anna, priced(shop.anna, shop.bakery, basket(shop), visit=visit))["status"] == "applied"


def test_version_1_stays_and_meets_the_policy_only_once_it_is_set(shop: Any) -> None:
    coffee = next(each for each in shop.anna.all("product") if each["sku"] == "coffee")
    visit = shop.anna.check_in(shop.bakery)
    shop.anna.order(visit, shop.bakery, [(coffee, 1)])
    shop.anna.send()
    assert [each["status"] for each in shop.anna.outcomes.values()] == ["applied"] * 2
    shop.boss("PUT", "/api/v1/policies/selling", json={"body": STRICT | {"photo": "hold"}})
    shop.anna.order(visit, shop.bakery, [(coffee, 9)])
    shop.anna.photograph(visit, b"\x89PNG")
    shop.anna.order(visit, shop.bakery, [(coffee, 10)])
    shop.anna.send()
    last = list(shop.anna.outcomes.values())[2:]
    assert [each["status"] for each in last] == ["held", "applied", "applied"]
    assert last[0]["problem"]["code"] == "order.photo_needed"


def test_goods_come_back_at_what_they_really_cost(shop: Any) -> None:
    data = priced(shop.anna, shop.bakery, [wanted(shop, "coffee", 2, discount_bp=5000)])
    submit(shop.anna, data)
    paid = data["total_minor"] // 2
    coffee = str(shop.world.products["coffee"].id)
    shop.anna.give_back(shop.bakery["id"], [(coffee, 1, paid)], uuid.UUID(data["order_id"]))
    shop.anna.send()
    assert list(shop.anna.outcomes.values())[-1]["status"] == "applied"


def test_a_promotion_is_tried_on_the_last_orders_before_it_is_set(shop: Any) -> None:
    submit(shop.anna, priced(shop.anna, shop.bakery, basket(shop)))
    better = SPRING | {"discount_bp": 2000}
    body = {"body": better, "currency": "EUR", "orders": 10}
    trial = shop.boss("POST", "/api/v1/promotions/dry-run", json=body)
    assert (trial["orders"], trial["changed"]) == (1, 1)
    assert trial["after_minor"] < trial["before_minor"]
    same = shop.boss("POST", "/api/v1/promotions/dry-run", json=body | {"body": SPRING})
    assert (same["changed"], same["before_minor"]) == (0, trial["before_minor"])
    assert [each["body"]["discount_bp"] for each in listed(shop) if each["code"] == "SPRING"] == [1000]
    terms = {"customer_id": shop.bakery["id"], "product_id": str(shop.world.products["coffee"].id)}
    terms |= {"reference": "K-1", "price_minor": 100, "orders": 10}
    tried = shop.boss("POST", "/api/v1/contract-prices/dry-run", json=terms)
    assert tried["after_minor"] < tried["before_minor"]


def listed(town: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = town.boss("GET", "/api/v1/promotions")["promotions"]
    return found


def test_a_promotion_has_versions_and_only_a_manager_sets_them(shop: Any) -> None:
    shop.desk("anna")("POST", "/api/v1/promotions", json={"body": SPRING}, status=403)
    shop.boss("POST", "/api/v1/promotions", json={"body": SPRING | {"discount_bp": 500}})
    shop.boss("DELETE", "/api/v1/promotions/SPRING")
    assert [each["code"] for each in listed(shop)] == ["4FOR3", "BIG"]
    versions = shop.boss("GET", "/api/v1/promotions/SPRING")["promotions"]
    assert [each["body"]["discount_bp"] for each in versions] == [500, 1000]
    problem = shop.boss("POST", "/api/v1/promotions", json={"body": SPRING | {"discount_bp": 0}}, status=422)
    assert problem["code"] == "promotion.invalid"
    shop.anna.receive()
    assert [each["code"] for each in shop.anna.all("price_book")[0]["body"]["promotions"]] == ["4FOR3", "BIG"]


@pytest.mark.parametrize("unit", ["each", "case"])
def test_goods_that_a_promotion_gives_are_given_once_and_by_the_piece(shop: Any, unit: str) -> None:
    data = priced(shop.anna, shop.bakery, [wanted(shop, "soap", 7)])
    [free] = [line for line in data["lines"] if line["promotion"]]
    free["unit"] = unit
    data["lines"] += [free | {"line": 100}] if unit == "each" else []
    outcome = submit(shop.anna, data)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.lines_invalid")
    assert order_of(shop, data) is None


def test_more_free_goods_than_any_order_has_are_no_fault_of_the_server(shop: Any) -> None:
    data = priced(shop.anna, shop.bakery, [wanted(shop, "soap", 7)])
    next(line for line in data["lines"] if line["promotion"])["quantity"] = 2**53 - 1
    outcome = submit(shop.anna, data)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.lines_invalid")


def test_a_tax_that_is_not_ours_waits_for_a_person_though_the_amount_is_right(shop: Any) -> None:
    data = priced(shop.anna, shop.bakery, [wanted(shop, "soap", 7)])
    data["lines"][0]["tax_minor"] = 0
    outcome = submit(shop.anna, data)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.price_out_of_band")
    [line] = outcome["problem"]["lines"]
    assert line["told_minor"] == line["ours_minor"]
    assert line["told_tax_minor"] == 0 < line["ours_tax_minor"]
