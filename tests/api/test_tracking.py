"""Being tracked: consent, who looked, all of it as a file, and erasure; over HTTP on both databases."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree as Xml

import pytest
from sqlalchemy import Engine, select
from worlds import tracked_town
from worlds.small_town import NOON
from worlds.tracked_town import MINE, accesses, agree, app_of, points, set_terms
from worlds.web import Caller, Web

from fieldsales.audit.models import AuditEntry
from fieldsales.db.session import reading, transaction
from fieldsales.people.models import User

DAY = "2026-03-02"


@pytest.fixture
def web(engine: Engine) -> Web:
    """The town with the built-in policy."""
    return tracked_town.build(engine)


def unpacked(by: Caller, whose: object = "me") -> zipfile.ZipFile:
    """What somebody is told of a rep."""
    with by.get(f"/api/v1/reps/{whose}/tracking/export.zip") as answer:
        assert answer.mimetype == "application/zip"
        return zipfile.ZipFile(io.BytesIO(answer.data))


def driven(web: Web, count: int = 3) -> None:
    """Anna agreed, and her phone told where she was."""
    agree(web.engine, "anna", NOON - timedelta(hours=4))
    app = app_of(web)
    for minute in range(count):
        told = app.osmand(lat=round(38.24 + minute / 1000, 3), lon=21.73, timestamp=int(NOON.timestamp()) - 60 * minute)
        assert told.json["new"] == 1, told.text


def test_privacy_is_the_default_and_the_text_is_told(web: Web) -> None:
    told = web.anna.get(MINE).json
    assert (told["active"], told["consent_needed"], told["agreed"], told["said_at"]) == (False, True, False, None)
    assert (told["window"], told["keep_days"], told["margin_minutes"]) == ("shift", 90, 0)
    assert told["hours"] == {"from": "08:30:00", "to": "17:00:00"}
    assert "I can take this back" in told["text"]


def test_a_rep_agrees_and_takes_it_back_and_both_are_proven(web: Web) -> None:
    assert web.anna.put(MINE, {"agree": True, "version": "1", "language": "zh"}).json["active"]
    assert web.anna.put(MINE, {"agree": True, "version": "1"}).json["agreed"], "again changes nothing"
    web.now += timedelta(hours=1)
    told = web.anna.put(MINE, {"agree": False}).json
    assert (told["active"], told["said_version"]) == (False, "1")
    assert web.anna.put(MINE, {"agree": False}).status_code == 200
    with unpacked(web.anna) as file:
        given, taken = json.loads(file.read("consents.json"))
    assert (given["given"], given["language"], taken["given"]) == (True, "zh", False)
    assert "我同意" in given["text"]
    with reading(web.engine) as session:
        actions = list(session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("tracking.%"))))
    assert actions == ["tracking.consent", "tracking.withdraw"]


def test_to_agree_is_to_agree_to_the_text_that_holds(web: Web) -> None:
    assert web.anna.put(MINE, {"agree": True, "version": "0"}).json["code"] == "tracking.text_changed"
    assert web.anna.put(MINE, {"agree": True}).json["code"] == "tracking.text_changed"
    language = web.anna.put(MINE, {"agree": True, "version": "1", "language": "el"}).json
    assert language["code"] == "tracking.text_not_there"
    assert web.sara.get(MINE).status_code == 403, "only reps are tracked"


def test_who_looks_is_written_down_once_an_hour_and_told_to_the_rep(web: Web) -> None:
    driven(web)
    anna = web.people["anna"]
    path = f"/api/v1/reps/{anna}/days/{DAY}/driven"
    for _ in range(3):
        assert len(web.sara.get(f"{path}.geojson").json["features"]) == 1
    web.sara.get(f"{path}.gpx")
    web.anna.get(f"/api/v1/reps/me/days/{DAY}/driven.geojson")
    assert web.ben.get(f"{path}.geojson").status_code == 404
    web.now += timedelta(hours=1)
    web.max.get(f"{path}.geojson")
    told = web.anna.get("/api/v1/reps/me/tracking/accesses").json["items"]
    assert told[0]["reader"] == "Max", "the last look comes first"
    assert {(each["reader"], each["route"], each["times"], each["day"]) for each in told} == {
        ("Max", "driven.geojson", 1, DAY),
        ("Sara", "driven.gpx", 1, DAY),
        ("Sara", "driven.geojson", 3, DAY),
    }
    assert web.sara.get(f"/api/v1/reps/{anna}/tracking/accesses").status_code == 403
    assert len(web.max.get(f"/api/v1/reps/{anna}/tracking/accesses").json["items"]) == 3
    assert web.ben.get(f"/api/v1/reps/{anna}/tracking/accesses").status_code == 404


def test_a_look_that_fails_is_not_written_down(web: Web) -> None:
    driven(web)
    nobody = "00000000-0000-4000-8000-000000000000"
    assert web.sara.get(f"/api/v1/reps/{nobody}/days/{DAY}/driven.gpx").status_code == 404
    assert accesses(web.engine) == []


def test_no_answer_without_the_note(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look that cannot be written down is refused."""
    driven(web)

    def fails(*_: Any, **__: Any) -> None:
        raise RuntimeError("the books are shut")

    monkeypatch.setattr("api.looks.note_looks", fails)
    answer = web.sara.get(f"/api/v1/reps/{web.people['anna']}/days/{DAY}/driven.geojson")
    assert (answer.status_code, answer.json["code"]) == (500, "internal.unexpected")
    assert web.anna.get(f"/api/v1/reps/me/days/{DAY}/driven.geojson").status_code == 200


