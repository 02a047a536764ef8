"""Engines for SQLite and PostgreSQL that keep the same promises.

On SQLite a write transaction begins with BEGIN IMMEDIATE and takes the next number of the feed clock, so that the
order of commits is the order of numbers; a read-only one begins deferred and never waits for a writer. Savepoints
work because pysqlite's own transaction handling is switched off.
"""

from __future__ import annotations

from sqlite3 import Connection as SqliteConnection
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, NoSuchModuleError, OperationalError

from fieldsales.errors import BadSetting, Unavailable

READ_ONLY = {"fieldsales_read_only": True}


class DatabaseMissing(Unavailable):
    """The database does not answer, is locked for too long, or has no tables yet."""

    code = "database.unavailable"
    title = "The database is not available"


def make_engine(url: str, busy_seconds: float = 30.0) -> Engine:
    """Return an engine for a SQLAlchemy address; raise `BadSetting` if it cannot be understood.

    `busy_seconds` is how long a writer on SQLite waits for another.
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
    return engine


def _open_sqlite(connection: SqliteConnection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON"):
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


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get("fieldsales_read_only"):
        connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
