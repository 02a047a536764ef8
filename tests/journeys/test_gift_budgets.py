"""A budget of gifts is drawn by whoever gives something away; beyond it a person decides, and the phones learn it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from fieldsales.db.base import new_id

MARCH = {"from_on": "2026-03-01", "until_on": "2026-03-31"}


@pytest.fixture
def shop(town: Any) -> Any:
    town.boss, town.sara = town.desk("max"), town.desk("sara")
    town.anna, town.ben = town.phone("anna"), town.phone("ben")
    town.soap = str(town.world.products["soap"].id)
    return town


def budget(shop: Any, scope: str, most: int, **told: Any) -> dict[str, Any]:
    body = {"name": f"For a {scope}", "scope": scope, "most": most, **MARCH, **told}
    found: dict[str, Any] = shop.boss("POST", "/api/v1/gift-budgets", json=body)
    return found


def customer(phone: Any) -> dict[str, Any]:
    return next(each for each in phone.all("customer") if each["tier"] == "B")


def give(shop: Any, phone: Any, quantity: int) -> dict[str, Any]:
    """Give soap away, offline; return the mutation's outcome once the phone has sent it."""
    keep(shop, phone, quantity)
    return send(phone)


def keep(shop: Any, phone: Any, quantity: int) -> str:
    gift = str(new_id())
    data = {"gift_id": gift, "customer_id": customer(phone)["id"], "currency": "EUR", "reason": "A sample."}
    data |= {"lines": [{"product_id": shop.soap, "quantity": quantity}]}
    phone.do("gift.submit", ("gift", uuid.UUID(gift)), data)
    return gift


def send(phone: Any) -> dict[str, Any]:
    last = phone.outbox[-1]["id"]
    phone.send()
    found: dict[str, Any] = phone.outcomes[last]
    return found


def used(shop: Any) -> list[int]:
    return [each["used"] for each in shop.boss("GET", "/api/v1/gift-budgets")["gift_budgets"]]


def test_two_phones_draw_offline_from_one_budget_and_the_second_asks(shop: Any) -> None:
    budget(shop, "team", 5, territory_id=territory(shop))
    keep(shop, shop.anna, 3)
    keep(shop, shop.ben, 3)
    assert send(shop.anna)["status"] == "applied"
    outcome = send(shop.ben)
    assert (outcome["status"], outcome["problem"]["code"]) == ("held", "gift.over_budget")
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    [facts] = asked["facts"]["budgets"]
    assert (facts["most"], facts["used"], facts["left"], facts["wanted"]) == (5, 3, 2, 3)
    assert facts["drawn_by"] == [{"rep": "anna", "amount": 3}]
    shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": True, "reason": "Once."})
    assert used(shop) == [6]
    shop.ben.receive()
    [told] = shop.ben.all("gift_budget")
    assert (told["most"], told["used"]) == (5, 6)
    assert [each["flags"] for each in shop.ben.all("order")] == [["over_gift_budget"]]


def test_a_gift_that_is_refused_or_called_off_draws_nothing(shop: Any) -> None:
    budget(shop, "rep", 500, rep_id=str(shop.world.anna.id), currency="EUR")
    gift = keep(shop, shop.anna, 2)
    assert send(shop.anna)["status"] == "applied"
    assert used(shop) == [2 * 189]
    assert give(shop, shop.anna, 1)["status"] == "held"
    [asked] = shop.sara("GET", "/api/v1/approvals?state=open")["items"]
    assert asked["amount_minor"] == 189
    shop.sara("POST", f"/api/v1/approvals/{asked['id']}", json={"grant": False, "reason": "Next month."})
    assert used(shop) == [2 * 189]
    shop.anna.do("order.cancel", ("order", uuid.UUID(gift)), {"order_id": gift, "reason": "Not handed over."})
    assert send(shop.anna)["status"] == "applied"
    assert used(shop) == [0]
    assert give(shop, shop.anna, 2)["status"] == "applied"


def test_each_budget_bounds_its_own(shop: Any) -> None:
    area = territory(shop)
    budget(shop, "territory", 4, territory_id=area)
    budget(shop, "tier", 10, tier="B")
    budget(shop, "tier", 0, tier="A")
    budget(shop, "rep", 0, rep_id=str(shop.world.ben.id))
    budget(shop, "rep", 0, rep_id=str(shop.world.anna.id), from_on="2026-04-01", until_on="2026-04-30")
    budget(shop, "rep", 0, rep_id=str(shop.world.anna.id), currency="USD")
    assert give(shop, shop.anna, 4)["status"] == "applied"
    shop.anna.receive()
    assert sorted((each["scope"], each["used"]) for each in shop.anna.all("gift_budget")) == [
        *(("rep", 0), ("rep", 0), ("territory", 4), ("tier", 0), ("tier", 4)),
    ]
    outcome = give(shop, shop.ben, 1)
    assert {each["scope"] for each in outcome["problem"]["budgets"]} == {"territory", "rep"}


def test_a_budget_is_raised_and_ended_by_a_manager_alone(shop: Any) -> None:
    made = budget(shop, "tier", 1, tier="B")
    assert shop.sara("PUT", f"/api/v1/gift-budgets/{made['id']}", json={"most": 9}, status=403)["code"] == (
        "access.role"
    )
    assert give(shop, shop.anna, 2)["status"] == "held"
    shop.boss("PUT", f"/api/v1/gift-budgets/{made['id']}", json={"most": 2})
    assert give(shop, shop.anna, 2)["status"] == "applied"
    shop.boss("DELETE", f"/api/v1/gift-budgets/{made['id']}")
    shop.anna.receive()
    assert shop.anna.all("gift_budget") == []
    assert give(shop, shop.anna, 50)["status"] == "applied"


@pytest.mark.parametrize("told", [{"tier": "B", "rep_id": str(new_id())}, {"tier": "B", "until_on": "2026-02-01"}, {}])
def test_a_budget_that_cannot_be_is_refused(shop: Any, told: dict[str, Any]) -> None:
    body = {"name": "X", "scope": "tier", "most": 1, **MARCH, **told}
    assert shop.boss("POST", "/api/v1/gift-budgets", json=body, status=422)["code"] == "gift_budget.invalid"


def territory(shop: Any) -> str:
    return str(shop.world.town.id)
