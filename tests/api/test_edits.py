"""Changing planned visits over HTTP, and the calendars that show it."""

from __future__ import annotations

from typing import Any

import pytest
from icalendar import Calendar
from sqlalchemy import Engine, event
from werkzeug.test import TestResponse
from worlds import web as webs
from worlds.web import Web

from fieldsales.audit.models import AuditEntry
from fieldsales.db.session import reading, transaction
from fieldsales.feeds.models import CalendarFeed
from fieldsales.people.models import User

TUESDAY, WEDNESDAY = "2026-03-03", "2026-03-04"
VISITS = "/api/v1/planned-visits"


@pytest.fixture
def web(engine: Engine) -> Web:
    """The town, whose routes are searched for briefly and in the test's own process. It is Monday."""
    return webs.build(engine, solve_seconds=0.1, solver_workers=0)


def added(web: Web, name: str = "Bakery", **more: object) -> dict[str, Any]:
    """Anna puts a customer on her Tuesday."""
    body = {"customer_id": str(web.customers[name]), "day": TUESDAY, "reason": f"{name} asked for it", **more}
    answer = web.anna.post(VISITS, body)
    assert answer.status_code == 201, answer.text
    visit: dict[str, Any] = answer.json["visit"]
    return visit


def generate(web: Web, day: str = TUESDAY) -> None:
    assert web.max.post("/api/v1/plans/generate", {"day": day}).status_code == 200


def stops(web: Web, day: str = TUESDAY) -> set[str]:
    found = web.anna.get(f"/api/v1/reps/me/days/{day}").json["stops"]
    return {each["customer"]["name"] for each in found}


def calendar(web: Web, address: str, **headers: str) -> TestResponse:
    return web.app.test_client().get(address.removeprefix("http://localhost"), headers=headers)


def test_a_move_answers_with_the_visit_and_the_days_whose_routes_follow(web: Web) -> None:
    visit = added(web)
    added(web, "Corner")
    generate(web)
    answer = web.sara.post(f"{VISITS}/{visit['id']}/move", {"to_day": WEDNESDAY, "version": visit["version"]})
    assert answer.status_code == 200, answer.text
    moved = answer.json["visit"]
    assert (moved["id"], moved["day"], moved["reason"], moved["version"]) == (
        visit["id"], WEDNESDAY, "Bakery asked for it", visit["version"] + 1
    )  # fmt: skip
    anna = str(web.people["anna"])
    assert answer.json["replan"] == {
        "days": [{"rep_id": anna, "day": day, "begun": False} for day in (TUESDAY, WEDNESDAY)],
        "follows": True,
    }
    assert "Bakery" not in stops(web)
    assert "Corner" in stops(web)
    assert web.anna.get(f"{VISITS}/{visit['id']}").json == moved


def test_a_change_may_leave_the_routes_for_later(web: Web) -> None:
    visit = added(web)
    generate(web)
    body = {"code": "closed", "version": visit["version"]}
    answer = web.anna.ask("POST", f"{VISITS}/{visit['id']}/skip", body, query_string={"replan": "false"})
    assert (answer.status_code, answer.json["replan"]["follows"]) == (200, False)
    day = web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}").json
    [bakery] = [each for each in day["stops"] if each["customer"]["name"] == "Bakery"]
    assert bakery["planned"]["status"] == "skipped", "it is on the route until the day is planned again"
    generate(web)
    day = web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}").json
    assert [(each["planned"]["id"], each["planned"]["skip_code"]) for each in day["skipped"]] == [
        (visit["id"], "closed")
    ]
    assert "Bakery" not in stops(web)
    geojson = web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}/route.geojson").json
    [why] = [each["properties"]["why"] for each in geojson["features"] if each["properties"]["kind"] == "skipped"]
    assert why == "closed"


def test_a_skipped_visit_is_neither_planned_nor_missed_for_the_team(web: Web) -> None:
    visit = added(web)
    web.anna.post(f"{VISITS}/{visit['id']}/skip", {"code": "no_time", "version": visit["version"]})
    web.now = web.now.replace(day=4)
    [row] = [row for row in web.sara.get(f"/api/v1/team/days/{TUESDAY}").json["reps"] if row["rep"]["login"] == "anna"]
    assert (row["planned"], row["missed"], row["skipped"], row["left_out"]) == (0, 0, 1, 0)


