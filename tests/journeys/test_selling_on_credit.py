"""What is owed, what is paid, and what a person must let pass: from the phone to the office and back."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from worlds.pricing_phone import open_shop, priced, submit

from fieldsales.db.base import new_id

CREDIT = {"invoicing": "at_submit", "over_limit": "hold", "payment_days": 14, "uninvoiced_days": 30}


@pytest.fixture
def shop(town: Any) -> Any:
    """Orders become invoices, and the Bakery may owe 100 euros."""
    town.boss = town.desk("max")
    town.sara = town.desk("sara")
    town.boss("PUT", "/api/v1/policies/credit", json={"body": CREDIT})
    town.anna = town.phone("anna")
    town.bakery = next(each for each in town.anna.all("customer") if each["name"] == "Bakery")
    town.account = f"/api/v1/customers/{town.bakery['id']}"
    town.boss("PUT", f"{town.account}/credit", json={"currency": "EUR", "limit_minor": 10_000})
    return town


def order(shop: Any, quantity: int, sku: str = "rice") -> dict[str, Any]:
    """Submit an order at our prices; return the mutation's outcome."""
    visit = shop.anna.check_in(shop.bakery)
    product = next(each for each in shop.anna.all("product") if each["sku"] == sku)
    shop.anna.order(visit, shop.bakery, [(product, quantity)])
    return sent(shop)


def collect(shop: Any, amount: int, **told: Any) -> dict[str, Any]:
    """Take money; return the mutation's outcome."""
    payment = new_id()
    data = {"payment_id": str(payment), "customer_id": shop.bakery["id"], "currency": "EUR", "method": "cash"}
    shop.anna.do("payment.collect", ("payment", payment), data | {"amount_minor": amount} | told)
    return sent(shop)


def sent(shop: Any) -> dict[str, Any]:
    last = shop.anna.outbox[-1]["id"]
    shop.anna.send()
    shop.clock.pass_minutes(1)
    found: dict[str, Any] = shop.anna.outcomes[last]
    return found


def standing(shop: Any) -> dict[str, Any]:
    [found] = shop.boss("GET", f"{shop.account}/credit")["credit"]
    return dict(found)


def test_an_order_becomes_an_invoice_and_money_pays_the_oldest_first(shop: Any) -> None:
    first, second = order(shop, 2), order(shop, 1)
    amounts = [each["result"]["amount_minor"] for each in (first, second)]
    shop.anna.receive()
    invoices = sorted(shop.anna.all("invoice"), key=lambda each: each["open_minor"], reverse=True)
    assert [each["open_minor"] for each in invoices] == amounts
    assert {(each["issued_on"], each["due_on"]) for each in invoices} == {("2026-03-02", "2026-03-16")}
    outcome = collect(shop, amounts[0])
    assert outcome["result"]["allocated_minor"] == amounts[0]
    assert outcome["flags"] == []
    shop.anna.receive()
    left = sum(each["open_minor"] for each in shop.anna.all("invoice"))
    assert left == amounts[1] == standing(shop)["owed_minor"]
    assert standing(shop)["left_minor"] == 10_000 - left


def test_money_beyond_the_debt_is_kept_as_credit_and_said_so(shop: Any) -> None:
    owed = order(shop, 1)["result"]["amount_minor"]
    outcome = collect(shop, owed + 500)
    assert (outcome["status"], outcome["flags"]) == ("applied", ["more_than_debt"])
    assert (outcome["result"]["allocated_minor"], outcome["result"]["on_account_minor"]) == (owed, 500)
    assert standing(shop)["owed_minor"] == -500
    again = order(shop, 1)["result"]["amount_minor"]
    paid = shop.sara("POST", f"/api/v1/payments/{outcome['result']['payment_id']}/allocate", json={})
    assert paid["left_minor"] == 0
    assert standing(shop)["owed_minor"] == again - 500
    problem = shop.sara("POST", f"/api/v1/payments/{paid['id']}/allocate", json={}, status=409)
    assert problem["code"] == "allocation.nothing_left"


def test_a_rep_chooses_what_is_paid_and_a_wrong_choice_loses_nothing(shop: Any) -> None:
    order(shop, 1)
    order(shop, 1)
    shop.anna.receive()
    chosen = max(shop.anna.all("invoice"), key=lambda each: (each["due_on"], each["id"]))
    outcome = collect(shop, 300, invoices=[{"invoice_id": chosen["id"], "amount_minor": 300}])
    assert outcome["result"]["allocated_minor"] == 300
    assert shop.boss("GET", f"/api/v1/invoices/{chosen['id']}")["open_minor"] == chosen["open_minor"] - 300
    outcome = collect(shop, 70, invoices=[{"invoice_id": str(new_id()), "amount_minor": 70}])
    assert (outcome["status"], outcome["flags"]) == ("applied", ["choice_not_followed"])
    assert outcome["result"]["on_account_minor"] == 70


