"""The app as a WSGI server loads it."""

from __future__ import annotations

import importlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine
from worlds.web import SECRET

from api.app import create_app
from api.serving import CannotListen, listen
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


def test_a_fresh_server_process_knows_every_table() -> None:
    """A WSGI server imports nothing else: a table that only a command imports would lose every order."""
    program = "import api.app; from fieldsales.db.base import Base; print(Base.metadata.sorted_tables)"
    told = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert told.returncode == 0, told.stderr
    assert "import_run" in told.stdout


def test_a_port_that_is_taken_is_told_before_any_work_is_done() -> None:
    with listen("127.0.0.1", 0) as first, pytest.raises(CannotListen, match="Name another port with --port"):
        listen("127.0.0.1", first.getsockname()[1])


@pytest.mark.parametrize(("name", "value"), [("login_rate", "lots"), ("limiter_storage", "ftp://somewhere")])
def test_a_setting_that_cannot_be_served_with_is_refused_by_name(name: str, value: str, sqlite_engine: Engine) -> None:
    settings = replace(Settings(secret_key=SECRET, solver_workers=0), **{name: value})
    with pytest.raises(BadSetting, match=f"FIELDSALES_{name.upper()} is “{value}”"):
        create_app(settings, engine=sqlite_engine)