def test_a_second_editor_is_told_how_the_visit_stands_now(web: Web) -> None:
    visit = added(web)
    first = web.sara.post(f"{VISITS}/{visit['id']}/move", {"to_day": WEDNESDAY, "version": visit["version"]})
    second = web.max.post(f"{VISITS}/{visit['id']}/skip", {"code": "closed", "version": visit["version"]})
    assert (first.status_code, second.status_code, second.json["code"]) == (200, 409, "plan.visit_changed")
    assert (second.json["visit"]["day"], second.json["visit"]["version"]) == (WEDNESDAY, visit["version"] + 1)


def test_history_tells_who_did_what_and_why(web: Web) -> None:
    visit = added(web)
    address = f"{VISITS}/{visit['id']}"
    web.anna.post(f"{address}/skip", {"code": "other", "reason": "stocktaking", "version": visit["version"]})
    web.sara.post(f"{address}/restore", {"version": visit["version"] + 1})
    web.max.post(f"{address}/move", {"to_day": WEDNESDAY, "reason": "better", "version": visit["version"] + 2})
    steps = web.anna.get(f"{address}/history").json["steps"]
    assert [(each["kind"], each["by_name"], each["reason"]) for each in steps] == [
        ("added", "Anna", "Bakery asked for it"),
        ("skipped", "Anna", "stocktaking"),
        ("restored", "Sara", None),
        ("moved", "Max", "better"),
    ]
    assert (steps[-1]["from_day"], steps[-1]["to_day"], steps[1]["code"]) == (TUESDAY, WEDNESDAY, "other")
    assert web.ben.get(f"{address}/history").json["code"] == "plan.visit_not_found"


def test_what_makes_no_sense_is_refused_by_field(web: Web) -> None:
    visit = added(web)
    address = f"{VISITS}/{visit['id']}"
    for path, body in (
        ("move", {"version": 1}),
        ("move", {"to_day": WEDNESDAY}),
        ("move", {"to_day": "someday", "version": 1}),
        ("skip", {"version": 1}),
        ("restore", {"version": "1"}),
    ):
        assert web.max.post(f"{address}/{path}", body).status_code == 422, (path, body)
    rain = web.max.post(f"{address}/skip", {"code": "rain", "version": visit["version"]})
    assert (rain.status_code, rain.json["code"]) == (422, "plan.bad_skip")


def test_the_policy_bounds_reps(web: Web) -> None:
    body = web.max.get("/api/v1/policies/planning").json["body"]
    put = web.max.put("/api/v1/policies/planning", {"body": {**body, "rep_may_add": False, "rep_may_skip": False}})
    assert put.status_code == 200, put.text
    wanted = {"customer_id": str(web.customers["Bakery"]), "day": TUESDAY, "reason": "why not"}
    for path, asked in (
        (VISITS, wanted),
        (f"/api/v1/reps/me/days/{TUESDAY}/visits", {each: wanted[each] for each in ("customer_id", "reason")}),
    ):
        refused = web.anna.post(path, asked)
        assert (refused.status_code, refused.json["code"]) == (403, "plan.may_not_edit")
    assert web.sara.post(VISITS, wanted | {"rep_id": str(web.people["anna"])}).status_code == 201
    assert web.sara.post(VISITS, wanted).json["code"] == "people.not_found", "a supervisor has no day"


