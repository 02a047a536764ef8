"""OwnTracks and Traccar Client as sources beside our own app; over HTTP on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine
from worlds import tracked_town
from worlds.small_town import NOON
from worlds.tracked_town import OSMAND, OWNTRACKS, App, agree, app_of, points, set_terms
from worlds.web import Web

from fieldsales.tracks.models import Source

HERE: dict[str, Any] = {"_type": "location", "lat": 38.24, "lon": 21.73, "tst": int(NOON.timestamp())}
COORDS = {"latitude": 38.24, "longitude": 21.73, "accuracy": 12.5, "speed": 3.0, "heading": 90.0, "altitude": 4}
LOCATION: dict[str, Any] = {"timestamp": "2026-03-02T12:00:00.250Z", "coords": COORDS, "is_moving": True, "extras": {}}


@pytest.fixture
def web(engine: Engine) -> Web:
    """The town with the built-in policy, in which Anna agreed this morning."""
    found = tracked_town.build(engine)
    agree(engine, "anna", NOON - timedelta(hours=4))
    return found


@pytest.fixture
def app(web: Web) -> App:
    """Anna's phone with both apps."""
    return app_of(web)


def counted(web: Web) -> tuple[int, int, int]:
    [told] = web.anna.get("/api/v1/me/trackers").json["trackers"]
    return told["kept"], told["without_consent"], told["off_shift"]


def test_owntracks_tells_where_it_is(web: Web, app: App) -> None:
    answer = app.owntracks(HERE | {"acc": 13, "vel": 36, "cog": 270, "batt": 55, "tid": "an", "created_at": 1, "m": 2})
    assert (answer.status_code, answer.json) == (200, [])
    [kept] = points(web.engine)
    assert (kept.at, kept.latitude, kept.longitude) == (NOON, 38.24, 21.73)
    assert (kept.accuracy_m, kept.speed_mps, kept.heading_deg) == (13, pytest.approx(10), 270)
    assert (kept.source, kept.mock, kept.rep_id) == (Source.OWNTRACKS, False, web.people["anna"])


def test_owntracks_is_answered_well_whatever_else_it_says(web: Web, app: App) -> None:
    for told in ({"_type": "lwt", "tst": 1}, {"_type": "transition", **HERE, "_type": "transition"}, [], "x", b""):  # noqa: F601
        assert (app.owntracks(told).status_code, app.owntracks(told).json) == (200, [])
    assert points(web.engine) == []


def test_sent_again_it_is_one_position(web: Web, app: App) -> None:
    for _ in range(3):
        app.owntracks(HERE)
    assert app.osmand(lat=38.3, lon=21.7, timestamp=HERE["tst"]).json["new"] == 0, "a rep is at one place at a time"
    assert len(points(web.engine)) == 1
    assert counted(web) == (1, 0, 0)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize(
    "when",
    ["1772452800", "1772452800000", "2026-03-02T12:00:00Z", "2026-03-02T14:00:00+02:00", "2026-03-02 12:00:00"],
)
def test_traccar_client_tells_where_it_is_with_parameters(web: Web, app: App, method: str, when: str) -> None:
    more = {"speed": "10", "bearing": "45", "altitude": "3", "accuracy": "8.5", "hdop": "0.9", "batt": "71"}
    told = app.osmand(method, lat="38.24", lon="21.73", timestamp=when, **more).json
    assert told == {"points": 1, "new": 1, "without_consent": 0, "off_shift": 0, "out_of_time": 0, "flags": []}
    [kept] = points(web.engine)
    assert (kept.at, kept.source, kept.accuracy_m, kept.heading_deg) == (NOON, Source.TRACCAR, 8.5, 45)
    assert kept.speed_mps == pytest.approx(5.144, abs=0.001), "told in knots"


def test_parameters_may_stand_in_the_address_of_a_post(web: Web, app: App) -> None:
    """So does Traccar Client up to version 8."""
    address = f"{OSMAND}?deviceid={app.key.upper()}&location=38.24,21.73&timestamp={HERE['tst']}&mock=true"
    answer = web.app.test_client().post(address)
    assert answer.json["flags"] == ["mock_location"]
    assert points(web.engine)[0].mock


def test_traccar_client_9_sends_json(web: Web, app: App) -> None:
    assert app.traccar(LOCATION, _="&id=x&lat=1&").json["new"] == 1
    unknown = LOCATION | {"timestamp": "2026-03-02T11:59:00Z", "coords": COORDS | {"speed": -1, "heading": -1}}
    assert app.traccar(unknown | {"mock": True}).json["flags"] == ["mock_location"]
    second, first = points(web.engine)
    assert (first.at.microsecond, first.speed_mps, first.heading_deg) == (250_000, 3.0, 90.0)
    assert (second.speed_mps, second.heading_deg, second.mock) == (None, None, True)


def test_what_only_says_that_it_is_there_is_answered(web: Web, app: App) -> None:
    assert app.osmand(batt=50).json["points"] == 0
    assert app.osmand(lat=1, lon=2, valid="false").json["points"] == 0
    assert app.traccar(None).json["points"] == 0
    assert web.anna.get("/api/v1/me/trackers").json["trackers"][0]["last_seen_at"]


