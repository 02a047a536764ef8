"""Planning, the rep's day and the team's day over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, event
from worlds import web as webs
from worlds.phone import TestPhone
from worlds.web import Web

from api.planner import Planner
from fieldsales.anomalies.models import Anomaly, AnomalyKind
from fieldsales.dayplans.service import solve
from fieldsales.db.session import transaction
from fieldsales.orders.models import Order, Origin
from routing.errors import SolverDied
from routing.pool import SolverPool
from sync.batch import Phone

TUESDAY = "2026-03-03"


@pytest.fixture
def web(engine: Engine) -> Web:
    """The town, whose routes are searched for briefly and in the test's own process. It is Monday."""
    return webs.build(engine, solve_seconds=0.1, solver_workers=0)


def generate(web: Web, login: str = "sara", **more: object) -> dict[str, object]:
    answer = getattr(web, login).post("/api/v1/plans/generate", {"day": TUESDAY, **more})
    assert answer.status_code == 200, answer.text
    return answer.json


def put_on_tuesday(web: Web, *names: str) -> None:
    """Anna puts some of her customers on her Tuesday."""
    for name in names:
        body = {"customer_id": str(web.customers[name]), "reason": f"{name} asked for it"}
        assert web.anna.post(f"/api/v1/reps/me/days/{TUESDAY}/visits", body).status_code == 201


def names_of(visits: list[dict[str, dict[str, str]]]) -> set[str]:
    return {visit["customer"]["name"] for visit in visits}


def test_planning_twice_changes_nothing_and_says_so(web: Web) -> None:
    put_on_tuesday(web, "Bakery", "Corner")
    first = generate(web)
    assert {rep["login"] for rep in first["reps"]} == {"anna", "ben"}
    assert first["changed"] is True
    assert generate(web)["changed"] is False


def test_only_reps_in_scope_are_planned(web: Web) -> None:
    only = generate(web, rep_ids=[str(web.people["ben"])])
    assert [rep["login"] for rep in only["reps"]] == ["ben"]
    beyond = web.sara.post("/api/v1/plans/generate", {"day": TUESDAY, "rep_ids": [str(web.people["sara"])]})
    assert (beyond.status_code, beyond.json["code"]) == (404, "people.not_found")
    for wrong in ({}, {"day": "tomorrow"}, {"day": "1999-01-01"}, {"day": TUESDAY, "rep_ids": []}):
        assert web.sara.post("/api/v1/plans/generate", wrong).status_code == 422


def test_the_day_holds_what_the_customer_screens_need(web: Web) -> None:
    with transaction(web.engine) as session:
        session.add(Order(customer_id=web.customers["Bakery"], origin=Origin.IMPORT, reference="1",
                          ordered_on=web.now.date(), currency="EUR", amount_minor=12_345))  # fmt: skip
    put_on_tuesday(web, "Bakery", "Corner")
    generate(web)
    day = web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}").json
    assert (day["rep"]["login"], day["day"], day["time_zone"]) == ("anna", TUESDAY, "Europe/Athens")
    assert {"Bakery", "Corner"} <= names_of(day["stops"])
    assert [each["stop"]["position"] for each in day["stops"]] == list(range(1, len(day["stops"]) + 1))
    [bakery] = [each for each in day["stops"] if each["customer"]["name"] == "Bakery"]
    assert bakery["planned"]["source"] == "manual"
    assert bakery["planned"]["reason"] == "Bakery asked for it"
    customer = bakery["customer"]
    assert customer["navigation"]["geo"].startswith("geo:38.")
    assert [each["amount_minor"] for each in customer["last_orders"]] == [12_345]
    assert customer["opening_hours"] == "Mo-Sa 08:00-20:00"
    assert customer["owner_id"] == str(web.people["anna"])
    assert day["route"]["distance_m"] > 0
    assert web.sara.get(f"/api/v1/reps/{web.people['anna']}/days/{TUESDAY}").json == day


def test_a_days_length_does_not_change_the_number_of_queries(web: Web) -> None:
    counted: list[object] = []
    event.listen(web.engine, "before_cursor_execute", lambda *call: counted.append(call[2]))
    path = f"/api/v1/reps/me/days/{TUESDAY}"

    def queries() -> int:
        counted.clear()
        assert web.anna.get(path).status_code == 200
        return len(counted)

    put_on_tuesday(web, "Bakery")
    generate(web)
    few = queries()
    put_on_tuesday(web, "Corner", "Dairy")
    generate(web)
    assert queries() == few


