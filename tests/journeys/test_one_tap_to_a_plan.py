"""A journey: a selection becomes a plan with one tap, a rep finds the cause, and the flag closes."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.db.session import transaction
from fieldsales.people.models import WorkPattern

MONDAY = date(2026, 3, 2)
DAYS = [str(MONDAY + timedelta(days=ahead)) for ahead in (1, 2, 3)]
PATH = "/api/v1/plans/from-selection"
SHOPS = ("Bakery", "Corner", "Dairy", "Fish")


def flag(town: Any, shop: str, money: int, **more: Any) -> str:
    with transaction(town.engine) as session:
        found = Anomaly(
            customer_id=town.world.customers[shop].id, kind=AnomalyKind.CHURN_RISK, opened_on=MONDAY,
            reason="No order for 40 days", evidence={}, at_risk_minor=money, probability=0.8,
            seen_on=MONDAY + timedelta(days=30),  # no look of these days takes it back: there are no orders behind it
            **more,
        )  # fmt: skip
        session.add(found)
        session.flush()
        return str(found.id)


@pytest.fixture
def flags(town: Any) -> dict[str, str]:
    """Four customers' buying has changed, and Anna's shift has room for one visit a day."""
    with transaction(town.engine) as session:
        pattern = session.get_one(WorkPattern, town.world.anna.id)
        pattern.shift_to, pattern.lunch_minutes = pattern.shift_from.replace(hour=9, minute=15), 0
    return {shop: flag(town, shop, money) for shop, money in zip(SHOPS, (500, 900, 700, 100), strict=True)}


def told(answer: Any) -> dict[str, tuple[str, list[str]]]:
    return {
        each["customer_name"]: (each["fate"], [slot["day"] for slot in each["slots"]]) for each in answer["outcomes"]
    }


def test_a_selection_becomes_a_plan_over_three_days_and_the_cause_closes_the_flag(
    town: Any, flags: dict[str, str]
) -> None:
    sara = town.desk("sara")
    tap = {"anomaly_ids": list(flags.values()), "days": DAYS}
    tried = sara("POST", PATH, json=tap | {"dry_run": True})
    assert told(tried) == {
        "Corner": ("planned", [DAYS[0]]),
        "Dairy": ("planned", [DAYS[1]]),
        "Bakery": ("planned", [DAYS[2]]),
        "Fish": ("planned", [DAYS[0]]),
    }
    assert town.phone("anna").all("planned_visit") == []

    done = sara("POST", PATH, json=tap)
    assert done == tried
    again = sara("POST", PATH, json=tap)
    assert again["counts"] == {"there": 4}
    assert [each["slots"] for each in again["outcomes"]] == [each["slots"] for each in done["outcomes"]]

    anna = town.phone("anna")
    visits = sorted(anna.all("planned_visit"), key=lambda each: each["day"])
    assert [each["day"] for each in visits] == DAYS
    assert all(each["asks_cause"] and each["promotion"].startswith("Welcome back") for each in visits)

    town.clock.pass_minutes(20 * 60)
    corner = next(each for each in anna.all("customer") if each["name"] == "Corner")
    visit = anna.check_in(corner)
    anna.summarize(visit, cause_code="competitor")
    anna.send()
    still_open = sara("GET", "/api/v1/anomalies")["items"]
    assert {each["customer_name"] for each in still_open} == {"Bakery", "Dairy", "Fish"}
    anna.receive()
    assert {each["status"] for each in anna.all("planned_visit") if each["day"] == DAYS[0]} == {"done"}
    late = told(sara("POST", PATH, json=tap))
    assert late["Corner"] == ("there", [DAYS[0]])


def test_what_does_not_fit_is_told_with_why(town: Any, flags: dict[str, str]) -> None:
    sara = town.desk("sara")
    found = sara("POST", PATH, json={"anomalies": {"min_at_risk_minor": 500}, "days": DAYS[:2]})
    assert told(found) == {
        "Corner": ("planned", [DAYS[0]]),
        "Dairy": ("planned", [DAYS[1]]),
        "Bakery": ("no_room", []),
    }
    assert "minutes" in found["outcomes"][-1]["reason"]


def test_who_is_held_out_is_passed_over_and_named(town: Any, flags: dict[str, str]) -> None:
    held = flag(town, "Grocer", 50, held_out=True, trial_bp=1000, trial_until=MONDAY + timedelta(days=28))
    found = town.desk("max")("POST", PATH, json={"anomaly_ids": [held, flags["Fish"]], "days": DAYS})
    assert told(found) == {"Fish": ("planned", [DAYS[0]]), "Grocer": ("held_out", [])}
    assert [each["customer_name"] for each in found["held_out"]] == ["Grocer"]


def test_a_visit_that_is_planned_anyway_asks_for_the_cause_from_now_on(town: Any) -> None:
    sara = town.desk("sara")
    sara("POST", "/api/v1/plans/generate", json={"day": DAYS[0]})
    flag(town, "Bakery", 100)
    assert told(sara("POST", PATH, json={"anomalies": {}, "days": DAYS})) == {"Bakery": ("joined", [DAYS[0]])}
    [visit] = [each for each in town.phone("anna").all("planned_visit") if each["asks_cause"]]
    assert "churn risk" in visit["reason"]
    assert told(sara("POST", PATH, json={"anomalies": {}, "days": DAYS})) == {"Bakery": ("there", [DAYS[0]])}


def test_any_filter_of_customers_becomes_a_plan_and_a_rep_plans_for_the_own(town: Any) -> None:
    anna = town.desk("anna")
    body = {"customers": {"tier": "B", "not_visited_since": "2026-01-01"}, "reason": "Show the new tea"}
    found = anna("POST", PATH, json=body)
    assert found["days"] == ["2026-03-03", "2026-03-04", "2026-03-05", "2026-03-06", "2026-03-09"]
    assert set(told(found)) == {"Bakery", "Corner", "Dairy"}
    assert {each["reason"] for each in town.phone("anna").all("planned_visit")} == {"Show the new tea"}
    nobody = anna("POST", PATH, json={"customers": {"search": "Fish"}})
    assert nobody["outcomes"] == []
    hotel = town.desk("max")("POST", PATH, json={"customers": {"category": "shop", "has_position": False}})
    assert told(hotel)["Hotel"][0] == "planned"


def test_a_selection_says_one_thing_and_no_day_of_the_past(town: Any, flags: dict[str, str]) -> None:
    sara = town.desk("sara")
    for body, code in (
        ({}, "selection.ambiguous"),
        ({"anomalies": {}, "customers": {}}, "selection.ambiguous"),
        ({"anomalies": {}, "days": ["2026-07-01"]}, "spread.too_far"),
    ):
        assert sara("POST", PATH, json=body, status=422)["code"] == code
    assert sara("POST", PATH, json={"anomalies": {}, "days": ["2026-03-01"]}, status=409)["code"] == "plan.day_over"
    anna = town.desk("anna")
    assert anna("POST", PATH, json={"anomaly_ids": [flags["Fish"]]}, status=404)["code"] == "anomaly.not_found"
