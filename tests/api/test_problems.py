"""Whatever goes wrong leaves as problem+json with a stable code, and changes nothing."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine
from worlds.web import SECRET, Web

from api.app import create_app
from api.database import db, session
from fieldsales.config import Settings
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading
from fieldsales.people.models import User

LOGIN = "/api/v1/auth/login"
GOOD = {"login": "anna", "password": "correct horse", "device": {"installation": "x"}}


def problem(answer: Any, status: int, code: str) -> dict[str, Any]:
    assert (answer.status_code, answer.json["code"], answer.json["status"]) == (status, code, status), answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json["type"] == f"/docs/errors#{code}"
    assert answer.json["title"]
    assert answer.json["detail"]
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]
    found: dict[str, Any] = answer.json
    return found


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"login": NaN}',
        b"[Infinity]",
        b"-Infinity",
        b"[1e999]",
        b"9" * 5000,
        b"[" * 100_000,
        b"[" * 40 + b"]" * 40,
        b'"\xff"',
        b'{"login": "\\u0000"}',
        b'{"login": "\\ud800"}',
        b"{'login': 1}",
        b"\x00",
    ],
)
def test_a_body_that_is_no_json_is_a_400_that_says_where(small_web: Web, body: bytes) -> None:
    answer = small_web.anna.ask("PUT", "/api/v1/me/password", data=body, content_type="application/json")
    problem(answer, 400, "request.bad_json")


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded", "application/jsonx"])
def test_another_content_type_is_a_415(small_web: Web, kind: str | None) -> None:
    answer = small_web.anna.ask("PUT", "/api/v1/me/password", data=b"{}", content_type=kind)
    problem(answer, 415, "request.content_type")


def test_a_body_packed_in_an_unknown_way_is_a_415(small_web: Web) -> None:
    packed = {"Content-Type": "application/json", "Content-Encoding": "br"}
    answer = small_web.anna.ask("PUT", "/api/v1/me/password", data=b"{}", headers=packed)
    assert answer.status_code == 415
    assert {"gzip", "zstd"} <= set(answer.headers["Accept-Encoding"].split(", "))


def test_each_wrong_field_is_named_by_a_pointer(small_web: Web) -> None:
    answer = small_web.app.test_client().post(LOGIN, json={"login": 5, "surprise": 1, "device": {"name": "x" * 121}})
    told = problem(answer, 422, "request.invalid_fields")
    assert {each["pointer"] for each in told["errors"]} == {
        "/login",
        "/password",
        "/surprise",
        "/device/name",
        "/device/installation",
    }
    assert all(each["in"] == "json" and each["message"] for each in told["errors"])


@pytest.mark.parametrize("body", [[], "text", 1, None])
def test_a_body_of_another_shape_is_told_so(small_web: Web, body: object) -> None:
    answer = small_web.anna.ask("PUT", "/api/v1/me/password", data=json.dumps(body), content_type="application/json")
    told = problem(answer, 422, "request.invalid_fields")
    assert told["errors"][0]["pointer"] == ""


def test_a_body_that_is_too_large_is_a_413(sqlite_engine: Engine) -> None:
    app = create_app(Settings(secret_key=SECRET, max_body_mb=1), engine=sqlite_engine)
    answer = app.test_client().post(LOGIN, data=b" " * (1024 * 1024 + 1), content_type="application/json")
    problem(answer, 413, "request.too_large")


def test_an_address_that_leads_nowhere_is_a_404(small_web: Web) -> None:
    for path in ("/nowhere", "/api/v1/customers/5", "/api/v1/reps/me/days/2026-02-30", "/docs/assets/../../setup.cfg"):
        problem(small_web.app.test_client().get(path), 404, "route.not_found")


def test_another_method_is_a_405_that_names_those_that_are_taken(small_web: Web) -> None:
    answer = small_web.app.test_client().put("/api/v1/auth/login")
    problem(answer, 405, "route.method_not_allowed")
    assert answer.headers["Allow"] == "POST"


def test_a_surprise_is_logged_and_tells_nothing(
    small_web: Web, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def burst(*_parts: object, **_options: object) -> None:
        raise RuntimeError("the secret of the house")

    monkeypatch.setattr("api.people.routes.queries.require_person_in_scope", burst)
    told = problem(small_web.anna.get("/api/v1/me"), 500, "internal.unexpected")
    assert "secret" not in str(told)
    assert told["request_id"] in caplog.text
    assert "the secret of the house" in caplog.text


def test_what_fails_half_way_leaves_nothing(web: Web, monkeypatch: pytest.MonkeyPatch) -> None:
    """The verb wrote and flushed; the failure comes after, and the edge rolls back."""

    def burst(*_parts: object, **_options: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("fieldsales.people.service.record", burst)
    path = f"/api/v1/people/{web.people['ben']}"
    assert web.max.patch(path, {"name": "Half"}).status_code == 500
    with reading(web.engine) as snapshot:
        assert snapshot.get_one(User, web.people["ben"]).name == "Ben"


def test_reading_takes_no_write_lock(sqlite_engine: Engine, small_web: Web) -> None:
    """While a writer holds SQLite's one lock, everybody can still read."""
    anna = small_web.anna
    with sqlite_engine.begin():
        assert anna.get("/api/v1/customers").status_code == 200


def test_reading_cannot_write(web: Web) -> None:
    """A GET runs in a read-only snapshot; PostgreSQL itself holds it to that."""
    with web.app.test_request_context("/", method="GET"):
        assert session().get_bind().get_execution_options()["fieldsales_read_only"] is True
    with web.app.test_request_context("/", method="POST"):
        assert session().get_bind() is db.engine


@pytest.mark.parametrize("kind", ["empty", "not a database", "no folder", "no server"])
def test_an_unusable_database_is_a_503_that_says_what_to_do(tmp_path: Path, kind: str) -> None:
    (tmp_path / "text.sqlite3").write_text("This is not a database. " * 100)
    url = {
        "empty": f"sqlite:///{tmp_path}/empty.sqlite3",
        "not a database": f"sqlite:///{tmp_path}/text.sqlite3",
        "no folder": f"sqlite:///{tmp_path}/no/such/folder.sqlite3",
        "no server": "postgresql://nobody@127.0.0.1:1/none",
    }[kind]
    engine = make_engine(url)
    client = create_app(Settings(secret_key=SECRET), engine=engine).test_client()
    assert client.get("/health/live").status_code == 200
    for answer in (client.post(LOGIN, json=GOOD), client.get("/health/ready")):
        told = problem(answer, 503, "database.unavailable")
        assert told["mend"]
        assert answer.headers["Retry-After"] == "5"
    engine.dispose()


def test_a_locked_database_is_a_503(small_web: Web, sqlite_engine: Engine) -> None:
    path = sqlite_engine.url.database
    assert path is not None
    anna = small_web.anna
    with sqlite_engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=0")
    blocker = sqlite3.connect(path, isolation_level=None)
    blocker.execute("BEGIN EXCLUSIVE")
    try:
        answer = anna.post("/api/v1/auth/logout")
    finally:
        blocker.close()
    told = problem(answer, 503, "database.unavailable")
    assert "locked" in told["detail"]
