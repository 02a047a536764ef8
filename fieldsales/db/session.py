"""Transactions for whoever is the edge: a web request, a command, a job."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from fieldsales.db.engine import READ_ONLY, DatabaseMissing

Answer = TypeVar("Answer")
TRIES = 3
_LOCK_NOT_AVAILABLE = "55P03"
_COLLISIONS = ("40P01", "40001")
"""`deadlock_detected` and `serialization_failure`, as PostgreSQL names them."""


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Open a session and commit it whole, or roll it back whole and raise."""
    with translate_outage(), Session(engine) as session, session.begin():
        yield session


def is_collision(error: DatabaseError) -> bool:
    """Tell whether PostgreSQL broke a transaction off because it and others stood in each other's way.

    A deadlock or a failed serialization ends when it is rolled back whole: in a savepoint it would only come again, as
    the locks that were taken before it stay.
    """
    return getattr(error.orig, "sqlstate", None) in _COLLISIONS


def is_broken_off(error: DatabaseError) -> bool:
    """Tell whether a transaction is over for a collision, or for a lock that did not come in time.

    Waiting for that lock once more for each of many mutations would take as many times as long.
    """
    return is_collision(error) or getattr(error.orig, "sqlstate", None) == _LOCK_NOT_AVAILABLE


def insist(engine: Engine, work: Callable[[Session], Answer]) -> Answer:
    """Do work in one transaction; where it collides with others, anew in a fresh one, three times in all."""
    for _ in range(TRIES - 1):
        try:
            with transaction(engine) as session:
                return work(session)
        except DatabaseMissing as missing:
            if not (isinstance(missing.__cause__, DatabaseError) and is_collision(missing.__cause__)):
                raise
    with transaction(engine) as session:
        return work(session)


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a session that sees one snapshot and can write nothing."""
    with translate_outage(), Session(engine.execution_options(**READ_ONLY)) as session:
        yield session


@contextmanager
def hasty(engine: Engine, wait_ms: int = 50) -> Iterator[Session]:
    """Open a session for a note that may be lost: it commits, but gives up rather than wait for another writer.

    Raises `DatabaseMissing` then.
    """
    with (
        translate_outage(),
        engine.connect() as connection,
        _impatient(connection, wait_ms),
        Session(connection) as session,
        session.begin(),
    ):
        if connection.dialect.name == "postgresql":
            session.execute(text(f"SET LOCAL lock_timeout = {wait_ms:d}"))
        yield session


@contextmanager
def _impatient(connection: Connection, wait_ms: int) -> Iterator[None]:
    """Have SQLite wait for its write lock no longer than this; PostgreSQL is told within the transaction."""
    if connection.dialect.name != "sqlite":
        yield
        return
    driver = connection.connection.cursor()  # below SQLAlchemy, which would begin a transaction and wait for the lock
    usual = driver.execute("PRAGMA busy_timeout").fetchone()[0]
    driver.execute(f"PRAGMA busy_timeout = {wait_ms:d}")
    try:
        yield
    finally:
        driver.execute(f"PRAGMA busy_timeout = {int(usual)}")
        driver.close()


@contextmanager
def glance(engine: Engine) -> Iterator[Session]:
    """Open a session for one question, at the cost of one round trip: one statement sees one snapshot anyway."""
    options = READ_ONLY if engine.dialect.name == "sqlite" else {"isolation_level": "AUTOCOMMIT"}
    with translate_outage(), Session(engine.execution_options(**options)) as session:
        yield session


@contextmanager
def translate_outage() -> Iterator[None]:
    """Turn a driver's "cannot connect", "locked" or "no such table" into `DatabaseMissing`."""
    try:
        yield
    except DatabaseError as error:
        told = explain_outage(error)
        if told is None:
            raise
        raise told from error


_TOLD = {
    "locked": ("The database is locked by another process.", "Try again in a moment."),
    "no such table": ("The database has no tables yet.", "Run: fieldsales db upgrade"),
    "UndefinedTable": ("The database has no tables yet.", "Run: fieldsales db upgrade"),
    "unable to open": (
        "The database file cannot be opened.",
        "Run: fieldsales db upgrade. If it exists, check FIELDSALES_DATABASE_URL and who may read it.",
    ),
    "readonly": ("The database file may not be written to.", "Check who owns it and its folder."),
    "not a database": ("The database file is not an SQLite database.", "Check FIELDSALES_DATABASE_URL."),
}
"""What drivers say, and what an operator should be told: what is wrong, and how to mend it."""


def explain_outage(error: DatabaseError) -> DatabaseMissing | None:
    """Return what an operator should be told, or None if the error is of another kind."""
    message = str(error.orig).strip().splitlines()[0]
    said = f"{type(error.orig).__name__}: {message}"
    for words, (detail, mend) in _TOLD.items():
        if words in said:
            return DatabaseMissing(detail, mend=mend)
    if isinstance(error, OperationalError):
        return DatabaseMissing(f"The database does not answer: {message}.", mend="Check FIELDSALES_DATABASE_URL.")
    return None