def test_a_cheque_that_bounces_opens_its_invoice_again_and_the_phone_hears_of_it(shop: Any) -> None:
    owed = order(shop, 1)["result"]["amount_minor"]
    payment = collect(shop, owed, method="cheque", reference="No. 7")["result"]["payment_id"]
    assert standing(shop)["owed_minor"] == 0
    shop.sara("POST", f"/api/v1/payments/{payment}/bounce", json={"reason": "No funds."})
    shop.anna.receive()
    assert standing(shop)["owed_minor"] == owed == shop.anna.all("invoice")[0]["open_minor"]
    assert shop.anna.all("payment")[0]["flags"] == ["bounced"]
    again = shop.sara("POST", f"/api/v1/payments/{payment}/bounce", json={"reason": "No funds."}, status=409)
    assert again["code"] == "payment.bounced"
    statement = shop.anna.call("GET", f"{shop.account}/statement").json()
    assert [each["cause"] for each in statement["movements"]] == ["invoice", "payment", "bounce"]
    assert statement["closing"] == {"EUR": owed}


def test_an_order_over_the_limit_waits_with_its_facts_and_stands_once_a_person_lets_it(shop: Any) -> None:
    order(shop, 5)
    outcome = order(shop, 5)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.over_credit")
    shop.anna.receive()
    [waiting] = shop.anna.all("approval")
    assert (waiting["state"], waiting["kind"]) == ("open", "over_credit")
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert asked["facts"]["credit"]["limit_minor"] == 10_000
    assert asked["facts"]["credit"]["left_after_minor"] < 0
    assert asked["facts"]["margin"]["margin_bp"] == 2424
    assert len(asked["facts"]["history"]) == 1
    mine = shop.anna.call("GET", "/api/v1/approvals").json()["items"]
    assert (mine[0]["id"], mine[0]["facts"].keys()) == (asked["id"], asked["facts"].keys() - {"margin"})
    alone = shop.anna.call("GET", f"/api/v1/approvals/{asked['id']}").json()
    assert "margin" not in alone["facts"]
    assert asked["facts"]["ageing"]["not_due"] == asked["facts"]["credit"]["invoiced_minor"]
    granted = shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True, "reason": "They pay."})
    assert granted["state"] == "granted"
    shop.anna.receive()
    assert shop.anna.all("approval")[0]["state"] == "granted"
    assert [each["flags"] for each in shop.anna.all("order") if each["flags"]] == [["over_credit"]]
    assert len(shop.anna.all("invoice")) == 2
    assert shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True}, status=409)["code"] == (
        "approval.closed"
    )


def test_an_order_that_is_refused_never_stands_and_the_phone_hears_why(shop: Any) -> None:
    assert order(shop, 20)["status"] == "held"
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": False}, status=422)
    shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": False, "reason": "Pay first."})
    shop.anna.receive()
    [told] = shop.anna.all("approval")
    assert (told["state"], told["decision_reason"]) == ("refused", "Pay first.")
    assert shop.anna.all("order") == shop.anna.all("invoice") == []


def test_above_the_threshold_two_different_persons_must_agree_by_whichever_door(shop: Any) -> None:
    body = {"two_persons_above": {"EUR": 15_000}, "expires_hours": 24}
    shop.boss("PUT", "/api/v1/policies/approvals", json={"body": body})
    order(shop, 20)
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert asked["needed"] == 2
    shop.sara("POST", f"/sync/v1/review/{asked['mutation_id']}", json={"action": "accept"})
    assert shop.sara("GET", f"/api/v1/approvals/{asked['id']}")["state"] == "open"
    for path, body in (
        (f"/sync/v1/review/{asked['mutation_id']}", {"action": "accept"}),
        (f"/api/v1/approvals/{asked['id']}", {"grant": True}),
    ):
        assert shop.sara("POST", path, json=body, status=409)["code"] == "approval.voted_before"
    shop.anna.receive()
    assert shop.anna.all("order") == []
    assert shop.boss("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True})["state"] == "granted"
    shop.anna.receive()
    assert len(shop.anna.all("order")) == 1


def test_a_request_that_nobody_decides_expires_and_the_order_is_kept(shop: Any) -> None:
    order(shop, 20)
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    shop.clock.pass_minutes(60 * 24 * 8)
    sara = shop.desk("sara")
    assert sara("GET", "/api/v1/approvals?state=open")["items"] == []
    problem = sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True}, status=409)
    assert problem["code"] == "approval.expired"
    sara("POST", f"/sync/v1/review/{asked['mutation_id']}", json={"action": "retry"})
    [anew] = sara("GET", "/api/v1/approvals?state=open")["items"]
    assert anew["mutation_id"] == asked["mutation_id"]
    assert sara("GET", f"/api/v1/approvals/{asked['id']}")["state"] == "expired"
    assert sara("POST", f"/api/v1/approvals/{anew['id']}", json={"grant": True})["state"] == "granted"


