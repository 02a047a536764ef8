"""Inserting and looking up rows by the thousand."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from itertools import islice
from typing import Any, TypeVar, cast

from sqlalchemy import Column, Connection, Dialect, Table, Uuid
from sqlalchemy.sql.schema import CallableColumnDefault, ScalarElementColumnDefault

from fieldsales.db.base import Base

T = TypeVar("T")
Bind = Callable[[Any], Any]


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
    statement, binds = _insertion(model, tuple(columns), connection.dialect)
    told = zip(binds, columns.values(), strict=True)
    bound = [values if bind is None else map(bind, values) for bind, values in told]
    if rows := list(zip(*bound, strict=True)):
        connection.exec_driver_sql(statement, rows)


@lru_cache(256)
def _insertion(model: type[Base], columns: tuple[str, ...], dialect: Dialect) -> tuple[str, Sequence[Bind | None]]:
    """Return the statement that inserts these columns of a model, and what makes each value the driver's."""
    table, quote = cast(Table, model.__table__), dialect.identifier_preparer.quote
    kinds = [table.c[name].type for name in columns]
    binds = [None if isinstance(kind, Uuid) else kind.dialect_impl(dialect).bind_processor(dialect) for kind in kinds]
    marks = ", ".join(["?" if dialect.paramstyle == "qmark" else "%s"] * len(columns))
    names = ", ".join(map(quote, columns))
    return f"INSERT INTO {quote(table.name)} ({names}) VALUES ({marks})", binds  # noqa: S608


def insert_rows(connection: Connection, rows: Iterable[Base]) -> None:
    """Insert new rows of several models, those first that others refer to. Their defaults are filled in."""
    by_model: dict[type[Base], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        by_model[type(row)].append(row.__dict__)
    for model in sorted(by_model, key=_place):
        found = by_model[model]
        insert_columns(connection, model, {name: fill(found) for name, fill in _columns(model)})


@cache
def _place(model: type[Base]) -> int:
    return model.metadata.sorted_tables.index(cast(Table, model.__table__))


@cache
def _columns(model: type[Base]) -> list[tuple[str, Callable[[list[dict[str, Any]]], list[Any]]]]:
    """Each column of a model, and what reads it from the values of many rows."""
    return [(column.name, _reader(column)) for column in cast(Table, model.__table__).columns]


def _reader(column: Column[Any]) -> Callable[[list[dict[str, Any]]], list[Any]]:
    name, default = column.key, column.default
    made = cast(Callable[[Any], Any], default.arg) if isinstance(default, CallableColumnDefault) else None
    plain = default.arg if isinstance(default, ScalarElementColumnDefault) else None
    is_id = isinstance(column.type, Uuid)

    def read(rows: list[dict[str, Any]]) -> list[Any]:
        if made is not None:
            values = [row[name] if name in row else made(None) for row in rows]
        else:
            values = [row.get(name, plain) for row in rows]
        return [value and value.hex for value in values] if is_id else values

    return read


def slices(values: Iterable[T], most: int = 512) -> Iterator[list[T]]:
    """Yield values in short lists for use with `IN`, filled up to a power of two with copies of the last value.

    Drivers keep prepared statements: lists of every length would be as many statements, each of them large.
    """
    rest = iter(values)
    while found := list(islice(rest, most)):
        yield found + [found[-1]] * ((1 << (len(found) - 1).bit_length()) - len(found))
