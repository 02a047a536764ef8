"""The app as a WSGI server loads it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine
from worlds.web import SECRET

from api.app import create_app
from fieldsales.config import Settings
from fieldsales.errors import BadSetting


def test_a_wsgi_server_finds_the_app_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FIELDSALES_SECRET_KEY", SECRET)
    monkeypatch.setenv("FIELDSALES_DATABASE_URL", f"sqlite:///{tmp_path}/none.sqlite3")
    monkeypatch.delitem(sys.modules, "api.wsgi", raising=False)
    app = importlib.import_module("api.wsgi").app
    assert app.test_client().get("/health/live").status_code == 200
    monkeypatch.delitem(sys.modules, "api.wsgi")


def test_without_a_secret_it_refuses_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FIELDSALES_SECRET_KEY", raising=False)
    monkeypatch.delitem(sys.modules, "api.wsgi", raising=False)
    with pytest.raises(BadSetting, match="FIELDSALES_SECRET_KEY"):
        importlib.import_module("api.wsgi")


def test_tries_are_counted_by_phone_only_behind_as_many_proxies_as_the_operator_says(sqlite_engine: Engine) -> None:
    """Without that, anybody could invent an address for each try."""
    for proxies, last in ((0, 429), (1, 401)):
        settings = Settings(secret_key=SECRET, login_rate="5 per minute", trusted_proxies=proxies, solver_workers=0)
        client = create_app(settings, engine=sqlite_engine).test_client()
        body = {"login": "anna", "password": "wrong horse", "device": {"installation": "a-phone"}}
        answers = [
            client.post("/api/v1/auth/login", json=body, headers={"X-Forwarded-For": f"10.0.0.{number}"})
            for number in range(6)
        ]
        assert answers[-1].status_code == last