def test_a_limit_that_is_raised_leaves_nothing_to_approve(shop: Any) -> None:
    order(shop, 20)
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    shop.boss("PUT", f"{shop.account}/credit", json={"currency": "EUR", "limit_minor": 99_000})
    shop.sara("POST", f"/sync/v1/review/{asked['mutation_id']}", json={"action": "retry"})
    assert shop.sara("GET", f"/api/v1/approvals/{asked['id']}")["state"] == "lapsed"


@pytest.mark.parametrize(("then", "status"), [("flag", "applied"), ("off", "applied"), ("refuse", "rejected")])
def test_the_policy_says_what_becomes_of_an_order_over_the_limit(shop: Any, then: str, status: str) -> None:
    shop.boss("PUT", "/api/v1/policies/credit", json={"body": CREDIT | {"over_limit": then}})
    outcome = order(shop, 20)
    assert outcome["status"] == status
    assert outcome["flags"] == (["over_credit"] if then == "flag" else [])


def test_a_write_off_needs_somebody_else(shop: Any) -> None:
    order(shop, 1)
    [invoice] = shop.sara("GET", "/api/v1/invoices?open=true")["items"]
    path = f"/api/v1/invoices/{invoice['id']}/write-off"
    assert shop.sara("POST", path, json={"amount_minor": 99_999, "reason": "x"}, status=422)["code"] == (
        "write_off.invalid"
    )
    asked = shop.sara("POST", path, json={"reason": "The shop closed."}, status=201)
    decide = f"/api/v1/approvals/{asked['id']}"
    assert shop.sara("POST", decide, json={"grant": True}, status=403)["code"] == "approval.own_request"
    assert shop.boss("GET", f"/api/v1/invoices/{invoice['id']}")["open_minor"] == invoice["open_minor"]
    shop.boss("POST", decide, json={"grant": True})
    done = shop.boss("GET", f"/api/v1/invoices/{invoice['id']}")
    assert (done["open_minor"], done["written_off_minor"]) == (0, invoice["amount_minor"])


def test_writing_off_in_parts_takes_as_many_persons_as_the_whole(shop: Any) -> None:
    order(shop, 1)
    [invoice] = shop.sara("GET", "/api/v1/invoices?open=true")["items"]
    path, half = f"/api/v1/invoices/{invoice['id']}/write-off", invoice["open_minor"] // 2
    shop.boss(
        "PUT", "/api/v1/policies/approvals", json={"body": {"two_persons_above": {"EUR": half}, "expires_hours": 9}}
    )
    first = shop.sara("POST", path, json={"amount_minor": half, "reason": "Half."}, status=201)
    assert first["needed"] == 1
    shop.boss("POST", f"/api/v1/approvals/{first['id']}", json={"grant": True})
    second = shop.sara("POST", path, json={"amount_minor": 1, "reason": "The rest."}, status=201)
    assert (second["needed"], second["facts"]["invoice"]["written_off_minor"]) == (2, half)
    assert shop.boss("POST", f"/api/v1/approvals/{second['id']}", json={"grant": True})["state"] == "open"


def test_a_cancelled_order_is_owed_no_more(shop: Any) -> None:
    result = order(shop, 1)["result"]
    collect(shop, 100)
    data = {"order_id": result["order_id"], "reason": "Wrong shop."}
    shop.anna.do("order.cancel", ("order", uuid.UUID(result["order_id"])), data)
    assert sent(shop)["status"] == "applied"
    assert standing(shop)["owed_minor"] == -100


