"""A manager changes the tiers from a day on, and gives one by hand; plans and phones follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"


def test_tiers_that_begin_on_wednesday_plan_wednesday_and_not_the_day_before(town: Any) -> None:
    boss, anna = town.desk("max"), town.phone("anna")
    tiers = boss("GET", "/api/v1/policies/tiers")["body"]
    for tier in tiers["tiers"]:
        tier |= {"rrule": "FREQ=WEEKLY", "minimum_gap_days": 5}
    wanted = {"body": tiers, "effective_from": WEDNESDAY}
    tried = boss("POST", "/api/v1/policies/tiers/dry-run", json=wanted)
    assert {each["pointer"] for each in tried["differences"]} == {
        f"/tiers/{at}/{name}" for at in range(4) for name in ("rrule", "minimum_gap_days")
    }
    [weeks] = [rep for rep in tried["tiers"]["reps"] if rep["name"] == "Anna"]
    assert (weeks["visits_before"], weeks["visits_after"]) == (21, 3)
    boss("PUT", "/api/v1/policies/tiers", json={**wanted, "note": "daily was too much"})
    for day in (TUESDAY, WEDNESDAY):
        boss("POST", "/api/v1/plans/generate", json={"day": day})
    anna.receive()
    reasons = {(visit["day"], visit["reason"].split(":")[0]) for visit in anna.all("planned_visit")}
    assert {told for day, told in reasons if day == TUESDAY} == {"D, daily"}
    assert all("weekly" in told for day, told in reasons if day == WEDNESDAY)


def test_a_tier_by_hand_reaches_the_phone_and_leaves_it_when_its_time_is_over(town: Any) -> None:
    boss, anna = town.desk("max"), town.phone("anna")
    bakery = str(town.world.customers["Bakery"].id)
    boss("POST", "/api/v1/plans/generate", json={"day": TUESDAY})
    wanted = {"tier": "A", "reason": "opens three more shops", "until": WEDNESDAY}
    boss("PUT", f"/api/v1/customers/{bakery}/tier/override", json=wanted)
    anna.receive()
    assert anna.held[("customer", bakery)]["tier"] == "A"
    assert boss("GET", f"/api/v1/customers/{bakery}/tier")["reason"].endswith("; by its orders D")

    town.clock.now += timedelta(days=3)
    boss("POST", "/api/v1/plans/generate", json={"day": "2026-03-06"})
    anna.receive()
    assert anna.held[("customer", bakery)]["tier"] == "D"
    told = boss("GET", f"/api/v1/customers/{bakery}/tier")
    assert told["override"] is None
    assert [(each["before"], each["after"], each["moved_by"]) for each in told["history"]] == [
        ("A", "D", "override_ended"), ("D", "A", "override"), ("B", "D", "orders"),
    ]  # fmt: skip
