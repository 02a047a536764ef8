"""Orders that a price book priced are amended, goods come back in any unit, and others are given in their place."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import func, select
from worlds.exchanging_phone import amend, back, exchange, exchanged, give_back, hand_in
from worlds.pricing_phone import FOURTH_FREE, open_shop, priced, submit

from fieldsales.db.base import new_id
from fieldsales.db.session import reading
from fieldsales.ledger.queries import customer_balance, trial_balance
from fieldsales.orders.models import Order

CREDIT = {"invoicing": "at_submit", "over_limit": "hold", "payment_days": 14, "uninvoiced_days": 30}


@pytest.fixture
def shop(town: Any) -> Any:
    """The town with units, taxes and "buy three, get one"; orders become invoices."""
    town.boss, town.sara = town.desk("max"), town.desk("sara")
    open_shop(town.boss, town.world.products, FOURTH_FREE)
    town.boss("PUT", "/api/v1/policies/credit", json={"body": CREDIT})
    town.anna = town.phone("anna")
    town.bakery = next(each for each in town.anna.all("customer") if each["name"] == "Bakery")
    town.account = f"/api/v1/customers/{town.bakery['id']}"
    return town


def goods(shop: Any, sku: str, quantity: int, **more: Any) -> dict[str, Any]:
    return {"product_id": str(shop.world.products[sku].id), "quantity": quantity, **more}


def sell(shop: Any, *lines: dict[str, Any]) -> dict[str, Any]:
    data = priced(shop.anna, shop.bakery, list(lines))
    assert submit(shop.anna, data)["status"] == "applied"
    shop.clock.pass_minutes(1)
    return data


def order_of(shop: Any, identity: str) -> Order | None:
    with reading(shop.engine) as session:
        return session.get(Order, uuid.UUID(identity))


def half(amount: int) -> int:
    """Half of an amount, half up."""
    return (amount + 1) // 2


def owed(shop: Any) -> int:
    return sum(each["owed_minor"] for each in shop.boss("GET", f"{shop.account}/credit")["credit"])


def test_an_amended_order_is_priced_anew_by_its_own_versions_and_free_goods_leave_with_their_cause(shop: Any) -> None:
    first = sell(shop, goods(shop, "coffee", 6), goods(shop, "soap", 1, unit="case"))
    old = shop.anna.all("price_book")[0]
    assert [line["quantity"] for line in first["lines"] if line["promotion"]] == [3, 2]
    shop.boss("PUT", f"/api/v1/prices/products/{shop.world.products['coffee'].id}", json={"list_price_minor": 900})
    shop.clock.pass_minutes(1)
    shop.anna.receive()
    new = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 2), goods(shop, "soap", 3)], book=old)
    outcome = amend(shop.anna, new, first["order_id"])
    assert (outcome["status"], outcome["flags"]) == ("applied", [])
    stands = order_of(shop, new["order_id"])
    assert [(line.quantity, line.promotion) for line in stands.lines] == [(2, None), (3, None), (1, "4FOR3")]
    assert str(order_of(shop, first["order_id"]).state) == "amended"
    assert owed(shop) == new["total_minor"]
    kept = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)], book=old)
    kept["lines"].append(kept["lines"][0] | {"line": 2, "amount_minor": 0, "tax_minor": 0, "promotion": "4FOR3"})
    outcome = amend(shop.anna, kept, new["order_id"])
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.price_out_of_band")


def test_an_amendment_with_a_fault_is_kept_and_one_of_a_return_refused(shop: Any) -> None:
    first = sell(shop, goods(shop, "coffee", 2))
    new = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)])
    wrong = new | {"lines": [new["lines"][0] | {"unit": "pallet"}]}
    outcome = amend(shop.anna, wrong, first["order_id"])
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.wrong_unit")
    assert str(order_of(shop, first["order_id"]).state) == "placed"
    told = back(goods(shop, "coffee", 1, amount_minor=first["total_minor"] // 2), against=first["order_id"])
    assert give_back(shop.anna, shop.bakery, told)["status"] == "applied"
    less = amend(shop.anna, priced(shop.anna, shop.bakery, [goods(shop, "soap", 1)]), first["order_id"])
    assert (less["status"], less["problem"]["code"]) == ("rejected", "order.given_back")
    other = amend(shop.anna, priced(shop.anna, shop.bakery, [goods(shop, "soap", 1)]), told["return_id"])
    assert (other["status"], other["problem"]["code"]) == ("rejected", "order.not_a_sale")


def test_a_case_was_sold_and_pieces_come_back_with_their_tax(shop: Any) -> None:
    sale = sell(shop, goods(shop, "coffee", 1, unit="case"))
    paid, tax = sale["lines"][0]["amount_minor"], sale["lines"][0]["tax_minor"]
    told = back(goods(shop, "coffee", 6, amount_minor=half(paid)), goods(shop, "coffee", 2, amount_minor=0))
    outcome = give_back(shop.anna, shop.bakery, told | {"against_id": sale["order_id"]})
    assert (outcome["status"], outcome["flags"]) == ("applied", [])
    assert outcome["result"]["amount_minor"] == -half(paid)
    assert abs(outcome["result"]["tax_minor"] + tax // 2) <= 1
    line = order_of(shop, told["return_id"]).lines[0]
    assert (line.quantity, line.unit_quantity, line.unit) == (-6, -6, "each")
    assert owed(shop) == paid - half(paid)


def test_no_more_comes_back_than_was_sold_whatever_the_unit(shop: Any) -> None:
    sale = sell(shop, goods(shop, "coffee", 1, unit="case"))
    paid = sale["lines"][0]["amount_minor"]
    whole = back(goods(shop, "coffee", 1, unit="case", amount_minor=paid), goods(shop, "coffee", 4, amount_minor=0))
    assert give_back(shop.anna, shop.bakery, whole | {"against_id": sale["order_id"]})["status"] == "applied"
    more = back(goods(shop, "coffee", 1, amount_minor=paid // 12), against=sale["order_id"])
    outcome = give_back(shop.anna, shop.bakery, more)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "return.more_than_sold")
    shop.anna.receive()
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert (asked["kind"], asked["facts"]["products"][0]["units_left"]) == ("return", 0)
    shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True, "reason": "Swapped before."})
    assert order_of(shop, more["return_id"]).amount_minor == -(paid // 12)


def test_free_goods_that_stay_when_their_cause_comes_back_are_for_a_person_to_decide(shop: Any) -> None:
    sale = sell(shop, goods(shop, "coffee", 6))
    three = back(goods(shop, "coffee", 3, amount_minor=sale["total_minor"] // 2), against=sale["order_id"])
    outcome = give_back(shop.anna, shop.bakery, three)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "return.free_goods_kept")
    assert outcome["problem"]["kept"][0]["pieces"] == 1
    lines = (goods(shop, "coffee", 3, amount_minor=sale["total_minor"] // 2), goods(shop, "coffee", 1, amount_minor=0))
    assert give_back(shop.anna, shop.bakery, back(*lines, against=sale["order_id"]))["status"] == "applied"
    rest = back(goods(shop, "coffee", 3, amount_minor=sale["total_minor"] // 2), against=sale["order_id"])
    assert give_back(shop.anna, shop.bakery, rest)["problem"]["code"] == "return.free_goods_kept"


def test_goods_without_an_order_come_back_at_what_they_cost_today(shop: Any) -> None:
    two = sum(line["amount_minor"] for line in priced(shop.anna, shop.bakery, [goods(shop, "soap", 2)])["lines"])
    assert give_back(shop.anna, shop.bakery, back(goods(shop, "soap", 2, amount_minor=two)))["flags"] == []
    outcome = give_back(shop.anna, shop.bakery, back(goods(shop, "soap", 2, amount_minor=two * 2)))
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.price_out_of_band")
    outcome = give_back(shop.anna, shop.bakery, back(goods(shop, "soap", -2, amount_minor=two)))
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.quantity_invalid")


def test_an_exchange_is_one_document_and_the_customer_pays_the_difference(shop: Any) -> None:
    sale = sell(shop, goods(shop, "soap", 2))
    told = back(goods(shop, "soap", 1, amount_minor=half(sale["total_minor"]), condition="opened"))
    told["against_id"] = sale["order_id"]
    payment = {"payment_id": str(new_id()), "method": "cash", "amount_minor": 1}
    data = exchanged(shop.anna, shop.bakery, [goods(shop, "coffee", 2)], told, payment)
    payment["amount_minor"] = data["balance_minor"]
    assert data["balance_minor"] > 0
    outcome = exchange(shop.anna, data)
    assert (outcome["status"], outcome["flags"]) == ("applied", [])
    assert outcome["result"]["balance_minor"] == data["balance_minor"]
    given, taken = order_of(shop, data["exchange_id"]), order_of(shop, told["return_id"])
    assert (str(given.kind), str(taken.kind)) == ("sale", "return")
    assert given.exchange_id == taken.exchange_id == given.id
    assert on_the_books(shop) == owed(shop) == sale["total_minor"]
    shop.anna.receive()
    halves = [each for each in shop.anna.all("order") if each["exchange_id"] == data["exchange_id"]]
    assert sorted(each["kind"] for each in halves) == ["return", "sale"]


def test_what_an_exchange_leaves_to_the_customer_is_its_credit(shop: Any) -> None:
    coffee = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 2)])["total_minor"]
    told = back(goods(shop, "coffee", 2, amount_minor=coffee), reason="Not wanted.")
    data = exchanged(shop.anna, shop.bakery, [goods(shop, "soap", 1)], told)
    assert data["balance_minor"] < 0
    assert exchange(shop.anna, data)["status"] == "applied"
    assert on_the_books(shop) == owed(shop) == data["balance_minor"]
    assert all(each["open_minor"] == 0 for each in shop.boss("GET", "/api/v1/invoices")["items"])


def test_an_exchange_that_is_told_twice_happens_once_and_one_with_a_fault_not_by_half(shop: Any) -> None:
    coffee = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)])["total_minor"]
    told = back(goods(shop, "coffee", 1, amount_minor=coffee))
    data = exchanged(shop.anna, shop.bakery, [goods(shop, "soap", 1)], told)
    wrong = data | {"balance_minor": 7}
    outcome = exchange(shop.anna, wrong)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "exchange.balance_mismatch")
    too_much = back(goods(shop, "coffee", 1, amount_minor=9000))
    dear = exchanged(shop.anna, shop.bakery, [goods(shop, "soap", 1)], too_much)
    assert exchange(shop.anna, dear)["problem"]["code"] == "order.price_out_of_band"
    assert order_of(shop, dear["exchange_id"]) is None
    assert exchange(shop.anna, data)["status"] == "applied"
    again = exchange(shop.anna, data)
    assert (again["status"], again["problem"]["code"]) == ("rejected", "order.id_taken")
    with reading(shop.engine) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 2


def test_an_exchange_falls_as_a_whole(shop: Any) -> None:
    coffee = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)])["total_minor"]
    told = back(goods(shop, "coffee", 1, amount_minor=coffee))
    data = exchanged(shop.anna, shop.bakery, [goods(shop, "soap", 1)], told)
    exchange(shop.anna, data)
    for half in (data["exchange_id"], told["return_id"]):
        about = {"order_id": half, "reason": "No."}
        refused = hand_in(shop.anna, "order.cancel", ("order", half), about)
        assert refused["problem"]["code"] == "order.part_of_exchange"
    about = {"exchange_id": data["exchange_id"], "reason": "They thought again."}
    assert hand_in(shop.anna, "exchange.cancel", ("exchange", data["exchange_id"]), about)["status"] == "applied"
    states = {str(order_of(shop, each).state) for each in (data["exchange_id"], told["return_id"])}
    assert (states, owed(shop), on_the_books(shop)) == ({"cancelled"}, 0, 0)


def test_the_receipt_of_an_exchange_shows_both_halves_and_the_balance(shop: Any) -> None:
    coffee = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)])["total_minor"]
    told = back(goods(shop, "coffee", 1, amount_minor=coffee, condition="opened"), reason="Wrong sort.")
    data = exchanged(shop.anna, shop.bakery, [goods(shop, "soap", 5)], told)
    exchange(shop.anna, data)
    for half in (data["exchange_id"], told["return_id"]):
        receipt = shop.boss("GET", f"/api/v1/orders/{half}/receipt")
        assert (receipt["kind"], receipt["total_minor"]) == ("exchange", data["balance_minor"])
        assert [item["quantity"] for item in receipt["items"]] == [5, 1, -1]
        assert receipt["reason"] == "Wrong sort."


def test_a_return_of_what_was_given_waits_for_the_exchange(shop: Any) -> None:
    coffee = priced(shop.anna, shop.bakery, [goods(shop, "coffee", 1)])["total_minor"]
    told = back(goods(shop, "coffee", 1, amount_minor=coffee))
    data = exchanged(shop.anna, shop.bakery, [goods(shop, "soap", 1)], told)
    early = back(goods(shop, "soap", 1, amount_minor=data["total_minor"]), against=data["exchange_id"])
    outcome = give_back(shop.anna, shop.bakery, early)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "mutation.waiting")
    exchange(shop.anna, data)
    assert order_of(shop, early["return_id"]) is not None


def on_the_books(shop: Any) -> int:
    """What the customer owes by the ledger, whose accounts must add up to nothing."""
    with reading(shop.engine) as session:
        assert sum(trial_balance(session, "EUR").values()) == 0
        return sum(customer_balance(session, uuid.UUID(shop.bakery["id"]), "EUR").values())
