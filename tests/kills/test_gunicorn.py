"""The server as operators run it for many: gunicorn, by the configuration that comes with us."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from sqlalchemy import Engine
from worlds import small_town
from worlds.killable_server import KillableServer

from fieldsales.db.session import transaction
from fieldsales.people.service import set_password

PASSWORD = "correct horse battery"
GRACE_S = 30
"""After so long gunicorn ends by force whoever does not end by himself."""


@pytest.fixture
def served(engine: Engine, tmp_path: Path):
    """Anna's town behind two workers."""
    with transaction(engine) as session:
        anna = small_town.build(session).anna
        set_password(session, anna.id, PASSWORD, now=small_town.NOON)
    server = KillableServer(engine.url.render_as_string(hide_password=False), tmp_path, workers=2)
    server.start()
    yield server
    server.kill()


def test_a_phone_that_listens_does_not_keep_a_worker_from_ending(served: KillableServer) -> None:
    body = {"login": "anna", "password": PASSWORD, "device": {"installation": "a phone"}}
    token = requests.post(f"{served.base}/api/v1/auth/login", json=body, timeout=GRACE_S).json()["access_token"]
    headers = {"Authorization": f"Bearer {token}"}
    with requests.get(f"{served.base}/sync/v1/stream", headers=headers, stream=True, timeout=GRACE_S) as news:
        assert "data: RESYNC" in [line for line, _ in zip(news.iter_lines(decode_unicode=True), range(3), strict=False)]
        assert served.stop() < GRACE_S / 2