def test_nobody_looks_into_a_day_out_of_scope(web: Web) -> None:
    for person in ("ben", "sara"):
        answer = web.anna.get(f"/api/v1/reps/{web.people[person]}/days/{TUESDAY}")
        assert (answer.status_code, answer.json["code"]) == (404, "people.not_found")
    assert web.max.get(f"/api/v1/reps/me/days/{TUESDAY}").status_code == 404, "a manager has no day"


def test_a_visit_added_by_hand_joins_the_route_that_is_there(web: Web) -> None:
    put_on_tuesday(web, "Bakery")
    generate(web)
    put_on_tuesday(web, "Dairy")
    day = web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}").json
    assert {"Bakery", "Dairy"} <= names_of(day["stops"])
    fish = {"customer_id": str(web.customers["Fish"]), "reason": "curious"}
    assert web.anna.post(f"/api/v1/reps/me/days/{TUESDAY}/visits", fish).json["code"] == "customer.not_found"
    late = web.anna.post("/api/v1/reps/me/days/2026-03-01/visits", fish | {"customer_id": str(web.customers["Dairy"])})
    assert (late.status_code, late.json["code"]) == (409, "plan.day_over")


def test_the_day_as_geojson_is_in_longitude_and_latitude(web: Web) -> None:
    put_on_tuesday(web, "Bakery", "Corner")
    generate(web)
    answer = web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}/route.geojson")
    assert (answer.mimetype, answer.json["type"]) == ("application/geo+json", "FeatureCollection")
    by_kind: dict[str, list[dict[str, object]]] = {}
    for feature in answer.json["features"]:
        by_kind.setdefault(feature["properties"]["kind"], []).append(feature)
    assert by_kind["start"][0]["geometry"] == {"type": "Point", "coordinates": [21.73, 38.25]}
    assert [each["properties"]["number"] for each in by_kind["visit"]] == list(range(1, len(by_kind["visit"]) + 1))
    line = by_kind["route"][0]["geometry"]["coordinates"]
    assert len(line) == len(by_kind["visit"]) + 2
    assert line[0] == line[-1] == [21.73, 38.25]


def test_plans_follow_when_a_customer_changes_hands(web: Web) -> None:
    key_account = f"/api/v1/customers/{web.customers['Fish']}/key-account"
    put_on_tuesday(web, "Bakery")
    generate(web)
    web.max.post(key_account, {"rep_ids": [str(web.people["anna"])], "instruction": "Ask for the boss"})
    planned = {
        (who, name)
        for who in ("anna", "ben")
        for name in names_of(web.max.get(f"/api/v1/reps/{web.people[who]}/days/{TUESDAY}").json["stops"])
    }
    assert {who for who, name in planned if name == "Fish"} <= {"anna", "ben"}
    web.max.delete(key_account)
    assert "Fish" not in names_of(web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}").json["stops"])