def test_the_feed_of_another_system_may_come_twice_and_out_of_order(shop: Any) -> None:
    row = {"reference": "R-1", "customer": "C-Bakery", "currency": "EUR", "amount_minor": 5000}
    row |= {"issued_on": "2025-11-01", "due_on": "2025-12-01"}
    rows = [row, row | {"reference": "R-2", "customer": "C-Nobody"}, row | {"reference": "R-3", "amount_minor": 0}]
    told = shop.boss("POST", "/api/v1/invoices/import", json={"invoices": rows})["rows"]
    assert [each["fate"] for each in told] == ["new", "refused", "refused"]
    assert [each["code"] for each in told] == [None, "customer.not_found", "invoice.invalid"]
    fates = []
    for changed in ({"open_minor": 2000}, {"open_minor": 5000}, {}, {"amount_minor": 6000}):
        [filed] = shop.boss("POST", "/api/v1/invoices/import", json={"invoices": [row | changed]})["rows"]
        fates.append(filed["fate"])
    assert fates == ["settled", "same", "same", "refused"]
    report = shop.sara("GET", "/api/v1/receivables/ageing")
    assert report["items"][0]["buckets"] == {
        "not_due": 0, "days_1_30": 0, "days_31_60": 0, "days_61_90": 0, "over_90": 2000
    }  # fmt: skip
    context = shop.anna.call("GET", f"{shop.account}/order-context").json()["receivables"][0]
    assert (context["overdue_minor"], context["left_minor"], context["ageing"]["over_90"]) == (2000, 8000, 2000)


def test_a_rep_may_neither_decide_nor_see_what_others_owe(shop: Any) -> None:
    order(shop, 20)
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    ben = shop.phone("ben")
    assert shop.anna.call("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True}).status_code == 403
    assert ben.call("GET", f"/api/v1/approvals/{asked['id']}").status_code == 404
    assert ben.call("GET", f"{shop.account}/statement").status_code == 404
    assert ben.call("GET", "/api/v1/receivables/ageing").status_code == 403
    assert ben.all("approval") == ben.all("invoice") == []


def test_a_gift_beyond_the_budget_of_the_month_asks_a_person(shop: Any) -> None:
    shop.boss("PUT", "/api/v1/policies/gifts", json={"body": {"monthly_budget": {"EUR": 1000}}})

    def give(quantity: int) -> dict[str, Any]:
        gift, soap = new_id(), next(each for each in shop.anna.all("product") if each["sku"] == "soap")
        lines = [{"product_id": soap["id"], "quantity": quantity}]
        data = {"gift_id": str(gift), "customer_id": shop.bakery["id"], "reason": "Sample", "currency": "EUR"}
        shop.anna.do("gift.submit", ("gift", gift), data | {"lines": lines})
        return sent(shop)

    assert give(3)["status"] == "applied"
    assert give(3)["problem"]["code"] == "gift.over_budget"
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert (asked["kind"], asked["amount_minor"], asked["facts"]["given_minor"]) == ("gift", 567, 567)
    assert shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True})["state"] == "granted"


@pytest.mark.parametrize(("price", "kinds"), [(600, ["stale_price", "discount"]), (1170, ["discount"])])
def test_a_price_or_a_discount_beyond_the_policy_asks_a_person(shop: Any, price: int, kinds: list[str]) -> None:
    selling = {"check_in": "off", "photo": "off", "after_check_out": "off"}
    selling |= {"most_discount": {"then": "hold", "discount_bp": 100}}
    shop.boss("PUT", "/api/v1/policies/selling", json={"body": selling})
    rice, order_id = next(each for each in shop.anna.all("product") if each["sku"] == "rice"), new_id()
    lines = [{"product_id": rice["id"], "quantity": 2, "unit_price_minor": price}]
    data = {"order_id": str(order_id), "customer_id": shop.bakery["id"], "currency": "EUR", "lines": lines}
    shop.anna.do("order.submit", ("order", order_id), data)
    assert sent(shop)["status"] == "held"
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert (asked["kinds"], asked["amount_minor"]) == (kinds, 2 * price)
    assert asked["facts"]["margin"]["cost_minor"] == 1800
    shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True})
    shop.anna.receive()
    assert [each["amount_minor"] for each in shop.anna.all("order")] == [2 * price]


def priced_order(shop: Any, quantity: int, off: int = 0, **more: Any) -> dict[str, Any]:
    """Submit an order of rice that was priced by the book, but for `off` minor units; return its outcome."""
    rice = next(each for each in shop.anna.all("product") if each["sku"] == "rice")
    data = priced(shop.anna, shop.bakery, [{"product_id": rice["id"], "quantity": quantity} | more])
    data["lines"][0]["amount_minor"] -= off
    data["total_minor"] -= off
    return submit(shop.anna, data)


