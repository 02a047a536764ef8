"""Holding out and measuring through HTTP: who may, what is told, and how mistakes are answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from worlds import trial_town
from worlds.web import Web

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.db.session import transaction
from fieldsales.people.models import User

TODAY = "2026-03-02"
TENTH = {"holdout": {"share_bp": 1000}}


def held_out(web: Web, name: str) -> str:
    with transaction(web.engine) as session:
        found = Anomaly(customer_id=web.customers[name], kind=AnomalyKind.CHURN_RISK, opened_on=web.now.date(),
                        seen_on=web.now.date(), reason="No order for 40 days", evidence={}, at_risk_minor=5,
                        held_out=True, trial_bp=1000, trial_until=web.now.date() + timedelta(days=28))  # fmt: skip
        session.add(found)
        session.flush()
        return str(found.id)


def test_bosses_set_what_is_held_out_and_leaders_see_it(web: Web) -> None:
    assert web.sara.get("/api/v1/holdout").json == {"holdouts": []}
    assert web.sara.put("/api/v1/holdout", TENTH).status_code == 403
    assert web.anna.get("/api/v1/holdout").status_code == 403
    bound = {"share_bp": 1000, "most_at_risk_minor": {"EUR": 50_000}, "days": 14}
    set_now = web.max.put("/api/v1/holdout", {"holdout": bound, "note": "to see", "effective_from": "2026-03-09"})
    assert set_now.status_code == 200
    [told] = web.sara.get("/api/v1/holdout").json["holdouts"]
    assert told == set_now.json
    assert (told["holdout"], told["note"], told["effective_from"]) == (bound, "to see", "2026-03-09")
    assert (told["made_by"], told["withdrawn_at"]) == (str(web.people["max"]), None)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"holdout": {"share_bp": 5001}}, "policy.invalid"),
        ({"holdout": {"share_bp": 1000, "days": 6}}, "policy.invalid"),
        ({"holdout": {"share_bp": 1000, "most_at_risk_minor": {"XYZ": 1}}}, "money.unknown_currency"),
        ({"effective_from": "2026-02-27"}, "policy.of_the_past"),
        ({"more": 1}, "request.invalid_fields"),
    ],
)
def test_what_cannot_be_held_out_is_refused_with_a_code(small_web: Web, wrong: dict[str, Any], code: str) -> None:
    answer = small_web.max.put("/api/v1/holdout", TENTH | wrong)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert small_web.max.get("/api/v1/holdout").json == {"holdouts": []}


def test_a_dry_run_tells_what_it_would_have_done_and_sets_nothing(web: Web) -> None:
    """Two anomalies of Bakery within a hold are one episode; Corner is a key account, at Grocer too much is at risk."""
    with transaction(web.engine) as session:
        session.add(
            Assignment(customer_id=web.customers["Corner"], rep_id=web.people["ben"], kind=AssignmentKind.KEY_ACCOUNT,
                       assigned_at=web.now)
        )  # fmt: skip
        for name, ago, at_risk in (
            ("Bakery", 30, 40), ("Bakery", 20, 40), ("Corner", 30, 40), ("Grocer", 30, 41), ("Fish", 60, 40),
            ("Fish", 30, 40), ("Dairy", 91, 40),
        ):  # fmt: skip
            day = web.now.date() - timedelta(days=ago)
            session.add(
                Anomaly(customer_id=web.customers[name], kind=AnomalyKind.CHURN_RISK, opened_on=day, seen_on=day,
                        closed_on=day, reason="silent", evidence={}, at_risk_minor=at_risk)
            )  # fmt: skip
    wanted = {"holdout": {"share_bp": 5000, "most_at_risk_minor": {"EUR": 40}}}
    assert web.sara.post("/api/v1/holdout/dry-run", wanted).status_code == 403
    told = web.max.post("/api/v1/holdout/dry-run", wanted).json
    held = told["held_out"]
    assert told == {
        "since": "2025-12-02", "episodes": 5, "key_accounts": 1, "too_much": 1, "held_out": held,
        "at_risk_minor": {"EUR": 40 * held} if held else {}, "a_year": 12,
    }  # fmt: skip
    assert 0 <= held <= 3
    assert web.max.get("/api/v1/holdout").json == {"holdouts": []}


def test_a_held_out_anomaly_is_marked_passed_over_and_released_in_scope(web: Web) -> None:
    bakery = held_out(web, "Bakery")
    [listed] = web.sara.get("/api/v1/anomalies").json["items"]
    assert (listed["id"], listed["held_until"]) == (bakery, "2026-03-30")
    wanted = {"anomaly_ids": [bakery], "day": "2026-03-03"}
    answer = web.sara.post("/api/v1/anomalies/plan", wanted).json
    assert answer["visits"] == []
    assert [(each["customer_name"], each["held_until"]) for each in answer["held_out"]] == [("Bakery", "2026-03-30")]
    release = f"/api/v1/anomalies/{bakery}/release"
    assert web.anna.post(release, {"reason": "mine"}).status_code == 403
    assert web.sara.post(release, {}).json["code"] == "request.invalid_fields"
    assert web.sara.post(release, {"reason": "the owner called"}).json["held_until"] is None
    assert web.sara.post(release, {"reason": "again"}).json["code"] == "anomaly.not_held_out"
    answer = web.sara.post("/api/v1/anomalies/plan", wanted).json
    assert (len(answer["visits"]), answer["held_out"]) == (1, [])


def test_nobody_releases_what_is_not_theirs_to_see(web: Web) -> None:
    with transaction(web.engine) as session:
        sara = session.scalars(select(User).where(User.login == "sara")).one()
        sara.territory_id = web.territories["south"]
    answer = web.sara.post(f"/api/v1/anomalies/{held_out(web, 'Bakery')}/release", {"reason": "please"})
    assert (answer.status_code, answer.json["code"]) == (404, "anomaly.not_found")


def test_what_visits_achieved_is_told_with_its_interval(web: Web) -> None:
    with transaction(web.engine) as session:
        trial_town.drawn(session, 1, shops=400, helps=0.3, share_bp=4000)
    told = web.max.get("/api/v1/uplift").json
    assert {name: told[name] for name in ("since", "until", "horizon", "by", "as_of")} == {
        "since": "2025-03-02", "until": "2026-03-01", "horizon": 28, "by": "source", "as_of": TODAY,
    }  # fmt: skip
    [row] = told["rows"]
    assert (row["design"], row["source"], row["group"]) == ("experiment", "anomaly", None)
    assert [each["measure"] for each in row["effects"]] == ["ordered", "order_days", "amount"]
    for effect in row["effects"]:
        assert effect["low"] < effect["estimate"] < effect["high"]
        assert effect["estimate"] == pytest.approx(effect["treated_mean"] - effect["control_mean"])
    assert row["effects"][0]["verdict"] == "more"
    assert "95 % interval" in row["sentence"]
    assert told["by_chance"] == pytest.approx(0.15)


def test_only_what_is_in_scope_is_measured(web: Web) -> None:
    with transaction(web.engine) as session:
        trial_town.drawn(session, 1, shops=400, helps=0.3, share_bp=4000)
    assert len(web.max.get("/api/v1/uplift").json["rows"]) == 1
    assert web.sara.get("/api/v1/uplift").json["rows"] == [], "the trial is in no territory of hers"
    assert web.anna.get("/api/v1/uplift").status_code == 403


def test_a_period_that_cannot_be_measured_is_refused(small_web: Web) -> None:
    for wrong, code in (
        ({"since": "2026-03-01", "until": "2026-02-01"}, "uplift.bad_period"),
        ({"since": "2020-01-01"}, "uplift.bad_period"),
        ({"horizon": 6}, "request.invalid_fields"),
        ({"by": "moon"}, "request.invalid_fields"),
    ):
        answer = small_web.max.get("/api/v1/uplift", **wrong)
        assert (answer.status_code, answer.json["code"]) == (422, code)
