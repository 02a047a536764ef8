"""Statements that are built once, where a module is loaded, and asked with other values each time.

Building one anew costs SQLAlchemy several times what asking it does.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, CursorResult, Executable, bindparam
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import QueryableAttribute


def among(column: QueryableAttribute[Any], name: str) -> ColumnElement[bool]:
    """Return the condition that a column has one of the values that are given by a name when the statement is asked."""
    return column.in_(bindparam(name, expanding=True))


def ask(session: Session, statement: Executable, **values: Any) -> CursorResult[*tuple[Any, ...]]:
    """Have a statement that gives columns, not objects, answer within the session's transaction.

    What the session holds back is written first, so that it counts.
    """
    session.flush()
    return session.connection().execute(statement, values)
