"""Real servers, killed amid their work again and again: what was acknowledged is there, once."""

from __future__ import annotations

import random
import threading
import time
import uuid
from pathlib import Path
from typing import Any

import pytest
import requests
from kills.courier import Courier
from sqlalchemy import Engine, func, select
from worlds import small_town
from worlds.killable_server import KillableServer
from worlds.phone import TestPhone

from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.people.service import set_password
from fieldsales.visits.models import Photo, Visit
from sync.batch import Phone
from sync.models import Mutation

PASSWORD = "correct horse battery"
KILLS = 4
COURIERS = 4
PATIENCE_S = 30


@pytest.fixture
def server(engine: Engine, tmp_path: Path):
    """Waitress with threads before SQLite, gunicorn with two processes before PostgreSQL."""
    workers = 0 if engine.dialect.name == "sqlite" else 2
    url = engine.url.render_as_string(hide_password=False)
    found = KillableServer(url, tmp_path, workers=workers)
    yield found
    found.kill()


def couriers(server: KillableServer, engine: Engine, chance: random.Random) -> list[Courier]:
    """Two phones for each of two reps, logged in."""
    with transaction(engine) as session:
        town = small_town.build(session)
        for person in (town.anna, town.ben):
            set_password(session, person.id, PASSWORD, now=small_town.NOON)
        customers = [each.id for each in town.customers.values()]
        product_id = town.products["soap"].id
    server.start()
    return [
        _log_in(server.base, ("anna", "ben")[number % 2], f"phone {number}", customers, product_id, _dice(chance))
        for number in range(COURIERS)
    ]


def _log_in(base: str, login: str, installation: str, *rest: Any) -> Courier:
    body = {"login": login, "password": PASSWORD, "device": {"installation": installation}}
    granted = requests.post(base + "/api/v1/auth/login", json=body, timeout=30).json()
    phone = TestPhone(Phone(uuid.uuid4(), uuid.uuid4()), installation, small_town.NOON, boot_id=installation)
    return Courier(base, phone, granted["access_token"], *rest)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """As many rounds as were asked for, each of its own seed."""
    if "round_number" in metafunc.fixturenames:
        metafunc.parametrize("round_number", range(metafunc.config.getoption("kill_rounds")))


def _wait_for_answers(loaded: list[Courier], count: int) -> None:
    """Let as many requests be answered: the next is underway when the server dies."""
    deadline, wanted = time.monotonic() + PATIENCE_S, count + sum(each.answers for each in loaded)
    while sum(each.answers for each in loaded) < wanted and time.monotonic() < deadline:
        time.sleep(0.005)


def _dice(chance: random.Random) -> random.Random:
    return random.Random(chance.random())


@pytest.mark.slow
def test_what_was_acknowledged_survives_kill_9(server: KillableServer, engine: Engine, round_number: int) -> None:
    chance, closing = random.Random(round_number), threading.Event()
    loaded = couriers(server, engine, chance)
    threads = [threading.Thread(target=each.run, args=(closing,), daemon=True) for each in loaded]
    for thread in threads:
        thread.start()
    for _ in range(KILLS):
        _wait_for_answers(loaded, chance.randint(10, 60))
        server.kill()
        server.start()
    closing.set()
    for thread in threads:
        thread.join(60)
    assert [complaint for each in loaded for complaint in each.complaints] == []
    assert not any(thread.is_alive() for thread in threads)
    for each in loaded:
        each.ask_again()
        for place in each.uploads:
            each.stands_at(place)
    assert [complaint for each in loaded for complaint in each.complaints] == []
    account(engine, loaded)


def account(engine: Engine, loaded: list[Courier]) -> None:
    """Compare what the phones did and were told with what is there."""
    made = {each["id"]: each for courier in loaded for each in courier.made}
    told = {name: each for courier in loaded for name, each in courier.told.items()}
    assert made.keys() == told.keys()
    assert {each["status"] for each in told.values()} == {"applied"}
    with reading(engine) as session:
        stored = {str(each.id): each.payload for each in session.scalars(select(Mutation))}
        assert stored == made
        visits = list(session.scalars(select(Visit)))
        calls = sum(each["type"] == "visit.check_in" for each in made.values())
        assert len(visits) == calls
        assert {tuple(sorted(each.kind.value for each in visit.events)) for visit in visits} == {
            ("check_in", "check_out")
        }
        orders = [each["data"] for each in made.values() if each["type"] == "order.submit"]
        assert session.scalar(select(func.count()).select_from(Order)) == len(orders)
        assert session.scalar(select(func.sum(Order.amount_minor))) == sum(each["total_minor"] for each in orders)
        safe = {str(each.id) for each in session.scalars(select(Photo).where(Photo.stored_at.is_not(None)))}
        assert {photo for courier in loaded for photo in courier.photos} <= safe
    answers, failures = sum(each.answers for each in loaded), sum(each.failures for each in loaded)
    photos = sum(len(each.photos) for each in loaded)
    print(f"{len(made)} mutations, {photos} photos, {answers} answers, {failures} requests without one")
    assert failures >= KILLS
