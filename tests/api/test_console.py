"""The console's page, and the session of a browser: nothing for a script to steal, nothing for a forger to ride on."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from worlds import web as webs
from worlds.web import Web

from api.console import routes
from fieldsales.db.session import transaction
from fieldsales.people.service import set_password

PASSWORD = "correct horse battery"
LOGIN = {"login": "sara", "password": PASSWORD, "device": {"installation": "laptop"}}
AUTH = "/api/v1/auth/browser"


@pytest.fixture
def client(web: Web) -> FlaskClient:
    """A browser, which keeps cookies; Sara has a password."""
    with transaction(web.engine) as session:
        set_password(session, web.people["sara"], PASSWORD, now=web.now)
    return web.app.test_client()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page and a script, as a build leaves them."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html><title>console</title>")
    (tmp_path / "assets" / "index-1.js").write_text("export {}")
    monkeypatch.setattr(routes, "SITE", tmp_path)
    return tmp_path


def bearer(answer: Any) -> dict[str, str]:
    return {"Authorization": f"Bearer {answer.json['access_token']}"}


def test_the_refresh_token_is_told_to_no_script_and_sent_to_no_other_route(client: FlaskClient) -> None:
    answer = client.post(f"{AUTH}/login", json=LOGIN)
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json
    cookie = answer.headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Strict", f"Path={AUTH}"} <= set(cookie.split("; "))
    assert client.get("/api/v1/me", headers=bearer(answer)).json["login"] == "sara"
    assert client.get("/api/v1/me").status_code == 401, "the cookie alone opens nothing"


def test_over_https_the_cookie_is_sent_over_nothing_else(client: FlaskClient) -> None:
    answer = client.post(f"{AUTH}/login", json=LOGIN, base_url="https://field.example")
    assert "Secure" in answer.headers["Set-Cookie"].split("; ")


def test_a_page_that_is_loaded_anew_goes_on_with_the_cookie(client: FlaskClient) -> None:
    client.post(f"{AUTH}/login", json=LOGIN)
    again = client.post(f"{AUTH}/refresh")
    assert again.status_code == 200
    assert client.get("/api/v1/me", headers=bearer(again)).status_code == 200
    assert client.post(f"{AUTH}/refresh").status_code == 200, "and the cookie was replaced"


def test_a_browser_that_is_not_logged_in_is_told_so(client: FlaskClient) -> None:
    answer = client.post(f"{AUTH}/refresh")
    assert (answer.status_code, answer.json["code"]) == (401, "auth.token_missing")


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
@pytest.mark.parametrize(("path", "body"), [("login", LOGIN), ("refresh", None)])
def test_a_page_of_another_site_is_refused(client: FlaskClient, site: str, path: str, body: Any) -> None:
    client.post(f"{AUTH}/login", json=LOGIN)
    answer = client.post(f"{AUTH}/{path}", json=body, headers={"Sec-Fetch-Site": site})
    assert (answer.status_code, answer.json["code"]) == (403, "access.cross_site")


def test_logging_out_ends_the_session_and_forgets_the_cookie(client: FlaskClient) -> None:
    answer = client.post(f"{AUTH}/login", json=LOGIN)
    assert client.post(f"{AUTH}/logout", headers=bearer(answer)).status_code == 204
    assert client.get_cookie("fieldsales_refresh", path=AUTH) is None
    assert client.get("/api/v1/me", headers=bearer(answer)).status_code == 401


def test_guesses_count_together_at_both_doors(client: FlaskClient) -> None:
    wrong = LOGIN | {"password": "wrong horse"}
    doors = ["/api/v1/auth/login", f"{AUTH}/login"] * 3
    assert [client.post(door, json=wrong).status_code for door in doors] == [401] * 5 + [429]


def test_the_page_may_run_our_own_script_only(small_web: Web, site: Path) -> None:
    answer = small_web.app.test_client().get("/console/", buffered=True)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    policy = answer.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy


def test_pictures_may_come_from_the_server_of_the_maps_tiles(sqlite_engine: Engine, site: Path) -> None:
    web = webs.build(sqlite_engine, map_tiles="https://{s}.tiles.example/{z}/{x}/{y}.png", map_attribution="© Them")
    policy = web.app.test_client().get("/console/", buffered=True).headers["Content-Security-Policy"]
    assert "img-src 'self' blob: data: https://*.tiles.example;" in policy
    assert web.anna.get("/api/v1/map").json == {
        "tiles": "https://{s}.tiles.example/{z}/{x}/{y}.png",
        "attribution": "© Them",
        "streets": None,
    }


def test_files_named_after_what_they_hold_are_kept_for_good_and_others_asked_for_anew(
    small_web: Web, site: Path
) -> None:
    client = small_web.app.test_client()
    assert "immutable" in client.get("/console/assets/index-1.js", buffered=True).headers["Cache-Control"]
    assert client.get("/console/", buffered=True).headers["Cache-Control"] == "no-cache"
    assert client.get("/console").headers["Location"] == "/console/"
    assert client.get("/console/../routes.py").status_code == 404


def test_a_console_that_was_not_built_says_how_to(
    small_web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "SITE", tmp_path)
    answer = small_web.app.test_client().get("/console/", buffered=True)
    assert (answer.status_code, answer.json["code"]) == (503, "console.not_built")
    assert "make console" in answer.json["mend"]


def test_streets_in_the_data_folder_are_drawn(sqlite_engine: Engine, tmp_path: Path) -> None:
    web = webs.build(sqlite_engine, data_dir=tmp_path)
    assert web.anna.get("/api/v1/map/streets.geojson").json["code"] == "map.no_streets"
    (tmp_path / "streets.geojson").write_text('{"type": "FeatureCollection", "features": []}')
    where = web.anna.get("/api/v1/map").json["streets"]
    answer = web.anna.ask("GET", where, buffered=True)
    assert (answer.mimetype, answer.json["features"]) == ("application/geo+json", [])
