"""The app as a WSGI server loads it."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest
from worlds.web import SECRET

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
