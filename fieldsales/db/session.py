"""Transactions for whoever is the edge: a web request, a command, a job."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from fieldsales.db.engine import READ_ONLY, DatabaseMissing


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Open a session and commit it whole, or roll it back whole and raise."""
    with translate_outage(), Session(engine) as session, session.begin():
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Open a session that sees one snapshot and can write nothing."""
    with translate_outage(), Session(engine.execution_options(**READ_ONLY)) as session:
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


def explain_outage(error: DatabaseError) -> DatabaseMissing | None:
    """Return what an operator should be told, or None if the error is of another kind."""
    message = str(error.orig).strip().splitlines()[0]
    if "locked" in message:
        return DatabaseMissing("The database is locked by another process.", mend="Try again in a moment.")
    if "no such table" in message or "UndefinedTable" in type(error.orig).__name__:
        return DatabaseMissing("The database has no tables yet.", mend="Run: fieldsales db upgrade")
    if "not a database" in message:
        return DatabaseMissing("The database file is not an SQLite database.", mend="Check FIELDSALES_DATABASE_URL.")
    if isinstance(error, OperationalError):
        return DatabaseMissing(f"The database does not answer: {message}.", mend="Check FIELDSALES_DATABASE_URL.")
    return None
