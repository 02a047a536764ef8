"""Inserting rows by the thousand, column by column.

SQLAlchemy's own executemany binds a dictionary for each row, which costs about as much as the insert itself. Here the
types of the columns are applied column by column, and the driver gets plain tuples.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from sqlalchemy import Connection, Table

from fieldsales.db.base import Base


def insert_columns(connection: Connection, model: type[Base], columns: Mapping[str, Iterable[Any]]) -> None:
    """Insert rows of a model, given as columns of equal length by name; Python-side defaults are not applied."""
    table, dialect = cast(Table, model.__table__), connection.dialect
    bound = []
    for name, values in columns.items():
        bind = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        bound.append(values if bind is None else map(bind, values))
    if rows := list(zip(*bound, strict=True)):
        quote = dialect.identifier_preparer.quote
        marks = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * len(columns))
        names = ", ".join(map(quote, columns))
        connection.exec_driver_sql(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", rows)  # noqa: S608
