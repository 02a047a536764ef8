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