def test_a_position_whose_time_cannot_be_is_dropped_and_counted_so_that_it_blocks_no_queue(web: Web, app: App) -> None:
    """Both apps send a position that is refused again for ever, and nothing after it."""
    for when in (NOON - timedelta(days=367), NOON + timedelta(days=2)):
        answer = app.osmand(lat="1", lon="1", timestamp=str(int(when.timestamp())))
        assert (answer.status_code, answer.json["points"], answer.json["out_of_time"]) == (200, 1, 1), when
    assert (app.owntracks(HERE | {"tst": 1}).status_code, app.owntracks(HERE | {"tst": 1}).json) == (200, [])
    [told] = web.anna.get("/api/v1/me/trackers").json["trackers"]
    assert (told["kept"], told["out_of_time"]) == (0, 4)
    assert points(web.engine) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"lat": "91", "lon": "0"},
        {"lat": "north", "lon": "0"},
        {"lat": "1"},
        {"lat": "nan", "lon": "0"},
        {"lat": "1", "lon": "1", "timestamp": "yesterday"},
        {"lat": "1", "lon": "1", "timestamp": "9" * 400},
        {"lat": "1", "lon": "1", "speed": "fast"},
    ],
)
def test_what_is_no_position_is_refused_by_name(app: App, wrong: dict[str, str]) -> None:
    answer = app.osmand(**wrong)
    assert (answer.status_code, answer.json["code"]) == (400, "tracker.no_position")
    assert answer.json["field"] in ("lat", "lon", "timestamp", "speed")


def test_nothing_is_kept_without_consent_and_it_is_counted(web: Web, app: App) -> None:
    web.anna.put("/api/v1/me/tracking", {"agree": False})
    told = app.osmand(lat=38.24, lon=21.73, timestamp=HERE["tst"]).json
    assert (told["without_consent"], told["new"], told["flags"]) == (1, 0, ["points_without_consent"])
    assert app.owntracks(HERE).json == [], "else the phone would send it for ever"
    assert points(web.engine) == []
    assert counted(web) == (0, 2, 0)


def test_nothing_is_kept_outside_the_shift_and_it_is_counted(web: Web, app: App) -> None:
    """The shift is from 8:30 to 17:00 in Athens, two hours ahead of UTC; 23 February was Clean Monday."""
    agree(web.engine, "ben", NOON - timedelta(days=30))
    his = app_of(web, "ben")
    for day, hour, minute, kept in (
        (2, 6, 30, 1),
        (2, 6, 29, 0),
        (27, 14, 59, 1),
        (27, 15, 0, 0),
        (28, 12, 0, 0),
        (23, 12, 0, 0),
    ):
        when = datetime(2026, 3 if day == 2 else 2, day, hour, minute, tzinfo=UTC)
        told = his.osmand(lat=38.24, lon=21.73, timestamp=when.isoformat()).json
        assert (told["new"], told["off_shift"]) == (kept, 1 - kept), when
    assert "points_off_shift" in told["flags"]


def test_a_night_shift_of_the_policy_goes_past_midnight(web: Web, app: App) -> None:
    set_terms(web.engine, hours={"from": "22:00", "to": "06:00"}, consent="not_needed")
    for text, kept in (("27T21:00", 0), ("28T05:59", 1), ("28T23:00", 0)):
        told = app.osmand(lat=38.24, lon=21.73, timestamp=f"2026-02-{text}:00+02:00").json
        assert told["new"] == kept, text


def test_a_key_is_told_once_and_good_until_it_is_revoked(web: Web, app: App) -> None:
    [told] = web.anna.get("/api/v1/me/trackers").json["trackers"]
    assert "key" not in told
    assert web.ben.post(f"/api/v1/trackers/{told['id']}/revoke").status_code == 404
    assert web.sara.post(f"/api/v1/trackers/{told['id']}/revoke").json["revoked_at"]
    assert web.anna.post(f"/api/v1/trackers/{told['id']}/revoke").status_code == 200
    for answer in (app.owntracks(HERE), app.osmand(lat=1, lon=1), app.traccar(LOCATION)):
        assert (answer.status_code, answer.json["code"]) == (401, "tracker.unknown")
    assert points(web.engine) == []


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic !"}])
def test_nobody_sends_without_a_key(web: Web, headers: dict[str, str]) -> None:
    client = web.app.test_client()
    for method, path in (("POST", OWNTRACKS), ("GET", OSMAND), ("POST", OSMAND)):
        assert client.open(path, method=method, headers=headers, json=HERE).status_code == 401


def test_who_was_switched_off_sends_nothing_more(web: Web, app: App) -> None:
    web.root.patch(f"/api/v1/people/{web.people['anna']}", {"active": False})
    assert app.owntracks(HERE).status_code == 401


def test_a_manager_makes_one_for_a_rep_and_a_supervisor_does_not(web: Web) -> None:
    path = f"/api/v1/reps/{web.people['ben']}/trackers"
    made = web.max.post(path, {"name": "Old phone"}).json
    assert made["tracker"]["created_by"] == str(web.people["max"])
    assert made["traccar"] == {"url": f"http://localhost{OSMAND}", "device_id": made["key"]}
    assert made["owntracks"]["link"].startswith("owntracks:///config?inline=ey")
    assert web.sara.post(path, {"name": "Old phone"}).status_code == 403
    assert web.anna.post(path, {"name": "Old phone"}).status_code == 404
    assert len(web.sara.get(path).json["trackers"]) == 1


def test_a_rep_has_five_at_most(web: Web) -> None:
    answers = [web.anna.post("/api/v1/me/trackers", {"name": str(each)}).status_code for each in range(6)]
    assert answers == [201] * 5 + [409]


def test_a_key_that_sends_too_often_must_wait(engine: Engine) -> None:
    web = tracked_town.build(engine, tracker_rate="2 per minute")
    set_terms(engine, consent="not_needed")
    app, other = app_of(web), app_of(web, "ben")
    answers = [app.owntracks(HERE), app.osmand(lat=1, lon=1), app.traccar(LOCATION)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert "Retry-After" in answers[2].headers
    assert other.owntracks(HERE).status_code == 200
