"""The small town behind its API."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from worlds import web as webs
from worlds.served_town import serve
from worlds.tus_bench import Bench
from worlds.tus_phone import log_in
from worlds.watermelon import Melon

from fieldsales.clock import utc_now
from fieldsales.db.engine import make_engine


@pytest.fixture
def web(engine: Engine) -> webs.Web:
    """The small town on either database."""
    return webs.build(engine)


@pytest.fixture
def small_web(sqlite_engine: Engine) -> webs.Web:
    """The small town on SQLite, for what no database can change."""
    return webs.build(sqlite_engine)


@pytest.fixture(scope="module")
def bench(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    """Anna's phone at a served town."""
    folder = tmp_path_factory.mktemp("tus")
    shutil.copy(sqlite_template, folder / "db.sqlite3")
    engine = make_engine(f"sqlite:///{folder}/db.sqlite3")
    with serve(engine, folder, utc_now) as town:
        yield Bench(log_in(town.base, "anna"), town.world.customers["Bakery"].id)
    engine.dispose()


@pytest.fixture
def melon(web: webs.Web) -> Melon:
    """A phone of Anna's with WatermelonDB, loaded."""
    melon = Melon(web.anna)
    melon.pull()
    return melon
