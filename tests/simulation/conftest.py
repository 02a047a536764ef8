"""Databases to simulate on."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import databases
import pytest
from simulation.hasty import hasty_engine
from simulation.moments import Moments
from simulation.run import simulate
from simulation.world import World
from sqlalchemy import Engine


@dataclass
class Simulate:
    """Runs seeds on an engine, each on an empty database. The engine keeps the statements that it has compiled."""

    engine: Engine
    empty: Callable[[], None]

    def __post_init__(self) -> None:
        self.moments = Moments(self.engine)

    def __call__(self, seed: int) -> World:
        """Run a seed; raise `Failed` if a promise does not hold."""
        self.empty()
        return simulate(self.engine, self.moments, seed)


@pytest.fixture
def on_sqlite(sqlite_template: Path, tmp_path: Path) -> Iterator[Simulate]:
    """Seeds on SQLite files."""
    path = tmp_path / "simulated.sqlite3"
    engine = hasty_engine(f"sqlite:///{path}")

    def empty() -> None:
        engine.dispose()
        for each in tmp_path.glob("simulated.sqlite3*"):
            each.unlink()
        shutil.copy(sqlite_template, path)

    yield Simulate(engine, empty)
    engine.dispose()


@pytest.fixture
def on_postgresql(postgresql_url: str) -> Iterator[Simulate]:
    """Seeds on a PostgreSQL database."""
    engine = hasty_engine(postgresql_url)
    yield Simulate(engine, lambda: databases.empty(engine))
    engine.dispose()


@pytest.fixture
def runners(request: pytest.FixtureRequest) -> Callable[[str], Simulate]:
    """Return what runs seeds on "sqlite" or "postgresql"."""
    return lambda name: request.getfixturevalue(f"on_{name}")


@pytest.fixture(params=["sqlite", "postgresql"])
def run_seed(request: pytest.FixtureRequest, runners: Callable[[str], Simulate]) -> Simulate:
    """Run seeds on either database."""
    return runners(request.param)
