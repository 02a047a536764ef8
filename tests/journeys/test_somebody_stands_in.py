"""A rep goes on leave and later leaves: phones, plans and the supervisor's list follow, over HTTP."""

from __future__ import annotations

from typing import Any


def names(phone: Any) -> set[str]:
    return {customer["name"] for customer in phone.all("customer")}


def body(town: Any, **more: Any) -> dict[str, Any]:
    told = {"rep_id": str(town.world.anna.id), "stand_ins": [str(town.world.ben.id)], "reason": "Leave"}
    return told | {"from_on": "2026-03-03", "until_on": "2026-03-06"} | more


def test_the_stand_ins_phone_gets_the_customers_and_gives_them_back(town: Any) -> None:
    ben, sara = town.phone("ben"), town.desk("sara")
    assert "Bakery" not in names(ben)
    tried = sara("POST", "/api/v1/covers", json=body(town, dry_run=True), status=201)
    assert len(tried["parts"]) == 3
    assert sara("GET", "/api/v1/covers")["items"] == []

    made = sara("POST", "/api/v1/covers", json=body(town), status=201)
    ben.receive()
    assert {"Bakery", "Corner", "Dairy"} <= names(ben)
    assert "stand_in" in {each["kind"] for each in ben.all("assignment")}
    card = sara("GET", f"/api/v1/customers/{town.world.customers['Bakery'].id}")
    assert [each["rep_id"] for each in card["stand_ins"]] == [str(town.world.ben.id)]
    assert card["owner_id"] == str(town.world.anna.id)

    sara("POST", "/api/v1/covers", json=body(town), status=409)
    sara("DELETE", f"/api/v1/covers/{made['id']}")
    ben.receive()
    assert "Bakery" not in names(ben)
    sara("DELETE", f"/api/v1/covers/{made['id']}", status=409)


def test_who_leaves_gives_the_customers_for_good_and_the_list_of_the_missing_stays_empty(town: Any) -> None:
    ben, max_ = town.phone("ben"), town.desk("max")
    hand = max_("GET", f"/api/v1/covers/in-hand/{town.world.anna.id}")
    assert (hand["customers"], hand["to_give_back"]) == (3, [])
    max_("POST", "/api/v1/covers", json=body(town, kind="departure", from_on="2026-03-02", until_on=None), status=201)
    ben.receive()
    assert {"Bakery", "Corner", "Dairy"} <= names(ben)
    card = max_("GET", f"/api/v1/customers/{town.world.customers['Bakery'].id}")
    assert card["owner_id"] == str(town.world.ben.id)
    assert max_("GET", "/api/v1/covers/missing")["items"] == []


def test_a_rep_arranges_nothing(town: Any) -> None:
    town.desk("anna")("POST", "/api/v1/covers", json=body(town), status=403)
