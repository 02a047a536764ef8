"""Logging in over HTTP, and what ends a session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine
from worlds.web import Caller, Web

from api.app import create_app
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.errors import BadSetting
from fieldsales.people.service import set_password

PASSWORD = "correct horse battery"


@pytest.fixture
def client(web: Web) -> FlaskClient:
    """A browser; Anna has a password."""
    with transaction(web.engine) as session:
        set_password(session, web.people["anna"], PASSWORD, now=web.now)
    return web.app.test_client()


def log_in(client: FlaskClient, password: str = PASSWORD, login: str = "anna") -> Any:
    body = {"login": login, "password": password, "device": {"installation": "phone-1", "app_version": "1.0"}}
    return client.post("/api/v1/auth/login", json=body)


def me(client: FlaskClient, token: str) -> Any:
    return client.get("/api/v1/me", headers={"Authorization": f"Bearer {token}"})


def refresh(client: FlaskClient, token: str) -> Any:
    return client.post("/api/v1/auth/refresh", json={"refresh_token": token})


def test_login_gives_a_short_token_that_opens_the_door(client: FlaskClient) -> None:
    answer = log_in(client)
    assert (answer.status_code, answer.json["expires_in"], answer.json["token_type"]) == (200, 900, "Bearer")
    assert me(client, answer.json["access_token"]).json["login"] == "anna"
    assert "password" not in me(client, answer.json["access_token"]).text


@pytest.mark.parametrize(("login", "password"), [("anna", "wrong horse"), ("nobody", PASSWORD), ("ben", PASSWORD)])
def test_a_wrong_login_tells_nothing(client: FlaskClient, login: str, password: str) -> None:
    answer = log_in(client, password, login)
    assert (answer.status_code, answer.json["code"]) == (401, "auth.wrong_credentials")
    assert answer.json["detail"] == "Login or password is wrong."


def test_the_sixth_try_within_a_minute_has_to_wait(client: FlaskClient) -> None:
    answers = [log_in(client, "wrong horse") for _ in range(6)]
    assert [answer.status_code for answer in answers] == [401] * 5 + [429]
    assert (answers[-1].mimetype, answers[-1].json["code"]) == ("application/problem+json", "auth.too_many_attempts")
    assert 0 < int(answers[-1].headers["Retry-After"]) <= 61
    assert log_in(client).status_code == 429, "even the right password waits"
    assert log_in(client, "wrong horse", "ben").status_code == 401, "another login does not"


def test_the_own_password_cannot_be_guessed_through_changing_it(web: Web) -> None:
    guess = {"current_password": "nonsense", "password": "a better horse"}
    answers = [web.anna.put("/api/v1/me/password", guess).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]


def test_a_refresh_token_is_good_once_and_reuse_ends_the_session_for_good(client: FlaskClient) -> None:
    first = log_in(client).json
    second = refresh(client, first["refresh_token"])
    assert second.status_code == 200
    reused = refresh(client, first["refresh_token"])
    assert (reused.status_code, reused.json["code"]) == (401, "auth.token_reused")
    assert me(client, second.json["access_token"]).json["code"] == "auth.session_ended"
    assert refresh(client, second.json["refresh_token"]).json["code"] == "auth.session_ended"


def test_logging_out_ends_the_session(client: FlaskClient) -> None:
    tokens = log_in(client).json
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    out = client.post("/api/v1/auth/logout", headers=headers)
    assert (out.status_code, out.data) == (204, b"")
    assert me(client, tokens["access_token"]).status_code == 401
    assert refresh(client, tokens["refresh_token"]).status_code == 401


def test_tokens_do_each_only_their_own_work(client: FlaskClient) -> None:
    tokens = log_in(client).json
    assert me(client, tokens["refresh_token"]).json["code"] == "auth.token_invalid"
    assert refresh(client, tokens["access_token"]).json["code"] == "auth.token_invalid"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x", "Bearer a.b.c", "Basic YTpi", "Bearer a b", "x" * 5000])
def test_a_broken_token_is_a_401_that_says_how_to_log_in(small_web: Web, header: str) -> None:
    answer = small_web.app.test_client().get("/api/v1/me", headers={"Authorization": header})
    assert (answer.status_code, answer.mimetype) == (401, "application/problem+json")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_an_expired_token_says_so(small_web: Web) -> None:
    small_web.app.config["JWT_ACCESS_TOKEN_EXPIRES"] = timedelta(seconds=-1)
    assert small_web.ben.get("/api/v1/me").json["code"] == "auth.token_expired"


def test_another_servers_token_is_refused(small_web: Web, sqlite_engine: Engine) -> None:
    other = create_app(
        Settings(secret_key="another secret that is quite as long as it has to be"), engine=sqlite_engine
    )
    assert Caller(other, small_web.anna.tokens).get("/api/v1/me").json["code"] == "auth.token_invalid"


@pytest.mark.parametrize("secret", ["", "x" * 31])
def test_nothing_is_served_with_a_short_secret(sqlite_engine: Engine, secret: str) -> None:
    with pytest.raises(BadSetting, match="at least 32"):
        create_app(Settings(secret_key=secret), engine=sqlite_engine)


def test_a_revoked_device_is_out_at_once(web: Web) -> None:
    anna = web.anna
    device = anna.tokens.device_id
    assert web.ben.post(f"/api/v1/devices/{device}/revoke").status_code == 404
    answer = web.sara.post(f"/api/v1/devices/{device}/revoke")
    assert (answer.status_code, answer.json["revoked_at"]) == (200, "2026-03-02T12:00:00+00:00")
    assert anna.get("/api/v1/me").json["code"] == "auth.device_revoked"


def test_changing_my_password_takes_the_old_one_and_ends_my_sessions(client: FlaskClient, web: Web) -> None:
    anna = web.anna
    wrong = anna.put("/api/v1/me/password", {"current_password": "nonsense", "password": "a better horse"})
    assert (wrong.status_code, wrong.json["code"]) == (401, "auth.wrong_credentials")
    assert (
        anna.put("/api/v1/me/password", {"current_password": PASSWORD, "password": "a better horse"}).status_code == 204
    )
    assert anna.get("/api/v1/me").status_code == 401
    assert log_in(client, "a better horse").status_code == 200
