"""What holds for every route: guarded, documented, and refusing in one voice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import openapi_spec_validator
import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.routing import Rule
from worlds.web import Web

from api.catalogue import all_errors, as_markdown
from api.guard import PUBLIC, guard_of
from api.openapi import Resource
from fieldsales.people.models import Role

ROOT = Path(__file__).parents[2]
OPEN_TO_THE_WORLD = {
    "GET /",
    "GET /docs",
    "GET /docs/assets/<path:name>",
    "GET /docs/errors",
    "GET /docs/measures",
    "GET /openapi.json",
    "GET /health/jobs",
    "GET /health/live",
    "GET /health/ready",
    "GET /metrics",
    "GET /calendar/<string:secret>.ics",
    "GET /api/v1/report-subscriptions/unsubscribe/<string:secret>",
    "POST /api/v1/report-subscriptions/unsubscribe/<string:secret>",
    "POST /api/v1/auth/login",
    "POST /api/v1/auth/refresh",
    "POST /api/v1/auth/browser/login",
    "POST /api/v1/auth/browser/refresh",
    "GET /console",
    "GET /console/",
    "GET /console/<path:name>",
    "OPTIONS /sync/v1/files",
    "POST /sync/v1/hand-in",
    "POST /api/v1/trackers/owntracks",
    "POST /api/v1/trackers/osmand",
    "GET /api/v1/trackers/osmand",
}
SHARED = {"parameters"}
TUS = {"Tus-Resumable": "1.0.0"}


def routes(app: Flask) -> Iterator[tuple[str, Rule]]:
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) - ({"HEAD"} if "GET" in (rule.methods or set()) else set())):
            yield method, rule


def address(rule: Rule) -> str:
    """An address that the rule matches, of something that does not exist."""
    some_id, day = "00000000-0000-4000-8000-000000000000", "2026-03-02"
    known = {"day": day, "rep": some_id, "uuid": some_id, "path": "x", "string": "tiers"}
    return re.sub(r"<(\w+):\w+>", lambda part: known[part[1]], rule.rule)


def as_told(rule: Rule | str) -> str:
    """The address as OpenAPI writes it."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", str(rule))


def test_every_route_says_who_may_use_it(small_web: Web) -> None:
    unguarded = [
        f"{method} {rule}"
        for method, rule in routes(small_web.app)
        if guard_of(small_web.app.view_functions[rule.endpoint]) is None
    ]
    assert unguarded == []


def test_only_the_known_few_are_open_to_the_world(small_web: Web) -> None:
    views = small_web.app.view_functions
    found = {f"{method} {rule}" for method, rule in routes(small_web.app) if guard_of(views[rule.endpoint]) == PUBLIC}
    assert found == OPEN_TO_THE_WORLD


def test_nobody_comes_in_without_a_token(small_web: Web) -> None:
    client = small_web.app.test_client()
    for method, rule in routes(small_web.app):
        if f"{method} {rule}" not in OPEN_TO_THE_WORLD:
            answer = client.open(address(rule), method=method)
            assert answer.status_code == 401, f"{method} {rule}"
            assert answer.mimetype == "application/problem+json"


def test_nobody_comes_in_with_another_role(small_web: Web) -> None:
    people = {Role.REP: "anna", Role.SUPERVISOR: "sara", Role.MANAGER: "max"}
    for method, rule in routes(small_web.app):
        roles = guard_of(small_web.app.view_functions[rule.endpoint]) or frozenset()
        for role, login in people.items() if roles else ():
            answer = small_web.log_in(login).ask(method, address(rule), headers=TUS)
            assert (answer.status_code == 403) == (role not in roles), f"{role} {method} {rule}: {answer.text}"


def test_a_route_that_nobody_thought_of_is_closed(small_web: Web) -> None:
    """Not a way around the test above: a forgotten mark shuts the door."""
    small_web.app.view_functions["health.live"] = lambda: "open"
    assert small_web.app.test_client().get("/health/live").status_code == 401
    assert small_web.root.get("/health/live").json["code"] == "access.role"