def switch(shop: Any, **switches: Any) -> None:
    body = {"check_in": "off", "photo": "off", "after_check_out": "hold"} | switches
    shop.boss("PUT", "/api/v1/policies/selling", json={"body": body})
    open_shop(shop.boss, shop.world.products)
    shop.anna.receive()


def test_who_lets_a_missing_check_in_pass_lets_no_debt_pass(shop: Any) -> None:
    switch(shop, check_in="hold")
    shop.boss("PUT", "/api/v1/policies/approvals", json={"body": {"two_persons_above": {"EUR": 0}, "expires_hours": 9}})
    outcome = priced_order(shop, 70)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "order.check_in_needed")
    codes = {each["code"] for each in outcome["problem"]["breaches"]}
    assert codes == {"order.check_in_needed", "order.over_credit"}
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert (asked["kinds"], asked["needed"]) == (["over_credit"], 2)
    shop.sara("POST", f"/sync/v1/review/{asked['mutation_id']}", json={"action": "accept"})
    shop.anna.receive()
    assert shop.anna.all("order") == []
    shop.boss("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True})
    shop.anna.receive()
    [stands] = shop.anna.all("order")
    assert {"check_in_needed", "over_credit"} <= set(stands["flags"])


def test_one_request_names_all_reasons_and_all_their_facts(shop: Any) -> None:
    switch(shop, most_discount={"then": "hold", "discount_bp": 100})
    assert priced_order(shop, 70, 5000, discount_bp=2000)["problem"]["code"] == "order.price_out_of_band"
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert asked["kinds"] == ["stale_price", "discount", "over_credit"]
    assert asked["facts"]["lines"][0]["told_minor"] == asked["facts"]["lines"][0]["ours_minor"] - 5000


def test_what_came_up_after_a_person_said_yes_is_asked_anew_and_no_retry_goes_round_it(shop: Any) -> None:
    switch(shop, most_discount={"then": "hold", "discount_bp": 100})
    assert priced_order(shop, 5, discount_bp=2000)["status"] == "held"
    assert priced_order(shop, 5)["status"] == "applied"
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert asked["kinds"] == ["discount"]
    shop.boss("PUT", f"{shop.account}/credit", json={"currency": "EUR", "limit_minor": 1})
    shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True})
    shop.sara("POST", f"/sync/v1/review/{asked['mutation_id']}", json={"action": "retry"})
    shop.anna.receive()
    assert len(shop.anna.all("order")) == 1
    [again] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert (again["mutation_id"], again["kinds"]) == (asked["mutation_id"], ["over_credit"])
    shop.sara("POST", f"/api/v1/approvals/{again['id']}", json={"grant": True})
    shop.anna.receive()
    assert sorted(each["flags"] for each in shop.anna.all("order")) == [[], ["discount_beyond_policy", "over_credit"]]


def test_an_order_that_the_erp_bills_too_is_one_debt_and_the_phone_sees_its_number(shop: Any) -> None:
    outcome = order(shop, 2)
    amount, order_id = outcome["result"]["amount_minor"], outcome["result"]["order_id"]
    row = {"reference": "ERP-7", "customer_id": shop.bakery["id"], "currency": "EUR", "issued_on": "2026-03-02"}
    row |= {"amount_minor": amount, "order": order_id, "version": 2}
    for fate, change in (("matched", {}), ("same", {}), ("older", {"version": 1, "amount_minor": amount - 100})):
        [told] = shop.boss("POST", "/api/v1/invoices/import", json={"invoices": [row | change]})["rows"]
        assert (told["fate"], told["code"]) == (fate, None)
    shop.anna.receive()
    [invoice] = shop.anna.all("invoice")
    assert (invoice["reference"], invoice["order_id"], invoice["open_minor"]) == ("ERP-7", order_id, amount)
    assert standing(shop)["owed_minor"] == amount


def test_an_order_that_comes_after_its_invoice_makes_no_second_one(shop: Any) -> None:
    """The phone took it offline, and told somebody who billed it in the ERP at once."""
    visit = shop.anna.check_in(shop.bakery)
    product = next(each for each in shop.anna.all("product") if each["sku"] == "rice")
    order_id = shop.anna.order(visit, shop.bakery, [(product, 1)])
    row = {"reference": "ERP-8", "customer_id": shop.bakery["id"], "currency": "EUR", "issued_on": "2026-03-02"}
    row |= {"amount_minor": 777, "order": str(order_id)}
    [told] = shop.boss("POST", "/api/v1/invoices/import", json={"invoices": [row]})["rows"]
    assert told["fate"] == "new"
    assert sent(shop)["status"] == "applied"
    assert standing(shop)["owed_minor"] == 777
