"""Journey 3: a manager gives a key account to reps; phones and open plans follow."""

from __future__ import annotations

from typing import Any

TUESDAY = "2026-03-03"


def names(phone: Any) -> set[str]:
    return {customer["name"] for customer in phone.all("customer")}


def test_a_key_account_reaches_the_phone_and_leaves_it_again(town: Any) -> None:
    bakery, ben_id = town.world.customers["Bakery"].id, str(town.world.ben.id)
    ben, boss = town.phone("ben"), town.desk("max")
    assert "Bakery" not in names(ben)

    boss(
        "POST", f"/api/v1/customers/{bakery}/key-account", json={"rep_ids": [ben_id], "instruction": "show the new tea"}
    )
    ben.receive()
    assert "Bakery" in names(ben)
    assert "show the new tea" in {assignment["instruction"] for assignment in ben.all("assignment")}

    boss("DELETE", f"/api/v1/customers/{bakery}/key-account/{ben_id}", status=204)
    ben.receive()
    assert "Bakery" not in names(ben)
    assert town.phone("ben").held == ben.held


def test_a_key_account_is_planned_and_says_who_gave_it_out(town: Any) -> None:
    bakery, ben_id = town.world.customers["Bakery"].id, str(town.world.ben.id)
    boss = town.desk("max")
    boss("POST", f"/api/v1/customers/{bakery}/key-account", json={"rep_ids": [ben_id]})
    boss("POST", "/api/v1/plans/generate", json={"day": TUESDAY})
    planned = [
        (visit, phone.held[("customer", visit["customer_id"])]["name"])
        for phone in (town.phone("anna"), town.phone("ben"))
        for visit in phone.all("planned_visit")
    ]
    [visit] = [visit for visit, name in planned if name == "Bakery"]
    assert visit["source"] == "key_account"
    assert "Max" in visit["reason"]


def test_only_a_manager_gives_out_key_accounts(town: Any) -> None:
    bakery, ben_id = town.world.customers["Bakery"].id, str(town.world.ben.id)
    for login in ("anna", "sara"):
        town.desk(login)("POST", f"/api/v1/customers/{bakery}/key-account", json={"rep_ids": [ben_id]}, status=403)
