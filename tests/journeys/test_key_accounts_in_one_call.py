"""A journey: a manager gives three customers to two reps, and each plans them in one call."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any

PATH = "/api/v1/key-accounts"
SHOPS = ("Bakery", "Fish", "Dairy")


def wanted(town: Any, **terms: Any) -> dict[str, Any]:
    world = town.world
    return {
        "customer_ids": [str(world.customers[shop].id) for shop in SHOPS],
        "rep_ids": [str(world.anna.id), str(world.ben.id)],
    } | terms


def stops(answer: Any) -> dict[str, str]:
    return {each["customer_name"]: each["fate"] for each in answer["stops"]}


def test_three_customers_go_to_two_reps_who_plan_them_without_meeting(town: Any) -> None:
    boss, anna, ben = town.desk("max"), town.desk("anna"), town.desk("ben")
    order = wanted(town, priority=1, rrule="FREQ=WEEKLY", instruction="Show the new tea")
    tried = boss("POST", PATH, json=order | {"dry_run": True})
    assert tried["counts"] == {"new": 6}
    assert boss("GET", PATH)["items"] == []

    assert boss("POST", PATH, json=order)["rows"] == tried["rows"]
    assert boss("POST", PATH, json=order)["counts"] == {"same": 6}
    assert {each["customer_name"] for each in anna("GET", PATH)["items"]} == set(SHOPS)
    held = {each["instruction"]: each for each in town.phone("ben").all("assignment")}["Show the new tea"]
    assert (held["priority"], held["together"], held["from_on"]) == (1, False, None)

    tried = anna("POST", f"{PATH}/plan", json={"dry_run": True})
    assert stops(tried) == dict.fromkeys(SHOPS, "planned")
    assert town.phone("anna").all("planned_visit") == []
    done = anna("POST", f"{PATH}/plan", json={})
    assert done == tried
    assert len({slot["day"] for each in done["stops"] for slot in each["slots"]}) == 3
    assert stops(anna("POST", f"{PATH}/plan", json={})) == dict.fromkeys(SHOPS, "there")
    turns = {each["turn_rep_id"] for each in boss("GET", PATH)["items"]}
    assert turns == {str(town.world.anna.id)}

    assert stops(ben("POST", f"{PATH}/plan", json={})) == dict.fromkeys(SHOPS, "planned")
    visits = [each for login in ("anna", "ben") for each in town.phone(login).all("planned_visit")]
    meetings = Counter((each["customer_id"], each["day"]) for each in visits)
    assert len(visits) == 6
    assert set(meetings.values()) == {1}
    reasons = {each["reason"] for each in town.phone("ben").all("planned_visit")}
    assert all("given by Max: Show the new tea; weekly; Ben's first visit; Anna " in each for each in reasons)


def test_whose_turn_it_is_is_told_to_the_other(town: Any) -> None:
    """Both were there, Anna last; so Ben is next, and not before a week is over."""
    boss, anna, ben = town.desk("max"), town.desk("anna"), town.desk("ben")
    boss("POST", PATH, json=wanted(town, rrule="FREQ=WEEKLY"))
    for rep, day in ((ben, "2026-03-03"), (anna, "2026-03-04")):
        rep("POST", f"{PATH}/plan", json={"days": [day]})
    told = anna("POST", f"{PATH}/plan", json={"days": ["2026-03-11", "2026-03-12"]})
    assert set(stops(told).values()) == {"not_your_turn"}
    assert {each["turn_rep_name"] for each in told["stops"]} == {"Ben"}
    assert {each["reason"] for each in told["stops"]} == {"It is Ben's turn; Anna went Wed 4 Mar."}
    early = ben("POST", f"{PATH}/plan", json={"days": ["2026-03-09", "2026-03-10"]})
    assert set(stops(early).values()) == {"not_due"}
    assert {each["due_on"] for each in early["stops"]} == {"2026-03-11"}
    assert set(stops(ben("POST", f"{PATH}/plan", json={"days": ["2026-03-11"]})).values()) == {"planned"}


def test_reps_who_go_together_get_the_visit_on_one_day(town: Any) -> None:
    boss, anna = town.desk("max"), town.desk("anna")
    boss("POST", PATH, json=wanted(town, together=True, rrule="FREQ=WEEKLY"))
    done = anna("POST", f"{PATH}/plan", json={})
    assert all(len({slot["day"] for slot in each["slots"]}) == 1 for each in done["stops"])
    assert all(len(each["slots"]) == 2 for each in done["stops"])
    assert len(town.phone("ben").all("planned_visit")) == 3
    day = done["stops"][0]["slots"][0]["day"]
    for _ in range(2):
        boss("POST", "/api/v1/plans/generate", json={"day": day})
    together = [
        each
        for each in town.phone("ben").all("planned_visit")
        if each["day"] == day and each["source"] == "key_account"
    ]
    assert len(together) == 1
    assert stops(town.desk("ben")("POST", f"{PATH}/plan", json={})) == dict.fromkeys(SHOPS, "there")


def test_what_is_refused_says_why_and_spoils_nothing(town: Any) -> None:
    boss = town.desk("max")
    order = wanted(town)
    order["rep_ids"].append(str(town.world.sara.id))
    found = boss("POST", PATH, json=order)
    assert found["counts"] == {"new": 6, "refused": 3}
    assert {each["code"] for each in found["rows"] if each["change"] == "refused"} == {"people.not_found"}
    changed = boss("POST", PATH, json=wanted(town, priority=2, until_on="2026-12-31", dry_run=True))
    assert changed["counts"] == {"changed": 6}
    assert changed["rows"][0]["changes"] == {"priority": [3, 2], "until_on": [None, "2026-12-31"]}
    for wrong in ({"minimum_gap_days": 3}, {"from_on": "2026-03-05", "until_on": "2026-03-04"}, {"rrule": "sometimes"}):
        boss("POST", PATH, json=wanted(town, **wrong), status=422)


def test_key_accounts_end_for_some_or_for_all(town: Any) -> None:
    boss, ids = town.desk("max"), wanted(town)["customer_ids"]
    boss("POST", PATH, json=wanted(town))
    one = {"customer_ids": ids, "rep_ids": [str(town.world.ben.id)]}
    assert boss("POST", f"{PATH}/end", json=one | {"dry_run": True})["counts"] == {"ended": 3}
    assert boss("POST", f"{PATH}/end", json=one)["counts"] == {"ended": 3}
    assert boss("POST", f"{PATH}/end", json=one)["counts"] == {"same": 3}
    assert [each["rep_name"] for each in boss("GET", PATH)["items"][0]["reps"]] == ["Anna"]
    assert boss("POST", f"{PATH}/end", json={"customer_ids": ids})["counts"] == {"ended": 3}
    assert town.desk("sara")("GET", PATH)["items"] == []


def test_an_account_whose_days_are_over_leaves_the_phone_with_the_next_plan(town: Any) -> None:
    boss = town.desk("max")
    boss("POST", PATH, json=wanted(town, until_on="2026-03-02"))
    assert "Bakery" in {each["name"] for each in town.phone("ben").all("customer")}
    town.clock.pass_minutes(24 * 60)
    boss("POST", "/api/v1/plans/generate", json={"day": str(date(2026, 3, 4))})
    assert "Bakery" not in {each["name"] for each in town.phone("ben").all("customer")}


def test_managers_give_out_and_reps_plan_their_own(town: Any) -> None:
    for login in ("anna", "sara"):
        town.desk(login)("POST", PATH, json=wanted(town), status=403)
        town.desk(login)("POST", f"{PATH}/end", json={"customer_ids": wanted(town)["customer_ids"]}, status=403)
    town.desk("anna")("POST", f"{PATH}/plan", json={"rep_id": str(town.world.ben.id)}, status=404)
    town.desk("max")("POST", PATH, json=wanted(town))
    done = town.desk("max")("POST", f"{PATH}/plan", json={"rep_id": str(town.world.ben.id)})
    assert stops(done) == dict.fromkeys(SHOPS, "planned")
