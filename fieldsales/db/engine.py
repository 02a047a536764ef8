"""Engines for SQLite and PostgreSQL that keep the same promises.

On SQLite a write transaction begins with BEGIN IMMEDIATE and takes the next number of the feed clock, so that the
order of commits is the order of numbers; a read-only one begins deferred and never waits for a writer. Savepoints
work because pysqlite's own transaction handling is switched off.
"""

from __future__ import annotations

from functools import partial
from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from fieldsales.errors import BadSetting, Unavailable

READ_ONLY = {"fieldsales_read_only": True}
_REPEATABLE_READ = 3
"""As `psycopg.IsolationLevel` has it, which only those load who use PostgreSQL."""


class DatabaseMissing(Unavailable):
    """The database does not answer, is locked for too long, or has no tables yet."""

    code = "database.unavailable"
    title = "The database is not available"


def make_engine(url: str, busy_seconds: float = 30.0) -> Engine:
    """Return an engine for a SQLAlchemy address; raise `BadSetting` if it cannot be understood.

    `busy_seconds` is how long a writer waits for another; on PostgreSQL an address that sets `lock_timeout` decides.
    """
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
            engine = create_engine(parsed, pool_pre_ping=True, pool_size=10, max_overflow=30)
        elif parsed.get_backend_name() == "sqlite":
            engine = create_engine(parsed, connect_args={"timeout": busy_seconds})
        else:
            raise ArgumentError("only sqlite and postgresql are supported")
    except (ArgumentError, NoSuchModuleError) as wrong:
        raise BadSetting(
            f"The database address “{url}” cannot be used: {wrong}.",
            mend="Use sqlite:///path/to/file.sqlite3 or postgresql://user@host/name.",
            setting="database_url",
        ) from wrong
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _open_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
        if "lock_timeout" not in str(parsed.query.get("options")):
            event.listen(engine, "connect", partial(_limit_waits, f"SET lock_timeout = {round(busy_seconds * 1000):d}"))
    return engine


def _open_sqlite(connection: SqliteConnection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    if connection.get_execution_options().get("fieldsales_read_only"):
        connection.exec_driver_sql("BEGIN DEFERRED")
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        connection.exec_driver_sql("UPDATE feed_clock SET tx = tx + 1")
    except OperationalError as error:
        if "no such table" not in str(error):
            raise


def _limit_waits(statement: str, connection: Any, _record: Any) -> None:
    """Tell PostgreSQL once for a connection how long to wait; not as it is opened, which poolers do not pass on."""
    with connection.cursor() as cursor:
        cursor.execute(statement)
    connection.commit()


def _begin_postgresql(connection: Connection) -> None:
    """Say what kind of transaction it is to be: the driver sends that with its BEGIN, without a round trip more."""
    is_snapshot = bool(connection.get_execution_options().get("fieldsales_read_only"))
    driver: Any = connection.connection.driver_connection
    driver.isolation_level = _REPEATABLE_READ if is_snapshot else None
    driver.read_only = is_snapshot or None
