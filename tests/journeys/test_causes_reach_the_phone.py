"""A journey: a manager edits the causes, phones learn them, and what a phone tells is checked against them."""

from __future__ import annotations

from typing import Any

from test_a_cause_is_found import open_at, stands

NEW = {
    "causes": [
        {"code": "road_works", "label": "Nobody gets through to the shop"},
        {"code": "strike", "label": "The staff is on strike", "kinds": ["count_plunge"]},
    ],
    "promotions": {"churn_risk": "Free delivery while the road is closed"},
}


def told(desk: Any, **query: str) -> dict[str, Any]:
    answer: dict[str, Any] = desk("GET", "/api/v1/causes", params=query)
    return answer


def test_the_list_is_edited_from_a_day_on_and_phones_pull_it(town: Any) -> None:
    boss, anna = town.desk("max"), town.phone("anna")
    assert anna.all("cause_list") == []
    assert {"competitor", "other"} < {each["code"] for each in told(boss)["causes"]}

    made = boss("PUT", "/api/v1/policies/causes", json={"body": NEW, "effective_from": "2026-03-03"})
    assert "strike" not in {each["code"] for each in told(boss)["causes"]}
    then = told(boss, day="2026-03-03")
    assert [each["code"] for each in then["causes"]] == ["road_works", "strike"]
    assert then["causes"][1]["kinds"] == ["count_plunge"]
    anna.receive()
    [held] = anna.all("cause_list")
    assert (held["effective_from"], held["body"]) == ("2026-03-03", NEW)

    boss("DELETE", f"/api/v1/policies/causes/versions/{made['id']}")
    anna.receive()
    assert anna.all("cause_list") == []
    assert town.phone("ben").all("cause_list") == []


def test_other_policies_are_no_business_of_phones(town: Any) -> None:
    town.desk("max")("PUT", "/api/v1/policies/holdout", json={"body": {"share_bp": 1000}})
    assert town.phone("anna").all("cause_list") == []


def test_what_a_phone_tells_is_checked_against_the_list_and_never_lost(town: Any) -> None:
    boss, anna = town.desk("max"), town.phone("anna")
    boss("PUT", "/api/v1/policies/causes", json={"body": NEW})
    shops = {each["name"]: each for each in anna.all("customer")}
    flags = {shop: open_at(town, shop) for shop in ("Bakery", "Corner")}
    for shop, cause in (("Bakery", "road_works"), ("Corner", "competitor")):
        anna.summarize(anna.check_in(shops[shop]), cause_code=cause)
    anna.send()
    anna.receive()
    visits = {each["customer_id"]: each for each in anna.all("visit")}
    assert "unknown_cause" not in visits[shops["Bakery"]["id"]]["flags"]
    assert visits[shops["Corner"]["id"]]["cause_code"] == "competitor"
    assert "unknown_cause" in visits[shops["Corner"]["id"]]["flags"]
    assert [stands(town, flag)[0] for flag in flags.values()] == ["road_works", "competitor"]


def test_a_leader_names_a_cause_of_the_list(town: Any) -> None:
    flag, sara = open_at(town, "Fish"), town.desk("sara")
    path = f"/api/v1/anomalies/{flag}/close"
    refused = sara("POST", path, json={"cause_code": "the_weather"}, status=422)
    assert refused["code"] == "causes.unknown"
    assert "competitor" in refused["mend"]
    assert sara("POST", path, json={"cause_code": "competitor"})["cause_code"] == "competitor"


def test_a_visit_for_its_tier_asks_for_the_cause_too(town: Any) -> None:
    """The one route that plans single anomalies says what to ask and propose as well."""
    flag, sara = open_at(town, "Dairy"), town.desk("sara")
    body = {"anomaly_ids": [str(flag)], "day": "2026-03-03"}
    [visit] = sara("POST", "/api/v1/anomalies/plan", json=body, status=201)["visits"]
    assert visit["asks_cause"]
    assert visit["promotion"].startswith("Welcome back")
