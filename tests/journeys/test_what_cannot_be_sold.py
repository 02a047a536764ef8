"""What goes wrong at the counter: each error has one code, the mutation is kept, and a person can still make it good.

docs/selling-errors.md lists them. A stock feed that comes out of order is told where feeds are.
"""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from worlds.exchanging_phone import back, exchange, exchanged, give_back
from worlds.pricing_phone import open_shop, priced, submit

from fieldsales.db.base import new_id
from fieldsales.db.session import reading
from fieldsales.orders.models import Order
from sync.models import Mutation

NOBODY = "6f0cc5a0-7f5b-5a39-8f5e-9a4d7a0f7f51"
PAGE = (Path(__file__).parents[2] / "docs" / "selling-errors.md").read_text()
CREDIT = {"invoicing": "at_submit", "over_limit": "hold", "payment_days": 14, "uninvoiced_days": 30}


@pytest.fixture
def shop(town: Any) -> Any:
    town.boss, town.sara = town.desk("max"), town.desk("sara")
    open_shop(town.boss, town.world.products)
    town.anna = town.phone("anna")
    town.bakery = next(each for each in town.anna.all("customer") if each["name"] == "Bakery")
    return town


def goods(shop: Any, sku: str, quantity: int, **more: Any) -> dict[str, Any]:
    return {"product_id": str(shop.world.products[sku].id), "quantity": quantity, **more}


def order_of(shop: Any, identity: str) -> Order | None:
    with reading(shop.engine) as session:
        return session.get(Order, uuid.UUID(identity))


def kept(shop: Any, code: str) -> dict[str, Any]:
    """The one mutation under review: with that code, its data stored, and the phone told."""
    [waiting] = shop.sara("GET", "/sync/v1/review")["items"]
    with reading(shop.engine) as session:
        stored = session.get_one(Mutation, uuid.UUID(waiting["id"]))
        assert (str(stored.status), stored.outcome["problem"]["code"]) == ("held", code)
        told = {name: value for name, value in stored.payload["data"].items() if name.endswith("_id")}
        assert told["customer_id"] == shop.bakery["id"]
    assert f"`{code}`" in PAGE
    shop.anna.receive()
    assert [each["outcome"]["problem"]["code"] for each in shop.anna.all("mutation")] == [code]
    return dict(waiting)


FAULTS = [
    ("order.unknown_product", {"product_id": NOBODY}),
    ("order.wrong_unit", {"unit": "pallet"}),
    ("order.quantity_invalid", {"quantity": -3}),
    ("order.quantity_invalid", {"quantity": 0}),
    ("order.lines_invalid", {"discount_bp": 10_001}),
    ("order.lines_invalid", {"amount_minor": -1}),
]


@pytest.mark.parametrize(("code", "fault"), FAULTS)
def test_a_fault_in_a_sale_is_kept_and_corrected(shop: Any, code: str, fault: dict[str, Any]) -> None:
    right = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 2)])
    outcome = submit(shop.anna, right | {"lines": [right["lines"][0] | fault]})
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", code)
    assert outcome["problem"]["mend"]
    waiting = kept(shop, code)
    ruling = {"action": "apply", "reason": "Asked the rep.", "data": right}
    shop.sara("POST", f"/sync/v1/review/{waiting['id']}", json=ruling)
    assert order_of(shop, right["order_id"]).amount_minor == right["total_minor"]


@pytest.mark.parametrize(("code", "fault"), FAULTS[:4])
def test_a_fault_in_a_return_is_kept_and_corrected(shop: Any, code: str, fault: dict[str, Any]) -> None:
    worth = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 2)])["total_minor"]
    right = back(goods(shop, "coffee", 2, amount_minor=worth))
    outcome = give_back(shop.anna, shop.bakery, right | {"lines": [right["lines"][0] | fault]})
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", code)
    waiting = kept(shop, code)
    data = right | {"customer_id": shop.bakery["id"], "currency": "EUR"}
    shop.sara("POST", f"/sync/v1/review/{waiting['id']}", json={"action": "apply", "reason": "Asked.", "data": data})
    assert order_of(shop, right["return_id"]).amount_minor == -worth


@pytest.mark.parametrize(("code", "fault"), FAULTS[:4])
def test_a_fault_in_either_half_keeps_an_exchange_whole(shop: Any, code: str, fault: dict[str, Any]) -> None:
    worth = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)])["total_minor"]
    right = exchanged(
        shop.anna, shop.bakery, [goods(shop, "soap", 1)], back(goods(shop, "coffee", 1, amount_minor=worth))
    )
    wrong = right | {"back": right["back"] | {"lines": [right["back"]["lines"][0] | fault]}}
    outcome = exchange(shop.anna, wrong)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", code)
    assert order_of(shop, right["exchange_id"]) is None
    waiting = kept(shop, code)
    ruling = {"action": "apply", "reason": "Asked.", "data": right}
    shop.sara("POST", f"/sync/v1/review/{waiting['id']}", json=ruling)
    halves = [order_of(shop, each).amount_minor for each in (right["exchange_id"], right["back"]["return_id"])]
    assert sum(halves) == right["balance_minor"]


def test_two_currencies_never_meet_in_one_order(shop: Any) -> None:
    outcome = submit(shop.anna, priced(shop.anna, shop.bakery, [goods(shop, "coffee", 2)]) | {"currency": "USD"})
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.wrong_currency")
    kept(shop, "order.wrong_currency")


def test_lines_that_do_not_add_up_are_kept(shop: Any) -> None:
    data = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 2)])
    outcome = submit(shop.anna, data | {"total_minor": data["total_minor"] + 1})
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.total_mismatch")
    kept(shop, "order.total_mismatch")


