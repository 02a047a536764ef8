"""Inserting and looking up rows by the thousand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Table, Uuid

from fieldsales.db.base import Base

T = TypeVar("T")


@contextmanager
def roomy_cache(connection: Connection, megabytes: int = 32) -> Iterator[None]:
    """Let SQLite keep more pages at hand while much is written; PostgreSQL has its own way.

    After a failure it stays so: an interrupted connection takes no more statements.
    """
    if connection.dialect.name != "sqlite":
        yield
        return
    before = connection.exec_driver_sql("PRAGMA cache_size").scalar_one()
    connection.exec_driver_sql(f"PRAGMA cache_size = {-1024 * megabytes}")
    yield
    connection.exec_driver_sql(f"PRAGMA cache_size = {int(before)}")


def insert_columns(connection: Connection, model: type[Base], columns: Mapping[str, Iterable[Any]]) -> None:
    """Insert rows of a model, given as columns of equal length by name; Python-side defaults are not applied.

    Ids are given as hex text, which both databases read: turning each into a UUID and back is much of the work.
    SQLAlchemy's own executemany binds a dictionary for each row, which costs about as much as the insert itself. Here
    the types of the columns are applied column by column, and the driver gets plain tuples.
    """
    table, dialect = cast(Table, model.__table__), connection.dialect
    bound = []
    for name, values in columns.items():
        kind = table.c[name].type
        bind = None if isinstance(kind, Uuid) else kind.dialect_impl(dialect).bind_processor(dialect)
        bound.append(values if bind is None else map(bind, values))
    if rows := list(zip(*bound, strict=True)):
        quote = dialect.identifier_preparer.quote
        marks = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * len(columns))
        names = ", ".join(map(quote, columns))
        connection.exec_driver_sql(f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", rows)  # noqa: S608


def slices(values: Iterable[T], most: int = 512) -> Iterator[list[T]]:
    """Yield values in short lists for use with `IN`, filled up to a power of two with copies of the last value.

    Drivers keep prepared statements: lists of every length would be as many statements, each of them large.
    """
    rest = iter(values)
    while found := list(islice(rest, most)):
        yield found + [found[-1]] * ((1 << (len(found) - 1).bit_length()) - len(found))
