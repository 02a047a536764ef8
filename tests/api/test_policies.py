"""Policies over HTTP: read by all, set by a manager of everything, tried before."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from worlds import web as webs
from worlds.buyers import TODAY
from worlds.small_town import TIERS
from worlds.web import Caller, Web

from fieldsales.db.session import transaction
from fieldsales.orders.models import Order, Origin
from fieldsales.people.models import User
from fieldsales.tiers.service import refresh_tiers

POLICY = "/api/v1/policies/tiers"
LATER = str(TODAY + timedelta(days=7))


@pytest.fixture
def web(engine: Engine) -> Web:
    """The town on either database, in which the bakery and the fishmonger bought something."""
    found = webs.build(engine)
    with transaction(engine) as session:
        for name, amount in (("Bakery", 90_000), ("Fish", 30_000)):
            session.add(
                Order(
                    customer_id=found.customers[name],
                    origin=Origin.IMPORT,
                    ordered_on=TODAY - timedelta(days=7),
                    currency="EUR",
                    amount_minor=amount,
                )
            )
    return found


def body(**changed: Any) -> dict[str, Any]:
    return {"by": "revenue_share", "tiers": [{**copy.deepcopy(tier), **changed} for tier in TIERS]}


def lines(by: Caller, **query: Any) -> list[str]:
    return [tier["rrule"] for tier in by.get(POLICY, **query).json["body"]["tiers"]]


def test_everybody_reads_what_holds_and_what_each_kind_looks_like(web: Web) -> None:
    kinds = web.anna.get("/api/v1/policies").json["kinds"]
    assert [each["kind"] for each in kinds] == [
        "tiers",
        "value_score",
        "holdout",
        "causes",
        "days_off",
        "planning",
        "selling",
        "visits",
        "integrity",
        "taxes",
        "credit",
        "approvals",
        "settlements",
        "deliveries",
        "gifts",
        "stock",
        "jobs",
        "tracking",
        "pay",
    ]
    tiers, score, *_ = kinds
    assert tiers["in_force"]["body"] == body()
    assert score["in_force"]["body"] == score["default"]
    assert (score["in_force"]["version_id"], score["in_force"]["effective_from"]) == (None, None)
    assert tiers["schema"]["properties"]["tiers"]["maxItems"] == 26
    assert web.anna.get(POLICY).json["effective_from"] == "2000-01-01"


def test_a_version_holds_from_its_day_on_and_the_history_keeps_them_all(web: Web) -> None:
    daily = body(rrule="FREQ=DAILY", minimum_gap_days=1)
    put = web.max.put(POLICY, {"body": daily, "effective_from": LATER, "note": "the season begins"})
    assert (put.status_code, put.json["effective_from"], put.json["note"]) == (200, LATER, "the season begins")
    assert put.json["made_by"] == str(web.people["max"])
    assert web.max.put(POLICY, {"body": daily, "effective_from": LATER, "note": "the season begins"}).json == put.json
    assert lines(web.anna) == [tier["rrule"] for tier in TIERS]
    assert lines(web.anna, day=LATER) == ["FREQ=DAILY"] * 4
    versions = web.sara.get(f"{POLICY}/versions").json["versions"]
    assert [each["effective_from"] for each in versions] == [LATER, "2000-01-01"]
    gone = web.max.delete(f"{POLICY}/versions/{put.json['id']}")
    assert gone.json["withdrawn_by"] == str(web.people["max"])
    assert lines(web.anna, day=LATER) == [tier["rrule"] for tier in TIERS]
    assert len(web.sara.get(f"{POLICY}/versions").json["versions"]) == 2
    begun = web.max.delete(f"{POLICY}/versions/{versions[1]['id']}")
    assert (begun.status_code, begun.json["code"]) == (409, "policy.in_force")


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"body": {"tiers": [TIERS[1], TIERS[0]]}}, "tiers.policy_invalid"),
        ({"body": {"tiers": [TIERS[0], TIERS[0]]}}, "tiers.policy_invalid"),
        ({"body": {"tiers": [TIERS[0] | {"rrule": "NOW AND THEN"}]}}, "cadence.not_understood"),
        ({"body": {"tiers": []}}, "policy.invalid"),
        ({"body": {"tiers": [TIERS[0] | {"rank": 1}]}}, "policy.invalid"),
        ({"body": body(), "effective_from": "2026-03-01"}, "policy.of_the_past"),
        ({"body": [], "note": ""}, "request.invalid_fields"),
        ({"body": body(), "note": "x" * 501}, "request.invalid_fields"),
        ({"tiers": list(TIERS)}, "request.invalid_fields"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_changes(web: Web, sent: dict[str, Any], code: str) -> None:
    before = web.max.get(f"{POLICY}/versions").json
    answer = web.max.put(POLICY, sent)
    assert (answer.status_code, answer.json["code"]) == (422, code), answer.text
    assert web.max.get(f"{POLICY}/versions").json == before


def test_a_kind_that_does_not_exist_is_told_with_those_that_do(web: Web) -> None:
    answer = web.max.put("/api/v1/policies/weather", {"body": {}})
    assert (answer.status_code, answer.json["code"]) == (404, "policy.not_found")
    assert "tiers, value_score" in answer.json["mend"]


def test_a_manager_of_one_district_sets_and_tries_nothing(web: Web) -> None:
    with transaction(web.engine) as session:
        session.get_one(User, web.people["max"]).territory_id = web.territories["north"]
    for answer in (web.max.put(POLICY, {"body": body()}), web.max.post(f"{POLICY}/dry-run", {"body": body()})):
        assert (answer.status_code, answer.json["code"]) == (403, "policy.holds_for_all")
    assert web.sara.put(POLICY, {"body": body()}).json["code"] == "access.role"
    assert web.anna.get(f"{POLICY}/versions").status_code == 403


def test_a_dry_run_tells_who_would_move_and_what_each_week_would_be(web: Web) -> None:
    wider = body()
    wider["tiers"][0] |= {"revenue_share_bp": 8000, "rrule": "FREQ=DAILY", "minimum_gap_days": 1}
    tried = web.max.post(f"{POLICY}/dry-run", {"body": wider})
    assert tried.status_code == 200, tried.text
    told = tried.json
    assert [(each["pointer"], each["before"], each["after"]) for each in told["differences"]] == [
        ("/tiers/0/revenue_share_bp", 5000, 8000),
        ("/tiers/0/rrule", "FREQ=WEEKLY", "FREQ=DAILY"),
        ("/tiers/0/minimum_gap_days", 5, 1),
    ]
    tiers = told["tiers"]
    assert (tiers["customers"], tiers["moved"]) == (6, 6)
    assert [(each["name"], each["before"], each["after"], each["anyway"]) for each in tiers["moves"][:2]] == [
        ("Bakery", "B", "A", True),
        ("Fish", "B", "A", False),
    ]
    assert tiers["moves"][1]["reason"].startswith("A: 300.00 EUR on 1 order day in 365 days, place 2 of 2")
    assert [(each["tier"], each["before"], each["after"]) for each in tiers["counts"]] == [
        ("A", 0, 2), ("B", 6, 0), ("C", 0, 0), ("D", 0, 4),
    ]  # fmt: skip
    [anna, ben] = tiers["reps"]
    assert (anna["name"], anna["customers"], anna["visits_before"]) == ("Anna", 3, 1.5)
    assert anna["visits_after"] == pytest.approx(7 + 2 * 7 / 61, rel=0.01)
    assert ben["minutes_before"] == 30
    assert web.ben.get(f"/api/v1/customers/{web.customers['Fish']}/tier").json["tier"] == "B"
    assert len(web.sara.get(f"{POLICY}/versions").json["versions"]) == 1


def test_weights_are_tried_likewise(web: Web) -> None:
    tried = web.max.post("/api/v1/policies/value_score/dry-run", {"body": {"weights": {"margin": 1}}}).json
    assert tried["differences"][0]["pointer"] == "/weights/margin"
    assert tried["tiers"]["moved"] == 5, "as the lines are drawn by revenue, these are the moves of the next look"
    assert all(move["anyway"] for move in tried["tiers"]["moves"])


def test_a_tier_by_hand_is_given_explained_and_taken_back(web: Web) -> None:
    address = f"/api/v1/customers/{web.customers['Fish']}/tier"
    wanted = {"tier": "A", "reason": "a fair in May", "until": LATER}
    for caller in (web.anna, web.sara):
        assert caller.put(f"{address}/override", wanted).status_code == 403
    given = web.max.put(f"{address}/override", wanted)
    assert given.status_code == 200, given.text
    assert (given.json["tier"], given.json["since"]) == ("A", str(TODAY))
    assert given.json["reason"] == f"A, by hand by Max until {LATER}: a fair in May"
    assert (given.json["override"]["until"], given.json["override"]["made_by"]) == (LATER, str(web.people["max"]))
    [change] = given.json["history"]
    assert (change["before"], change["after"], change["moved_by"]) == ("B", "A", "override")
    assert web.ben.get(address).json == given.json
    assert web.anna.get(address).json["code"] == "customer.not_found"
    assert web.max.put(f"{address}/override", wanted | {"tier": "Z"}).json["code"] == "tiers.unknown"
    assert web.max.put(f"{address}/override", wanted | {"until": "2026-03-01"}).json["code"] == "tier_override.invalid"
    assert web.max.delete(f"{address}/override").json["override"] is None
    assert web.max.delete(f"{address}/override").json["code"] == "tier_override.not_found"


def test_a_tier_is_explained_after_planning(web: Web) -> None:
    web.max.post("/api/v1/plans/generate", {"day": "2026-03-03"})
    bakery = web.anna.get(f"/api/v1/customers/{web.customers['Bakery']}/tier").json
    assert (bakery["tier"], bakery["by_orders"]["tier"], bakery["override"]) == ("A", "A", None)
    assert [(each["component"], each["told"]) for each in bakery["components"]] == [
        ("revenue", "900.00 EUR net in 365 days"),
        ("frequency", "1 days with an order in 365 days"),
    ]


def test_what_products_cost_us_is_told_to_managers_only(web: Web) -> None:
    plain = [{name: value for name, value in tier.items() if name != "revenue_share_bp"} for tier in TIERS]
    lines = [{**tier, "minimum_score": least} for tier, least in zip(plain, (70, 60, 40, 0), strict=True)]
    web.max.put(POLICY, {"body": {"by": "score", "tiers": lines}})
    web.max.put("/api/v1/policies/value_score", {"body": {"weights": {"revenue": 1, "margin": 1}}})
    with transaction(web.engine) as session:
        refresh_tiers(session, TODAY)
    address = f"/api/v1/customers/{web.customers['Bakery']}/tier"
    for caller, told in ((web.max, "the cost is known of 0.00 EUR only"), (web.anna, "in amounts for managers only")):
        card = caller.get(address).json
        for components in (card["components"], card["history"][0]["components"]):
            assert [(each["component"], each["told"]) for each in components] == [
                ("revenue", "900.00 EUR net in 365 days"),
                ("margin", told),
            ]
