"""A real server on a real socket, over either database, in a town whose clock the test sets."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from phone import TIMEOUT_S, Phone
from sqlalchemy import Engine, update
from werkzeug.serving import make_server
from worlds import small_town

from api.app import create_app
from fieldsales.catalog.models import TierDiscount
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.people.service import set_password
from fieldsales.tiers.models import TierPolicy

PASSWORD = "correct horse battery"


@dataclass
class TownClock:
    """What time it is in town."""

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
class Town:
    """A served small town."""

    base: str
    engine: Engine
    clock: TownClock
    world: small_town.SmallTown

    def phone(self, login: str, **options: Any) -> Phone:
        """A phone on which somebody has logged in and loaded the scope."""
        phone = Phone(self.base, login, PASSWORD, self.clock, **options)
        phone.log_in()
        phone.receive()
        return phone

    def desk(self, login: str) -> Person:
        """Somebody logged in at a desk."""
        return Person(self.base, Phone(self.base, login, PASSWORD, self.clock).log_in()["access_token"])


@pytest.fixture
def town(engine: Engine, tmp_path: Path) -> Iterator[Town]:
    """The small town, as of Monday noon: everybody can log in, and every shop is visited every day."""
    with transaction(engine) as session:
        world = small_town.build(session)
        session.execute(update(TierPolicy).values(rrule="FREQ=DAILY", minimum_gap_days=1))
        session.add(TierDiscount(tier="D", discount_bp=500))
        for person in (world.anna, world.ben, world.sara, world.max):
            set_password(session, person.id, PASSWORD, now=small_town.NOON)
        session.flush()
        session.expunge_all()
    clock = TownClock(datetime(2026, 3, 2, 12, 0, tzinfo=UTC))
    settings = Settings(
        data_dir=tmp_path / "data",
        secret_key="a secret that only the tests of the journeys know",
        login_rate="1000 per minute",
        solve_seconds=0.2,
        solver_workers=0,
    )
    app = create_app(settings, engine=engine, clock=clock)
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Town(f"http://127.0.0.1:{server.server_port}", engine, clock, world)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def every_second_answer_is_lost() -> Callable[[], bool]:
    """A network on which requests arrive and every second answer does not."""
    count = iter(range(10**6))
    return lambda: next(count) % 2 == 1
