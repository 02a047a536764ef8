"""A plan is changed by people, planned again, and every screen tells the same of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import requests
from icalendar import Calendar

TUESDAY, THURSDAY = "2026-03-03", "2026-03-05"
VISITS = "/api/v1/planned-visits"


def test_what_people_decide_stands_whatever_is_planned(town: Any) -> None:
    boss, leader = town.desk("max"), town.desk("sara")
    boss("POST", "/api/v1/plans/generate", json={"day": TUESDAY})
    annas, phone = town.desk("anna"), town.phone("anna")
    names = {each["id"]: each["name"] for each in phone.all("customer")}
    on_phone = {names[each["customer_id"]]: each for each in phone.all("planned_visit")}
    bakery, corner = on_phone["Bakery"], on_phone["Corner"]

    wanted = {"to_day": THURSDAY, "reason": "The owner is away until Thursday", "version": bakery["version"]}
    moved = boss("POST", f"{VISITS}/{bakery['id']}/move", json=wanted)
    assert (moved["visit"]["day"], moved["visit"]["source"]) == (THURSDAY, bakery["source"])
    wanted = {"code": "other", "reason": "Stocktaking", "version": corner["version"]}
    skipped = annas("POST", f"{VISITS}/{corner['id']}/skip", json=wanted)
    assert [each["day"] for each in skipped["replan"]["days"]] == [TUESDAY]

    for day in (TUESDAY, THURSDAY):
        boss("POST", "/api/v1/plans/generate", json={"day": day})
    day = leader("GET", f"/api/v1/reps/{town.world.anna.id}/days/{TUESDAY}")
    assert [each["customer"]["name"] for each in day["stops"]] == ["Dairy"]
    assert [each["planned"]["skip_reason"] for each in day["skipped"]] == ["Stocktaking"]
    thursday = leader("GET", f"/api/v1/reps/{town.world.anna.id}/days/{THURSDAY}")
    assert bakery["id"] in [each["planned"]["id"] for each in thursday["stops"]]

    phone.receive()
    held = {each["id"]: each for each in phone.all("planned_visit")}
    assert (held[bakery["id"]]["day"], held[bakery["id"]]["reason"]) == (THURSDAY, bakery["reason"])
    assert (held[corner["id"]]["status"], held[corner["id"]]["skip_code"]) == ("skipped", "other")
    assert "Corner" not in {customer["name"] for _, _, customer in phone.day(TUESDAY)}

    told = [
        [(step["kind"], step["by_name"]) for step in leader("GET", f"{VISITS}/{each['id']}/history")["steps"]]
        for each in (bakery, corner)
    ]
    assert told == [[("added", None), ("moved", "Max")], [("added", None), ("skipped", "Anna")]]

    address = annas("POST", "/api/v1/reps/me/calendar", status=201)["address"]
    events = {str(each["UID"]): each for each in Calendar.from_ical(requests.get(address, timeout=30).content).events}
    assert str(events[f"{bakery['id']}@fieldsales"].decoded("DTSTART").date()) == THURSDAY
    assert events[f"{corner['id']}@fieldsales"]["STATUS"] == "CANCELLED"


def test_a_visit_that_is_moved_to_another_rep_leaves_the_one_phone_and_comes_to_the_other(town: Any) -> None:
    boss, bakery = town.desk("max"), str(town.world.customers["Bakery"].id)
    boss("POST", "/api/v1/plans/generate", json={"day": TUESDAY})
    wanted = {"customer_id": bakery, "day": TUESDAY, "reason": "Wants to see new teas"}
    visit = town.desk("anna")("POST", VISITS, json=wanted, status=201)["visit"]
    annas, bens = town.phone("anna"), town.phone("ben")
    assert visit["id"] in {each["id"] for each in annas.all("planned_visit")}
    bens_id = str(town.world.ben.id)
    boss("POST", f"/api/v1/customers/{bakery}/key-account", json={"rep_ids": [bens_id]})
    visit = boss("GET", f"{VISITS}/{visit['id']}")
    boss("POST", f"{VISITS}/{visit['id']}/move", json={"to_rep_id": bens_id, "version": visit["version"]})
    for phone in (annas, bens):
        phone.receive()
    assert visit["id"] not in {each["id"] for each in annas.all("planned_visit")}
    assert visit["id"] in {each["id"] for each in bens.all("planned_visit")}
    assert "Bakery" in {customer["name"] for _, _, customer in bens.day(TUESDAY)}


def test_of_two_editors_at_once_one_is_told(town: Any) -> None:
    boss, leader = town.desk("max"), town.desk("sara")
    boss("POST", "/api/v1/plans/generate", json={"day": TUESDAY})
    day = leader("GET", f"/api/v1/reps/{town.world.anna.id}/days/{TUESDAY}")
    visit = day["stops"][0]["planned"]

    def move(person: Any, to_day: str) -> requests.Response:
        headers = {"Authorization": f"Bearer {person.token}"}
        body = {"to_day": to_day, "version": visit["version"]}
        return requests.post(f"{town.base}{VISITS}/{visit['id']}/move", json=body, headers=headers, timeout=30)

    with ThreadPoolExecutor(2) as both:
        answers = list(both.map(move, (boss, leader), (THURSDAY, "2026-03-06")))
    [won], [lost] = ([each for each in answers if each.status_code == status] for status in (200, 409))
    assert lost.json()["code"] == "plan.visit_changed"
    assert lost.json()["visit"]["day"] == won.json()["visit"]["day"]