def test_a_route_cannot_be_declared_without_saying_for_whom() -> None:
    with pytest.raises(TypeError, match="roles"):
        Resource("x", __name__).on("GET", "/x")  # type: ignore[call-arg]


def test_the_openapi_document_is_valid_and_tells_of_every_route(small_web: Web) -> None:
    document = small_web.app.test_client().get("/openapi.json").json
    openapi_spec_validator.validate(document)
    told = {f"{method.upper()} {path}" for path, item in document["paths"].items() for method in item.keys() - SHARED}
    ours = {
        f"{method} {as_told(rule)}"
        for method, rule in routes(small_web.app)
        if rule.rule.startswith(("/api/", "/sync/", "/calendar/"))
    }
    assert told == ours


def test_the_openapi_document_says_who_may_what_it_takes_and_how_it_refuses(small_web: Web) -> None:
    document = small_web.app.test_client().get("/openapi.json").json
    assert document["openapi"].startswith("3.")
    assert document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in SHARED:
                continue
            where = f"{method} {path}"
            assert operation["summary"], where
            assert operation["tags"], where
            refusal = operation["responses"]["default"]["$ref"].rsplit("/", 1)[1]
            assert "application/problem+json" in document["components"]["responses"][refusal]["content"]
            if f"{method.upper()} {path}" not in {as_told(each) for each in OPEN_TO_THE_WORLD}:
                assert operation["security"] == [{"bearer": []}], where
                assert {"401", "403"} <= set(operation["responses"]), where


def test_every_error_is_documented_as_it_is() -> None:
    """Run `python -m api.catalogue > docs/errors.md` when this fails."""
    assert (ROOT / "docs" / "errors.md").read_text() == as_markdown(all_errors())


def test_every_error_says_what_it_means() -> None:
    for entry in all_errors():
        assert len(entry.meaning) > 15, entry.code
        assert len(entry.advice) > 10, entry.code
        assert re.fullmatch(r"[a-z_]+(\.[a-z_]+)+", entry.code)
        assert 400 <= entry.status < 600


def test_the_page_of_errors_has_a_place_for_each_type_that_is_answered(small_web: Web) -> None:
    client = small_web.app.test_client()
    kind = client.get("/nowhere").json["type"]
    page = client.get(kind.partition("#")[0])
    assert page.status_code == 200
    assert f'id="{kind.partition("#")[2]}"' in page.text


def test_the_documentation_page_needs_nothing_from_elsewhere(small_web: Web) -> None:
    client = small_web.app.test_client()
    page = client.get("/docs")
    assert "http" not in re.sub(r"<!--.*?-->", "", page.text)
    linked = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert len(linked) >= 4
    for each in linked:
        with client.get(each) as answer:
            assert answer.status_code == 200, each
    assert "script-src 'self';" in page.headers["Content-Security-Policy"]
    assert "unsafe-eval" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/health/live", "/nowhere", "/api/v1/me", "/openapi.json"])
def test_every_answer_carries_an_id_and_careful_headers(small_web: Web, path: str) -> None:
    client = small_web.app.test_client()
    answer = client.get(path, headers={"X-Request-ID": "proxy-gave-this-1"})
    assert answer.headers["X-Request-ID"] == "proxy-gave-this-1"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    made_up = client.get(path, headers={"X-Request-ID": "<script>"}).headers["X-Request-ID"]
    assert re.fullmatch("[0-9a-f]{32}", made_up)


def test_readiness_tells_of_a_missing_database_or_migration(small_web: Web) -> None:
    client = small_web.app.test_client()
    assert client.get("/health/ready").json == {"status": "ready", "database": "reachable", "migrations": "current"}
    with small_web.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'older'"))
    late = client.get("/health/ready")
    assert (late.status_code, late.json["code"]) == (503, "database.unavailable")
    assert "fieldsales db upgrade" in late.json["mend"]
