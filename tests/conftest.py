"""Databases for tests: every storage behaviour runs on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import browsers
import databases
import hypothesis
import pytest
import second_chances
from argon2 import PasswordHasher
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from worlds import brokers

from fieldsales import passwords
from fieldsales.db.engine import make_engine

hypothesis.settings.register_profile("house", deadline=None)
hypothesis.settings.register_profile("ci", deadline=None, derandomize=True)  # a build says the same of the same code
hypothesis.settings.load_profile("ci" if os.environ.get("CI") else "house")


def pytest_addoption(parser: pytest.Parser) -> None:
    """How much of what is drawn by seed is tried: see docs/proof.md."""
    parser.addoption("--seeds", type=int, default=150, help="simulated courses of events on each database")
    parser.addoption("--from-seed", type=int, default=0, help="the first of them")
    parser.addoption(
        "--kill-rounds", type=int, default=1, help="how often servers are killed under load, from a new seed"
    )
    parser.addoption("--race-rows", type=int, default=2000, help="rows that eight writers commit out of order")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give no second chance where a failure is a finding by itself: see docs/decisions/0006-a-second-chance.md."""
    for item in items:
        if second_chances.is_finding(item):
            item.add_marker(pytest.mark.flaky(reruns=0))


def pytest_report_header() -> list[str]:
    """Say which PostgreSQL, brokers and browser the tests talk to; they never skip them."""
    stores = f"databases: SQLite in files, {databases.describe_postgresql()}; brokers: {brokers.describe()}"
    return [stores, browsers.told()]


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Hashes that take no time: the cost of guessing is nothing to test with."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))
        yield


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite file to copy."""
    return databases.migrated_sqlite(tmp_path_factory.mktemp("template") / "template.sqlite3")


@pytest.fixture(scope="session")
def postgresql_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A migrated PostgreSQL database of this worker's own."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    with databases.postgresql_database(f"fieldsales_test_{worker}_{os.getpid()}", tmp_path_factory) as url:
        yield url


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """An empty SQLite database with all tables."""
    path = tmp_path / "fieldsales.sqlite3"
    shutil.copy(sqlite_template, path)
    engine = make_engine(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def postgresql_engine(postgresql_url: str) -> Iterator[Engine]:
    """An empty PostgreSQL database with all tables."""
    engine = make_engine(postgresql_url)
    databases.empty(engine)
    yield engine
    engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """An empty database; the test runs once on each kind."""
    found: Engine = request.getfixturevalue(f"{request.param}_engine")
    return found


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A write session on either database, rolled back at the end."""
    with Session(engine) as session:
        yield session
