"""Devices as the people see them who look after the reps."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from worlds.phone import TestPhone
from worlds.web import Caller, Web
from worlds.web import build as build_web

from fieldsales.db.session import transaction
from sync.batch import Phone


@pytest.fixture
def web(engine: Engine, tmp_path: Any) -> Web:
    """The town behind its API."""
    return build_web(engine, data_dir=tmp_path / "data")


def app_of(web: Web, login: str, installation: str = "phone") -> tuple[Caller, TestPhone]:
    """Somebody's phone: who asks with it, and what it holds."""
    caller = getattr(web, login) if installation == "phone" else web.log_in(login, installation)
    who = Phone(web.people[login], caller.tokens.device_id)
    return caller, TestPhone(who, f"{installation}-of-{login}", web.now)


def fare(web: Web, caller: Caller, seen_by: str = "sara") -> dict[str, Any]:
    page = getattr(web, seen_by).get("/api/v1/devices").json
    [found] = [each for each in page["items"] if each["id"] == str(caller.tokens.device_id)]
    return dict(found)


def test_a_device_tells_what_it_holds_and_how_its_clock_and_cursor_stand(web: Web) -> None:
    anna, app = app_of(web, "anna")
    assert fare(web, anna)["sync"] is None
    app.ahead = timedelta(minutes=5)
    app.order(web.customers["Bakery"], [(web.products["coffee"], 1, 9999)])
    told = anna.post("/sync/v1/mutations", app.body(queued=3, app_version="1.2", want_changes=True)).json
    assert told["changes"]["more"] is False
    found = fare(web, anna)
    assert (found["app_version"], found["held"], found["under_review"]) == ("1.2", 1, 1)
    at = web.now.isoformat()
    health = {"pushed_at": at, "pulled_at": at, "queued": 3, "skew_ms": 300_000, "clock_flags": ["clock_skew"]}
    assert found["sync"] == health
    assert found["behind"] is not None


def test_pulls_are_noted_at_most_once_a_minute(web: Web) -> None:
    anna, _ = app_of(web, "anna")
    seen = []
    for seconds in (0, 30, 60):
        web.now += timedelta(seconds=seconds)
        anna.get("/sync/v1/changes")
        seen.append(fare(web, anna)["sync"]["pulled_at"])
    first, _, third = seen
    assert seen == [first, first, (web.now).isoformat()]
    assert third != first


def test_a_page_that_is_not_the_last_is_not_noted(web: Web) -> None:
    anna, _ = app_of(web, "anna")
    assert anna.get("/sync/v1/changes", limit=1).json["more"] is True
    assert fare(web, anna)["sync"] is None


@pytest.mark.parametrize(("path", "of_all"), [("/sync/v1/watermelon", True), ("/sync/v1/rxdb/customers/pull", False)])
def test_pulls_of_client_libraries_are_noted_too(web: Web, path: str, of_all: bool) -> None:
    """A pull of one collection does not tell how far behind the others are."""
    anna, _ = app_of(web, "anna")
    assert anna.get(path).status_code == 200
    found = fare(web, anna)
    assert found["sync"]["pulled_at"] == web.now.isoformat()
    assert (found["behind"] is not None) == of_all


def test_a_pull_waits_for_nobody_who_writes(web: Web) -> None:
    anna, _ = app_of(web, "anna")
    assert fare(web, anna)["sync"] is None
    with transaction(web.engine) as session:
        session.execute(text("UPDATE device SET name = 'busy'"))
        session.execute(
            text(
                "INSERT INTO device_health (device_id, clock_flags) SELECT id, '[]' FROM device WHERE user_id = :anna"
            ),
            {"anna": web.people["anna"].hex if web.engine.dialect.name == "sqlite" else web.people["anna"]},
        )
        began = time.monotonic()
        assert anna.get("/sync/v1/changes").status_code == 200
        assert time.monotonic() - began < 3
    assert fare(web, anna)["sync"]["pulled_at"] is None


def test_each_sees_the_devices_of_those_whom_one_may_see(web: Web) -> None:
    anna, _ = app_of(web, "anna")
    app_of(web, "ben")
    assert [each["user_id"] for each in anna.get("/api/v1/devices").json["items"]] == [str(web.people["anna"])]
    assert len(web.sara.get("/api/v1/devices").json["items"]) == 3


def test_many_devices_take_no_more_queries_than_one(web: Web) -> None:
    def queries() -> int:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            seen.append(statement)

        event.listen(web.engine, "before_cursor_execute", note)
        web.sara.get("/api/v1/devices")
        event.remove(web.engine, "before_cursor_execute", note)
        return len(seen)

    app_of(web, "sara")
    few = queries()
    for number in range(8):
        caller, app = app_of(web, "anna", f"phone-{number}")
        app.check_in(web.customers["Bakery"])
        assert caller.post("/sync/v1/mutations", app.body()).status_code == 200
    assert queries() == few
