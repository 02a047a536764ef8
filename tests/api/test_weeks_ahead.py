"""Calendars, arrangements and journey plans over HTTP, by role and scope."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from worlds import web as webs
from worlds.buyers import TODAY
from worlds.web import Web

NEXT = TODAY + timedelta(days=7 - TODAY.weekday())


@pytest.fixture
def web(engine: Engine) -> Web:
    """The town on either database."""
    return webs.build(engine)


def test_a_supervisor_enters_leave_and_the_rep_sees_it(web: Web) -> None:
    leave = {
        "first_day": str(NEXT),
        "last_day": str(NEXT),
        "name": "Leave",
        "user_id": str(web.people["anna"]),
    }
    assert web.anna.post("/api/v1/days-off", leave).status_code == 403
    made = web.sara.post("/api/v1/days-off", leave)
    assert made.status_code == 201
    seen = web.anna.get("/api/v1/days-off", from_day=str(NEXT), days=1).json
    assert seen["reps"] == [
        {"rep_id": str(web.people["anna"]), "name": "Anna", "days": [{"day": str(NEXT), "name": "Leave"}]}
    ]
    assert [each["id"] for each in seen["entries"]] == [made.json["id"]]
    assert web.sara.delete(f"/api/v1/days-off/{made.json['id']}").status_code == 200
    assert web.sara.delete(f"/api/v1/days-off/{made.json['id']}").json["code"] == "days_off.not_found"


def test_visits_are_arranged_and_that_is_taken_back(web: Web) -> None:
    path = f"/api/v1/customers/{web.customers['Bakery']}/arrangement"
    assert web.anna.get(path).json["code"] == "arrangement.not_found"
    put = web.sara.put(path, {"weekdays": "TU", "from_time": "08:00:00", "to_time": "10:00:00"})
    assert (put.status_code, put.json["weekdays"], put.json["from_time"]) == (200, "TU", "08:00:00")
    assert web.anna.get(path).json == put.json
    assert web.ben.get(path).status_code == 404
    assert web.anna.put(path, {"weekdays": "TU"}).status_code == 403
    assert web.sara.put(path, {}).json["code"] == "arrangement.invalid"
    assert web.sara.delete(path).status_code == 204
    assert web.anna.get(path).status_code == 404


def test_journey_plans_are_tried_made_and_read_by_the_rep(web: Web) -> None:
    wanted = {"weeks": 4, "rep_ids": [str(web.people["anna"])]}
    tried = web.sara.post("/api/v1/journeys/build", wanted | {"dry_run": True})
    assert tried.status_code == 200
    assert tried.json["first_day"] == str(NEXT)
    assert web.anna.get("/api/v1/journeys").json == {"journeys": []}
    assert web.anna.post("/api/v1/journeys/build", wanted).status_code == 403
    made = web.sara.post("/api/v1/journeys/build", wanted)
    assert made.json["reps"] == tried.json["reps"]
    [journey] = web.anna.get("/api/v1/journeys").json["journeys"]
    assert web.ben.get("/api/v1/journeys").json == {"journeys": []}
    calls = web.anna.get(f"/api/v1/journeys/{journey['id']}").json["calls"]
    assert {call["customer"] for call in calls} == {"Bakery", "Corner", "Dairy"}
    assert len(calls) == journey["figures"]["visits"]
    assert all(date.fromisoformat(call["day"]) >= NEXT for call in calls)
    assert web.ben.get(f"/api/v1/journeys/{journey['id']}").json["code"] == "journey.not_found"
    assert web.sara.post("/api/v1/journeys/build", {"weeks": 20}).status_code == 422
