"""From an order to its delivery, and from money in hand to a settlement: through HTTP, with a phone in between."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from fieldsales.db.base import new_id

TODAY = "2026-03-02"
CREDIT = {"invoicing": "at_delivery", "over_limit": "hold", "payment_days": 14, "uninvoiced_days": 30}


@pytest.fixture
def shop(town: Any) -> Any:
    town.boss, town.sara = town.desk("max"), town.desk("sara")
    town.boss("PUT", "/api/v1/policies/credit", json={"body": CREDIT})
    town.anna = town.phone("anna")
    town.bakery = next(each for each in town.anna.all("customer") if each["name"] == "Bakery")
    return town


def sent(shop: Any) -> dict[str, Any]:
    last = shop.anna.outbox[-1]["id"]
    shop.anna.send()
    shop.clock.pass_minutes(1)
    shop.anna.receive()
    found: dict[str, Any] = shop.anna.outcomes[last]
    return found


def order(shop: Any, quantity: int) -> str:
    visit = shop.anna.check_in(shop.bakery)
    product = next(each for each in shop.anna.all("product") if each["sku"] == "rice")
    made = shop.anna.order(visit, shop.bakery, [(product, quantity)])
    assert sent(shop)["status"] == "applied"
    return str(made)


def deliver(shop: Any, order_id: str, **told: Any) -> dict[str, Any]:
    report = told.pop("report_id", None) or str(new_id())
    data = {"report_id": report, "order_id": order_id, **told}
    shop.anna.do("delivery.report", ("delivery_report", uuid.UUID(report)), data)
    return sent(shop)


def collect(shop: Any, amount: int, method: str = "cash") -> None:
    payment = new_id()
    data = {"payment_id": str(payment), "customer_id": shop.bakery["id"], "currency": "EUR", "method": method}
    shop.anna.do("payment.collect", ("payment", payment), data | {"amount_minor": amount})
    assert sent(shop)["status"] == "applied"


def test_an_order_is_picked_sent_and_delivered_in_two_parts(shop: Any) -> None:
    made = order(shop, 5)
    assert shop.sara("GET", f"/api/v1/deliveries/{made}")["state"] == "open"
    body = {"order_ids": [made]}
    assert shop.sara("POST", "/api/v1/deliveries/pick", json=body)["items"][0]["state"] == "picked"
    assert shop.sara("POST", "/api/v1/deliveries/pick", json=body, status=409)["code"] == "delivery.wrong_state"
    assert shop.sara("POST", "/api/v1/deliveries/send", json=body)["items"][0]["state"] == "out"
    shop.anna.receive()
    assert [each["state"] for each in shop.anna.all("delivery")] == ["out"]
    lines = [{"line_no": 1, "delivered": 3, "reason": "Two broke."}]
    told = deliver(shop, made, lines=lines, recipient="Maria", latitude=38.25, longitude=21.73)
    assert told["result"] | {"report_id": None} == {
        "report_id": None,
        "order_id": made,
        "state": "partly_delivered",
        "left": 2,
    }
    [held] = shop.anna.all("delivery")
    assert (held["state"], held["lines"][0]["delivered"]) == ("partly_delivered", 3)
    assert len(shop.anna.all("invoice")) == 1
    report = {"report_id": str(new_id()), "recipient": "Maria"}
    done = shop.sara("POST", f"/api/v1/deliveries/{made}/report", json=report, status=201)
    assert (done["state"], [each["recipient"] for each in done["reports"]]) == ("delivered", ["Maria", "Maria"])
    shop.anna.receive()
    amounts = [each["amount_minor"] for each in shop.anna.all("invoice")]
    assert sum(amounts) == next(each for each in shop.anna.all("order") if each["id"] == made)["amount_minor"]
    [row] = shop.sara("GET", f"/api/v1/deliveries/measures?from={TODAY}&to=2026-03-10&by=rep")["items"]
    assert (row["name"], row["orders"], row["otif"], row["quantity_fill_rate"]) == ("Anna", 1, 1.0, 1.0)


def test_a_report_is_told_once_however_often_it_is_sent(shop: Any) -> None:
    made = order(shop, 5)
    report = str(new_id())
    assert deliver(shop, made, report_id=report)["status"] == "applied"
    assert deliver(shop, made, report_id=report)["problem"]["code"] == "delivery.report_taken"
    assert deliver(shop, made)["problem"]["code"] == "delivery.ended"
    other = order(shop, 2)
    codes = {
        "delivery.more_than_ordered": [{"line_no": 1, "delivered": 3}],
        "delivery.line_unknown": [{"line_no": 2, "delivered": 1}],
        "delivery.reason_missing": [{"line_no": 1, "delivered": 1}],
        "delivery.invalid": [{"line_no": 1, "delivered": -1}],
    }
    for code, lines in codes.items():
        told = deliver(shop, other, lines=lines)
        assert (told["status"], told["problem"]["code"]) == ("rejected", code)
    shop.anna.do("order.cancel", ("order", uuid.UUID(other)), {"order_id": other, "reason": "No."})
    assert sent(shop)["status"] == "applied"
    assert deliver(shop, other)["problem"]["code"] == "delivery.order_ended"
    assert shop.sara("GET", "/api/v1/deliveries?state=cancelled")["items"][0]["order_id"] == other


def test_a_report_waits_for_an_order_that_is_not_here_yet(shop: Any) -> None:
    told = deliver(shop, str(new_id()))
    assert (told["status"], told["problem"]["code"]) == ("held", "mutation.waiting")


def test_a_day_is_counted_signed_on_the_phone_and_by_a_cashier_and_reopened(shop: Any) -> None:
    anna = shop.anna
    collect(shop, 2350)
    collect(shop, 900, "cheque")
    me = shop.world.anna.id
    expected = shop.sara("GET", f"/api/v1/settlements/expected?rep_id={me}&day={TODAY}")
    assert [(each["form"], each["amount_minor"]) for each in expected["items"]] == [("cash", 2350), ("cheque", 900)]
    money = [
        {
            "currency": "EUR",
            "form": "cash",
            "coins": [{"value_minor": 1000, "count": 2}, {"value_minor": 50, "count": 6}],
        },
        {"currency": "EUR", "form": "cheque", "payments": [expected["items"][1]["payment_id"]]},
    ]
    body = {"rep_id": str(me), "day": TODAY, "money": money}
    path = "/api/v1/settlements"
    assert shop.sara("POST", path, json=body, status=422)["code"] == "settlement.unexplained"
    money[0]["note"] = "Fifty cents were lost."
    made = shop.sara("POST", path, json=body, status=201)
    assert shop.sara("POST", path, json=body, status=409)["code"] == "settlement.exists"
    assert (made["state"], made["intact"]) == ("counted", True)
    anna.receive()
    [held] = anna.all("settlement")
    assert held["content"] == made["content"]
    data = {"settlement_id": made["id"], "content_hash": held["content_hash"]}
    anna.do("settlement.sign", ("settlement", uuid.UUID(made["id"])), data)
    assert sent(shop)["result"]["state"] == "counted"
    signed = shop.sara("POST", f"{path}/{made['id']}/sign", json={"content_hash": made["content_hash"]})
    assert (signed["state"], [each["party"] for each in signed["signatures"]]) == ("settled", ["rep", "cashier"])
    assert shop.sara("GET", f"{path}/expected?rep_id={me}&day={TODAY}")["items"] == []
    owed = {"rep_id": str(me), "currency": "EUR", "amount_minor": 50}
    assert shop.sara("POST", f"{path}/repayments", json=owed)["owed_minor"] == 0
    assert shop.sara("POST", f"{path}/repayments", json=owed, status=422)["code"] == "settlement.repayment_invalid"
    back = shop.sara("POST", f"{path}/{made['id']}/reopen", json={"reason": "Counted twice."})
    assert (back["state"], back["reopen_reason"]) == ("reopened", "Counted twice.")
    assert len(shop.sara("GET", f"{path}/expected?rep_id={me}&day={TODAY}")["items"]) == 2


def test_a_difference_above_the_policy_is_let_pass_by_a_third_person(shop: Any) -> None:
    shop.boss("PUT", "/api/v1/policies/settlements", json={"body": {"approval_above": {"EUR": 0}}})
    collect(shop, 2000)
    me = str(shop.world.anna.id)
    money = [{"currency": "EUR", "form": "cash", "total_minor": 1990, "note": "Lost."}]
    path = "/api/v1/settlements"
    anna = shop.desk("anna")
    made = anna("POST", path, json={"rep_id": me, "day": TODAY, "money": money}, status=201)
    for who, state in ((anna, "counted"), (shop.sara, "waiting")):
        signed = who("POST", f"{path}/{made['id']}/sign", json={"content_hash": made["content_hash"]})
        assert signed["state"] == state
    [asked] = shop.boss("GET", "/api/v1/approvals?state=open")["items"]
    assert (asked["kind"], asked["settlement_id"], asked["amount_minor"]) == ("settlement", made["id"], 10)
    assert shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True}, status=409)["code"] == (
        "settlement.signed_before"
    )
    shop.boss("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True, "reason": "Known."})
    assert shop.sara("GET", f"{path}/{made['id']}")["state"] == "settled"