def test_the_export_holds_all_and_its_reader_is_told(web: Web) -> None:
    driven(web)
    with unpacked(web.max, web.people["anna"]) as file:
        rows = file.read("positions.csv").decode().splitlines()
        spots = json.loads(file.read("positions.geojson"))["features"]
        track = Xml.fromstring(file.read("positions.gpx"))
        about = json.loads(file.read("about.json"))
        [tracker] = json.loads(file.read("trackers.json"))
    assert rows[0].startswith("at,latitude,longitude")
    assert rows[1].startswith("2026-03-02T11:58:00+00:00,38.242,21.73,")
    assert len(rows) == 1 + 3
    assert [each["geometry"]["coordinates"] for each in spots] == [[21.73, 38.242], [21.73, 38.241], [21.73, 38.24]]
    assert {each["properties"]["source"] for each in spots} == {"traccar"}
    assert len(list(track.iter("{http://www.topografix.com/GPX/1/1}trkpt"))) == 3
    assert (about["positions"]["points"], tracker["kept"]) == (3, 3)
    assert "key" not in json.dumps(tracker)
    [look] = accesses(web.engine)
    assert (look.route, look.reader_id) == ("export", web.people["max"])
    assert web.sara.get(f"/api/v1/reps/{web.people['anna']}/tracking/export.zip").status_code == 403


def test_an_empty_export_is_well_formed(web: Web) -> None:
    with unpacked(web.anna) as file:
        assert json.loads(file.read("positions.geojson"))["features"] == []
        Xml.fromstring(file.read("positions.gpx"))
    assert accesses(web.engine) == [], "nobody is noted for the own ones"


def test_positions_are_erased_for_a_reason_that_is_kept(web: Web) -> None:
    driven(web)
    path = f"/api/v1/reps/{web.people['anna']}/tracking/erase"
    assert web.anna.post(path, {"reason": "I want it."}).status_code == 403
    assert web.max.post(path, {"reason": "   "}).status_code == 422
    assert web.max.post(path, {"reason": "Her letter.", "dry_run": True}).json == {"points": 3, "dry_run": True}
    until = {"until": (NOON - timedelta(seconds=90)).isoformat()}
    assert web.max.post(path, {"reason": "Her letter.", **until, "dry_run": True}).json["points"] == 1
    assert len(points(web.engine)) == 3
    assert web.max.post(path, {"reason": "Her letter.", **until}).json["points"] == 1
    assert web.max.post(path, {"reason": "Her letter."}).json == {"points": 2, "dry_run": False}
    assert points(web.engine) == []
    with reading(web.engine) as session:
        facts = list(session.scalars(select(AuditEntry.facts).where(AuditEntry.action == "track.erase")))
    assert [(each["points"], each["reason"]) for each in facts] == [(1, "Her letter."), (2, "Her letter.")]


def test_somebody_who_left_can_be_told_and_erased(web: Web) -> None:
    driven(web)
    with transaction(web.engine) as session:
        session.get_one(User, web.people["anna"]).active = False
    path = f"/api/v1/reps/{web.people['anna']}/tracking"
    assert "positions.csv" in unpacked(web.max, web.people["anna"]).namelist()
    assert web.max.post(f"{path}/erase", {"reason": "She left."}).json["points"] == 3


def test_a_territory_may_have_terms_of_its_own(web: Web) -> None:
    set_terms(web.engine, [("south", {"consent": "not_needed", "window": "any", "keep_days": 7})])
    anna, ben = web.anna.get(MINE).json, web.ben.get(MINE).json
    assert (anna["consent_needed"], anna["keep_days"], anna["active"]) == (True, 90, False)
    assert (ben["consent_needed"], ben["keep_days"], ben["active"]) == (False, 7, True)
    assert web.sara.get(f"/api/v1/reps/{web.people['ben']}/tracking").json["window"] == "any"
