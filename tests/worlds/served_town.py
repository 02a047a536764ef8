"""The small town behind a real server on a real socket, over either database."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from sqlalchemy import Engine
from werkzeug.serving import make_server
from worlds import small_town

from api.app import create_app
from api.sync.stream import end_streams
from fieldsales.catalog.models import TierDiscount
from fieldsales.clock import Clock
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.people.service import set_password

PASSWORD = "correct horse battery"
TIMEOUT_S = 30


@dataclass
class TownClock:
    """What time it is in town, for tests that set it."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def pass_minutes(self, minutes: float) -> None:
        """Let time go by."""
        self.now += timedelta(minutes=minutes)


@dataclass
class Person:
    """Somebody at a desk, with a browser."""

    base: str
    token: str

    def __call__(self, method: str, path: str, *, status: int = 200, **options: Any) -> Any:
        """Ask the API and expect a status; return the JSON."""
        headers = {"Authorization": f"Bearer {self.token}"}
        answer = requests.request(method, self.base + path, headers=headers, timeout=TIMEOUT_S, **options)
        assert answer.status_code == status, answer.text
        return answer.json() if answer.content else None


@dataclass
class ServedTown:
    """Where the town's server listens, and what it stands on."""

    base: str
    engine: Engine
    clock: Clock
    world: small_town.SmallTown

    def desk(self, login: str) -> Person:
        """Somebody logged in at a desk."""
        body = {"login": login, "password": PASSWORD, "device": {"installation": f"desk of {login}"}}
        answer = requests.post(self.base + "/api/v1/auth/login", json=body, timeout=TIMEOUT_S)
        assert answer.status_code == 200, answer.text
        return Person(self.base, answer.json()["access_token"])


@contextmanager
def serve(engine: Engine, folder: Path, clock: Clock) -> Iterator[ServedTown]:
    """Serve the small town as of Monday noon: everybody can log in, and every shop is visited every day."""
    world = settle(engine)
    settings = Settings(
        data_dir=folder / "data",
        secret_key="a secret that only the tests of the served town know",
        login_rate="1000 per minute",
        solve_seconds=0.2,
        solver_workers=0,
    )
    app = create_app(settings, engine=engine, clock=clock)
    with listening(app) as base:
        try:
            yield ServedTown(base, engine, clock, world)
        finally:
            end_streams(app)


@contextmanager
def listening(app: Callable[..., Any]) -> Iterator[str]:
    """Serve a WSGI application on a free port; give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    server.daemon_threads = False  # closing waits for answers under way
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def settle(engine: Engine) -> small_town.SmallTown:
    """Put the town into an empty database and commit it."""
    with transaction(engine) as session:
        world = small_town.build(session)
        small_town.set_tiers(session, date(2000, 1, 2), rrule="FREQ=DAILY", minimum_gap_days=1)
        session.add(TierDiscount(tier="D", discount_bp=500))
        for person in (world.anna, world.ben, world.sara, world.max):
            set_password(session, person.id, PASSWORD, now=small_town.NOON)
        session.flush()
        session.expunge_all()
    return world
