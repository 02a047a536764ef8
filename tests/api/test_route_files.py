"""A rep's day to take along, over HTTP; and what a day says of its driving times when the road router fails."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from icalendar import Calendar
from sqlalchemy import Engine
from worlds import web as webs
from worlds.osrm_server import Town, osrm_server
from worlds.web import Web

TUESDAY = "2026-03-03"
DAY = f"/api/v1/reps/me/days/{TUESDAY}"
KINDS = {
    "html": "text/html",
    "gpx": "application/gpx+xml",
    "ics": "text/calendar",
    "geojson": "application/geo+json",
}


def plan_tuesday(web: Web) -> dict[str, Any]:
    """Anna puts two customers on her Tuesday, which is then planned."""
    for name in ("Bakery", "Corner"):
        body = {"customer_id": str(web.customers[name]), "reason": f"{name} asked for it"}
        assert web.anna.post(f"{DAY}/visits", body).status_code in {201, 409}
    answer = web.sara.post("/api/v1/plans/generate", {"day": TUESDAY})
    assert answer.status_code == 200, answer.text
    day: dict[str, Any] = web.anna.get(DAY).json
    return day


@pytest.fixture
def web(engine: Engine) -> Web:
    """The town, whose routes are searched for briefly and in the test's own process. It is Monday."""
    return webs.build(engine, solve_seconds=0.1, solver_workers=0)


@pytest.mark.parametrize("kind", KINDS)
def test_each_file_is_for_those_who_may_see_the_day(web: Web, kind: str) -> None:
    plan_tuesday(web)
    mine, seen, stranger = (
        web.anna.get(f"{DAY}/route.{kind}"),
        web.sara.get(f"/api/v1/reps/{web.people['anna']}/days/{TUESDAY}/route.{kind}"),
        web.ben.get(f"/api/v1/reps/{web.people['anna']}/days/{TUESDAY}/route.{kind}"),
    )
    assert (mine.status_code, mine.mimetype) == (200, KINDS[kind])
    assert seen.data == mine.data
    assert (stranger.status_code, stranger.mimetype) == (404, "application/problem+json")
    assert web.app.test_client().get(f"{DAY}/route.{kind}").status_code == 401


@pytest.mark.parametrize("kind", KINDS)
def test_a_day_on_which_nothing_is_planned_has_its_files_too(web: Web, kind: str) -> None:
    assert web.anna.get(f"/api/v1/reps/me/days/2026-03-08/route.{kind}").status_code == 200


def test_the_page_shows_the_day_and_runs_nothing_but_its_own_script(web: Web) -> None:
    plan_tuesday(web)
    page = web.anna.get(f"{DAY}/route.html")
    assert "Bakery" in page.text
    assert "Bakery asked for it" in page.text
    policy = page.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy


def test_the_calendar_of_a_day_has_its_visits_at_their_times_and_the_uids_of_the_feed(web: Web) -> None:
    day = plan_tuesday(web)
    events = {
        str(each["uid"]): each for each in Calendar.from_ical(web.anna.get(f"{DAY}/route.ics").data).walk("VEVENT")
    }
    for visit in day["stops"]:
        event = events[f"{visit['planned']['id']}@fieldsales"]
        assert event["dtstart"].dt.isoformat() == visit["stop"]["arrival_at"]
        assert str(event["summary"]) == visit["customer"]["name"]


def test_gpx_has_the_stops_of_the_day_in_their_order(web: Web) -> None:
    day = plan_tuesday(web)
    names = [
        each.text or ""
        for each in Xml.fromstring(web.anna.get(f"{DAY}/route.gpx").data).iterfind(".//{*}rtept/{*}name")
    ]
    told = [f"{number}. {visit['customer']['name']}" for number, visit in enumerate(day["stops"], start=1)]
    assert names == ["Start", *told, "End"]


def test_streets_are_on_the_map_where_the_router_draws_them(engine: Engine) -> None:
    with osrm_server(Town()) as town:
        web = webs.build(
            engine, solve_seconds=0.1, solver_workers=0, travel="osrm", osrm_url=town.url, travel_cache="off"
        )
        day = plan_tuesday(web)
        assert day["route"]["warning"] is None
        page = web.anna.get(f"{DAY}/route.html").text
        assert "Lines follow the streets." in page
        features = web.anna.get(f"{DAY}/route.geojson").json["features"]
        (line,) = (each["geometry"]["coordinates"] for each in features if each["properties"]["kind"] == "route")
        assert len(line) > len(day["stops"]) + 2
    assert "Lines are straight" in web.anna.get(f"{DAY}/route.html").text


def test_a_router_that_fails_leaves_a_warning_on_the_day_and_is_asked_again_by_the_next_plan(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("routing.travel.fallback.REST_S", 0.0)
    with osrm_server(Town(says=(503, b"busy"))) as town:
        cache = str(tmp_path / "travel.sqlite3")
        web = webs.build(
            engine, solve_seconds=0.1, solver_workers=0, travel="osrm", osrm_url=town.url, travel_cache=cache
        )
        day = plan_tuesday(web)
        assert len(day["stops"]) == 2
        assert day["route"]["warning"].startswith("Driving times are estimated from straight lines, not from streets")
        assert "answers 503" in day["route"]["warning"]
        assert day["route"]["warning"] in web.anna.get(f"{DAY}/route.html").text
        town.says = None
        assert plan_tuesday(web)["route"]["warning"] is None
        asked = len(town.asked)
        assert asked > 0
        assert web.sara.post("/api/v1/plans/generate", {"day": TUESDAY}).json["changed"] is False
        assert len(town.asked) == asked, "the same question is not searched for again"


def test_another_provider_is_another_question(engine: Engine) -> None:
    """A day planned as the crow flies is planned anew once there are streets."""
    web = webs.build(engine, solve_seconds=0.1, solver_workers=0)
    before = plan_tuesday(web)
    with osrm_server(Town()) as town:
        settings = {"travel": "osrm", "osrm_url": town.url, "travel_cache": "off"}
        web.app = web.anna.app = web.sara.app = webs.create_app(
            webs.Settings(secret_key=webs.SECRET, solve_seconds=0.1, solver_workers=0, **settings),
            engine=engine,
            clock=lambda: web.now,
        )
        assert plan_tuesday(web)["route"]["travel_s"] != before["route"]["travel_s"]
        assert town.asked