def test_an_order_after_the_check_out_waits_for_a_person(shop: Any) -> None:
    visit = shop.anna.check_in(shop.bakery)
    shop.clock.pass_minutes(10)
    shop.anna.check_out(visit, shop.bakery, "Bye.")
    shop.clock.pass_minutes(10)
    data = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 2)], visit=visit)
    outcome = submit(shop.anna, data)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.after_check_out")
    waiting = kept(shop, "order.after_check_out")
    shop.sara("POST", f"/sync/v1/review/{waiting['id']}", json={"action": "accept"})
    assert order_of(shop, data["order_id"]).flags == ["after_check_out"]


def test_money_beyond_the_debt_becomes_credit_and_the_phone_is_told(shop: Any) -> None:
    shop.boss("PUT", "/api/v1/policies/credit", json={"body": CREDIT})
    owed = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 2)])
    assert submit(shop.anna, owed)["status"] == "applied"
    payment = new_id()
    data = {"payment_id": str(payment), "customer_id": shop.bakery["id"], "currency": "EUR", "method": "cash"}
    sent = shop.anna.do("payment.collect", ("payment", payment), data | {"amount_minor": owed["total_minor"] + 70})
    shop.anna.send()
    outcome = shop.anna.outcomes[sent]
    assert (outcome["status"], outcome["flags"]) == ("applied", ["more_than_debt"])
    assert outcome["result"]["on_account_minor"] == 70
    assert "`more_than_debt`" in PAGE
    [standing] = shop.boss("GET", f"/api/v1/customers/{shop.bakery['id']}/credit")["credit"]
    assert standing["owed_minor"] == -70


STRICT = {"check_in": "off", "photo": "off", "after_check_out": "off"}
BREACHES = [
    ("order.check_in_needed", {"check_in": "?"}, "check_in_needed"),
    ("order.photo_needed", {"photo": "?"}, "photo_needed"),
    ("order.below_minimum", {"minimum_order": {"then": "?", "amounts": {"EUR": 99_999}}}, "below_minimum"),
    ("order.discount_beyond_policy", {"most_discount": {"then": "?", "discount_bp": 100}}, "discount_beyond_policy"),
]


@pytest.mark.parametrize("then", ["off", "flag", "hold", "refuse"])
@pytest.mark.parametrize(("code", "switch", "flag"), BREACHES)
def test_every_switch_of_the_policy_does_each_of_its_four_things(
    shop: Any, code: str, switch: dict[str, Any], flag: str, then: str
) -> None:
    body = STRICT | {name: then if each == "?" else each | {"then": then} for name, each in switch.items()}
    shop.boss("PUT", "/api/v1/policies/selling", json={"body": body})
    data = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1, discount_bp=150)])
    outcome = submit(shop.anna, data)
    told = {"off": "applied", "flag": "applied", "hold": "held", "refuse": "rejected"}[then]
    assert outcome["status"] == told
    if told == "applied":
        assert outcome["flags"] == ([flag] if then == "flag" else [])
        return
    assert outcome["problem"]["code"] == (code if then == "hold" else "order.against_policy")
    assert [each["code"] for each in outcome["problem"]["breaches"]] == [code]
    if then == "hold":
        waiting = kept(shop, code) if code != "order.discount_beyond_policy" else only(shop)
        shop.sara("POST", f"/sync/v1/review/{waiting['id']}", json={"action": "accept"})
        assert order_of(shop, data["order_id"]).flags == [flag]


def only(shop: Any) -> dict[str, Any]:
    [waiting] = shop.sara("GET", "/sync/v1/review")["items"]
    return dict(waiting)


def test_the_minimum_may_be_another_one_for_an_exchange(shop: Any) -> None:
    least = {"then": "hold", "amounts": {"EUR": 99_999}, "by_kind": {"exchange": {"EUR": 1}}}
    shop.boss("PUT", "/api/v1/policies/selling", json={"body": STRICT | {"minimum_order": least}})
    small = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)])
    assert submit(shop.anna, small)["problem"]["code"] == "order.below_minimum"
    told = back(goods(shop, "coffee", 1, amount_minor=small["total_minor"]))
    data = exchanged(shop.anna, shop.bakery, [goods(shop, "coffee", 1)], told)
    assert exchange(shop.anna, data)["status"] == "applied"


@pytest.mark.parametrize(("kind", "where"), [("van_sale", "van"), ("pre_order", "later")])
def test_the_minimum_may_be_another_one_by_where_the_goods_come_from(shop: Any, kind: str, where: str) -> None:
    least = {"then": "hold", "amounts": {"EUR": 99_999}, "by_kind": {where: {"EUR": 1}}}
    shop.boss("PUT", "/api/v1/policies/selling", json={"body": STRICT | {"minimum_order": least}})
    small = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)])
    assert submit(shop.anna, small)["problem"]["code"] == "order.below_minimum"
    other = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)])
    wanted = {"wanted_on": "2026-03-05"} if kind == "pre_order" else {}
    assert submit(shop.anna, other | {"kind": kind} | wanted)["status"] == "applied"


def test_a_check_in_and_a_photo_before_the_order_are_enough(shop: Any) -> None:
    body = STRICT | {"check_in": "refuse", "photo": "refuse", "after_check_out": "refuse"}
    shop.boss("PUT", "/api/v1/policies/selling", json={"body": body})
    visit = shop.anna.check_in(shop.bakery)
    shop.anna.photograph(visit, b"\x89PNG")
    data = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)], visit=visit)
    assert (submit(shop.anna, data)["status"], order_of(shop, data["order_id"]).flags) == ("applied", [])