def test_a_plan_that_another_overtakes_begins_anew(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """While Sara's routes are searched for, Anna's plan is stored: Sara's sees it and says that nothing changed."""
    put_on_tuesday(web, "Bakery", "Corner")
    answers: list[bool] = []
    search = SolverPool.solve_days

    def overtaken(*args: Any, **more: Any) -> Any:
        found = list(search(*args, **more))
        if not answers:
            answers.append(True)
            answers.append(bool(generate(web)["changed"]))
        return found

    monkeypatch.setattr(SolverPool, "solve_days", overtaken)
    monkeypatch.setattr(Planner, "_solve", lambda self, draft: solve(draft, self.pool, self.driving))
    assert generate(web)["changed"] is False
    assert answers == [True, True]


def test_a_cadence_that_never_advances_is_refused(web: Web) -> None:
    tier = {"tier": "A", "revenue_share_bp": 10_000, "minimum_orders": 0, "minimum_gap_days": 1,
            "service_minutes": 10, "visit_value": 10}  # fmt: skip
    for rule in ("FREQ=WEEKLY;INTERVAL=0", "FREQ=DAILY;INTERVAL=-1"):
        answer = web.max.put("/api/v1/policies/tiers", {"body": {"tiers": [{**tier, "rrule": rule}]}})
        assert (answer.status_code, answer.json["code"]) == (422, "cadence.not_understood"), answer.text


def test_a_day_too_far_ahead_is_refused(web: Web) -> None:
    answer = web.sara.post("/api/v1/plans/generate", {"day": "2099-12-31"})
    assert (answer.status_code, answer.json["code"]) == (422, "plan.day_too_far")


def test_a_plan_that_cannot_follow_undoes_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_tuesday(web, "Bakery")
    generate(web)

    def broken(*_given: object, **_more: object) -> None:
        raise RuntimeError("no memory left")

    monkeypatch.setattr("api.planner.solve", broken)
    owner = f"/api/v1/customers/{web.customers['Bakery']}/owner"
    assert web.sara.put(owner, {"rep_id": str(web.people["ben"])}).status_code == 200
    assert web.ben.get(f"/api/v1/customers/{web.customers['Bakery']}").status_code == 200


def test_a_search_that_dies_is_a_503_and_the_plan_stays(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    put_on_tuesday(web, "Bakery")

    def killed(*_given: object, **_more: object) -> None:
        raise SolverDied("killed")

    monkeypatch.setattr("routing.pool.SolverPool.solve_days", killed)
    answer = web.sara.post("/api/v1/plans/generate", {"day": TUESDAY})
    assert (answer.status_code, answer.json["code"]) == (503, "plan.solver_unavailable")
    assert web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}").json["route"] is None


def anomaly(web: Web, name: str, at_risk: int) -> str:
    with transaction(web.engine) as session:
        found = Anomaly(customer_id=web.customers[name], kind=AnomalyKind.CHURN_RISK, opened_on=web.now.date(),
                        seen_on=web.now.date(), reason="No order for 40 days", evidence={"days": 40},
                        at_risk_minor=at_risk)  # fmt: skip
        session.add(found)
        session.flush()
        return str(found.id)


def test_anomalies_are_listed_in_scope_and_turned_into_visits(web: Web) -> None:
    bakery, fish = anomaly(web, "Bakery", 100), anomaly(web, "Fish", 900)
    assert [each["customer_name"] for each in web.sara.get("/api/v1/anomalies").json["items"]] == ["Fish", "Bakery"]
    first = web.sara.get("/api/v1/anomalies", limit=1, kind="churn_risk").json
    rest = web.sara.get("/api/v1/anomalies", limit=1, after=first["next"]).json
    assert [each["id"] for each in first["items"] + rest["items"]] == [fish, bakery]
    assert [each["id"] for each in web.anna.get("/api/v1/anomalies").json["items"]] == [bakery]
    made = web.sara.post("/api/v1/anomalies/plan", {"anomaly_ids": [bakery, fish], "day": TUESDAY})
    assert made.status_code == 201
    assert {(each["source"], each["anomaly_id"]) for each in made.json["visits"]} == {
        ("anomaly", bakery),
        ("anomaly", fish),
    }
    unknown = {"anomaly_ids": [str(web.people["anna"])], "day": TUESDAY}
    assert web.sara.post("/api/v1/anomalies/plan", unknown).json["code"] == "anomaly.not_found"


def test_the_team_of_a_day_in_numbers(web: Web) -> None:
    put_on_tuesday(web, "Bakery", "Corner")
    generate(web)
    web.now = web.now.replace(day=3, hour=9)
    app = TestPhone(Phone(web.people["anna"], web.anna.tokens.device_id), "phone-of-anna", web.now)
    visit = app.check_in(web.customers["Bakery"])["data"]["visit_id"]
    app.order(web.customers["Bakery"], [(web.products["coffee"], 2, 620)], visit)
    app.collect(web.customers["Bakery"], 500, visit)
    app.collect(web.customers["Bakery"], 40, visit)
    app.check_out(visit)
    dairy = app.check_in(web.customers["Dairy"])
    results = web.anna.post("/sync/v1/mutations", app.body()).json["results"]
    assert {each["status"] for each in results} == {"applied"}, (results, dairy)

    def anna() -> dict[str, object]:
        rows = web.sara.get(f"/api/v1/team/days/{TUESDAY}").json["reps"]
        found: dict[str, object] = next(row for row in rows if row["rep"]["login"] == "anna")
        return found

    row = anna()
    assert (row["planned"], row["visited"], row["missed"]) == (row["planned"], 2, 0)
    assert row["to_do"] == row["planned"] - 1 - (1 - row["unplanned"])
    assert (row["orders"], row["order_value_minor"], row["currency"]) == (1, 1240, "EUR")
    assert (row["order_values"], row["collected"]) == ({"EUR": 1240}, {"EUR": 540})
    assert row["last_position"]["latitude"] == 38.24
    done = [stop for stop in row["stops"] if stop["made"]]
    assert "Bakery" in {stop["customer_name"] for stop in done}
    web.now = web.now.replace(day=4)
    assert (anna()["missed"], anna()["to_do"]) == (row["to_do"], 0)
    assert anna()["last_position"] == row["last_position"], "a day that is over tells where it ended"
    tomorrow = web.sara.get("/api/v1/team/days/2026-03-05").json["reps"]
    assert {each["last_position"] for each in tomorrow} == {None}, "a day to come tells no position, and nobody looked"
    assert web.anna.get(f"/api/v1/team/days/{TUESDAY}").status_code == 403