def test_a_calendar_shows_the_visits_under_an_address_that_is_told_once(web: Web) -> None:
    visit, corner = added(web), added(web, "Corner")
    generate(web)
    web.anna.post(f"{VISITS}/{visit['id']}/skip", {"code": "closed", "version": visit["version"]})
    made = web.anna.post("/api/v1/reps/me/calendar")
    assert made.status_code == 201
    answer = calendar(web, made.json["address"])
    assert (answer.status_code, answer.mimetype) == (200, "text/calendar")
    assert answer.headers["Cache-Control"] == "private, no-cache"
    events = {str(each["UID"]): each for each in Calendar.from_ical(answer.data).walk("VEVENT")}
    assert {f"{visit['id']}@fieldsales", f"{corner['id']}@fieldsales"} <= events.keys()
    skipped, to_make = events[f"{visit['id']}@fieldsales"], events[f"{corner['id']}@fieldsales"]
    assert (skipped["STATUS"], skipped["SEQUENCE"], str(skipped["DESCRIPTION"])) == (
        "CANCELLED", visit["version"] + 1, "Bakery asked for it\nSkipped: closed"
    )  # fmt: skip
    day = web.anna.get(f"/api/v1/reps/me/days/{TUESDAY}").json
    [arrival] = [each["stop"]["arrival_at"] for each in day["stops"] if each["customer"]["name"] == "Corner"]
    assert to_make.decoded("DTSTART").isoformat() == arrival
    assert "address" not in web.anna.get("/api/v1/reps/me/calendar").json


def test_an_unchanged_calendar_is_not_sent_again(web: Web) -> None:
    visit = added(web)
    address = web.anna.post("/api/v1/reps/me/calendar").json["address"]
    first = calendar(web, address)
    tag = first.headers["ETag"]
    same = calendar(web, address, **{"If-None-Match": tag})
    assert (same.status_code, same.data, same.headers["ETag"]) == (304, b"", tag)
    assert first.headers["Last-Modified"] == "Mon, 02 Mar 2026 12:00:00 GMT"
    web.anna.post(f"{VISITS}/{visit['id']}/skip", {"code": "closed", "version": visit["version"]})
    assert calendar(web, address, **{"If-None-Match": tag}).status_code == 200


def test_a_calendar_reaches_from_two_weeks_ago_to_sixty_days_ahead(web: Web) -> None:
    for day in ("2026-03-16", "2026-05-01", "2026-05-02"):
        added(web, day=day)
    address = web.anna.post("/api/v1/reps/me/calendar").json["address"]

    def days() -> list[str]:
        events = Calendar.from_ical(calendar(web, address).data).walk("VEVENT")
        return [str(each.decoded("DTSTART")) for each in events]

    assert days() == ["2026-03-16", "2026-05-01"]
    web.now = web.now.replace(day=31)
    assert days() == ["2026-05-01", "2026-05-02"]
    web.now = web.now.replace(day=30)
    assert days()[0] == "2026-03-16"


def test_a_longer_calendar_asks_no_more_queries(web: Web) -> None:
    counted: list[object] = []
    event.listen(web.engine, "before_cursor_execute", lambda *call: counted.append(call[2]))
    added(web)
    address = web.anna.post("/api/v1/reps/me/calendar").json["address"]

    def queries() -> int:
        counted.clear()
        assert calendar(web, address).status_code == 200
        return len(counted)

    few = queries()
    added(web, "Corner")
    added(web, "Dairy")
    assert queries() == few


def test_an_address_leads_nowhere_once_another_is_made_or_it_is_revoked(web: Web) -> None:
    anna = f"/api/v1/reps/{web.people['anna']}/calendar"
    first = web.anna.post(anna).json["address"]
    second = web.sara.post(anna).json["address"]
    gone = calendar(web, first)
    assert (gone.status_code, gone.mimetype, gone.json["code"]) == (
        404, "application/problem+json", "calendar.not_found"
    )  # fmt: skip
    assert calendar(web, second).status_code == 200
    assert web.ben.delete(anna).json["code"] == "people.not_found"
    assert web.anna.delete(anna).status_code == 204
    assert calendar(web, second).status_code == 404
    assert web.anna.delete(anna).json["code"] == web.anna.get(anna).json["code"] == "calendar.not_found"
    with reading(web.engine) as session:
        kept = session.query(CalendarFeed).all()
        assert all(secret not in each.secret_hash for each in kept for secret in (first, second))
        acts = {each.action for each in session.query(AuditEntry).filter_by(subject_type="calendar_feed")}
        assert acts == {"calendar.open", "calendar.close"}


def test_the_calendar_of_a_rep_who_was_switched_off_is_gone(web: Web) -> None:
    address = web.anna.post("/api/v1/reps/me/calendar").json["address"]
    with transaction(web.engine) as session:
        session.get_one(User, web.people["anna"]).active = False
    assert calendar(web, address).status_code == 404
