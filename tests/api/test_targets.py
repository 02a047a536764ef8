"""Targets over HTTP: set, divided, followed, adjusted by two persons."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session
from worlds.small_town import NOON
from worlds.web import Web

from fieldsales.db.session import transaction
from fieldsales.orders.rules import Draft, Line
from fieldsales.orders.service import Taken, place_order


@pytest.fixture
def sold(web: Web) -> Web:
    """Anna sold 20 coffees in February, and Ben 10."""
    with transaction(web.engine) as session:
        for name, rep, pieces in (("Bakery", "anna", 20), ("Fish", "ben", 10)):
            sell(session, web, (name, rep), pieces, NOON - timedelta(days=10))
        sell(session, web, ("Bakery", "anna"), 2, NOON)
    return web


def sell(session: Session, web: Web, who: tuple[str, str], pieces: int, at: datetime) -> None:
    line = Line(web.products["coffee"], pieces, 589)
    draft = Draft(uuid.uuid4(), web.customers[who[0]], "EUR", (line,), None)
    place_order(session, draft, Taken(web.people[who[1]], at))


def set_town(web: Web, **other: Any) -> Any:
    body = {"measure": "sales_amount", "currency": "EUR", "value": 100_000, "period": "2026-03"}
    return web.max.post("/api/v1/targets", body | {"territory_id": str(web.territories["town"])} | other)


def test_a_target_goes_down_the_tree_is_followed_and_adjusted_by_two(sold: Web) -> None:
    target = set_town(sold).json
    assert (target["name"], target["unit"], target["period"]) == ("Small Town", "minor", "2026-03")
    path = f"/api/v1/targets/{target['id']}"
    body = {"rule": "last_period", "level": "rep"}
    tried = sold.max.post(f"{path}/divide/dry-run", body).json
    assert [(each["name"], each["depth"], each["value"]) for each in tried["parts"]] == [
        ("North", 1, 66_667),
        ("Anna", 2, 66_667),
        ("South", 1, 33_333),
        ("Ben", 2, 33_333),
    ]
    assert sold.max.get("/api/v1/targets").json["items"][1:] == []
    assert sold.max.post(f"{path}/divide", body).json == tried
    assert sold.max.post(f"{path}/divide", body).status_code == 409
    [mine] = sold.anna.get("/api/v1/targets", period="2026-03").json["items"]
    assert (mine["name"], mine["value"], mine["rule"]) == ("Anna", 66_667, "last_period")
    progress = mine["progress"]
    assert (progress["reached"], progress["days_done"], progress["days_left"]) == (1178, 1, 20)
    assert progress["forecast"] == {"end": 1178 * 21, "method": "working_days", "usual_bp": 476, "periods": 0}
    wish = {"value": 60_000, "carry": "siblings", "reason": "She is ill."}
    north = next(each for each in sold.max.get(path).json["below"] if each["name"] == "North")
    lines = sold.sara.post(f"/api/v1/targets/{north['id']}/adjust/dry-run", {"value": 60_000, "carry": "siblings"})
    assert {each["name"]: each["after"] for each in lines.json["lines"]} == {
        "North": 60_000,
        "Anna": 60_000,
        "South": 40_000,
        "Ben": 40_000,
    }
    asked = sold.sara.post(f"/api/v1/targets/{north['id']}/adjust", wish)
    assert (asked.status_code, asked.json["state"]) == (202, "waiting")
    [request] = sold.max.get("/api/v1/approvals", state="open").json["items"]
    assert (request["kind"], request["facts"]["target"]["period"]) == ("target", "2026-03")
    verdict = {"grant": True, "reason": None}
    assert sold.sara.post(f"/api/v1/approvals/{request['id']}", verdict).json["code"] == "target.not_yours"
    assert sold.max.post(f"/api/v1/approvals/{request['id']}", verdict).json["state"] == "granted"
    card = sold.max.get(f"/api/v1/targets/{north['id']}").json
    assert (card["value"], card["history"][0]["before"], card["history"][0]["reason"]) == (
        60_000,
        66_667,
        "She is ill.",
    )
    assert card["adjustments"][0]["state"] == "adopted"
    assert sold.anna.get("/api/v1/targets").json["items"][0]["value"] == 60_000


def test_what_a_person_asks_for_that_person_does_not_grant(sold: Web) -> None:
    target = set_town(sold).json
    sold.max.post(f"/api/v1/targets/{target['id']}/adjust", {"value": 5, "reason": "Less."})
    [request] = sold.max.get("/api/v1/approvals", state="open").json["items"]
    answer = sold.max.post(f"/api/v1/approvals/{request['id']}", {"grant": True})
    assert (answer.status_code, answer.json["code"]) == (403, "approval.own_request")
    assert sold.root.post(f"/api/v1/approvals/{request['id']}", {"grant": True}).status_code == 200
    assert sold.max.get(f"/api/v1/targets/{target['id']}").json["value"] == 5


@pytest.mark.parametrize(
    "wrong",
    [
        {"period": "2026-13"},
        {"period": None},
        {"currency": None},
        {"measure": "luck"},
        {"value": -1},
        {"rep_id": str(uuid.UUID(int=1))},
        {"brand": "Sol", "category": "beer"},
    ],
)
def test_what_is_no_target_is_refused(small_web: Web, wrong: dict[str, Any]) -> None:
    assert set_town(small_web, **wrong).status_code == 422


def test_reps_set_nothing_and_see_nothing_of_others(small_web: Web) -> None:
    target = set_town(small_web).json
    assert small_web.anna.post("/api/v1/targets", {}).status_code == 403
    assert small_web.anna.get(f"/api/v1/targets/{target['id']}").status_code == 404
    assert small_web.sara.post("/api/v1/targets", {}).status_code == 403
