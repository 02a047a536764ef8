"""Documents of many rows side by side, column by column: half the bytes of the same documents one by one.

`docs/sync-protocol.md` tells how a phone reads it. Equal things stand next to each other, which packs well; each id is
written once, in order, and its places are told where it is meant.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from sync.rows import as_told, fetched, is_id, tellers
from sync.shape import Children, Columns, Shape

HEAD_DIGITS = 12
"""Hexadecimal digits that a UUIDv7 begins with which count milliseconds; of ids in order they are told as steps."""

Values = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Group:
    """Rows hanging from those of a table, all in one: the first `counts[0]` of them hang from its first row."""

    name: str
    counts: list[int]
    columns: Columns
    values: list[Values]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one entity by id; `values` has one sequence for each of `columns`, ids as 32 digits."""

    entity: str
    columns: Columns
    values: list[Values]
    groups: tuple[Group, ...]

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return len(self.values[0])


def load(session: Session, entity: str, shape: Shape, condition: ColumnElement[bool]) -> Table:
    """Return the rows of an entity that fulfil a condition, with what hangs from them."""
    values = _columns(session, shape.columns, condition, shape.columns[:1])
    ids = select(shape.columns[0]).where(condition)
    groups = tuple(_group(session, each, each.parent.in_(ids), values[0]) for each in shape.children)
    return Table(entity, shape.columns, values, groups)


def told(tables: Iterable[Table]) -> dict[str, Any]:
    """Return tables as JSON has them: the `ids` of all of them, and the `tables`."""
    tables = list(tables)
    ids = sorted(_ids_of(tables))
    places = {digits: place for place, digits in enumerate(ids)}
    return {"ids": _ids_told(ids), "tables": [_table_told(each, places) for each in tables if each.rows]}


def _group(session: Session, children: Children, condition: ColumnElement[bool], parents: Values) -> Group:
    columns = (children.parent, *children.columns)
    of, *values = _columns(session, columns, condition, (children.parent, *children.order))
    counts = Counter(of)
    return Group(children.name, [counts[parent] for parent in parents], children.columns, values)


def _columns(session: Session, columns: Columns, condition: ColumnElement[bool], order: Columns) -> list[Values]:
    wanted = as_told(columns, session.get_bind().dialect.name)
    found = fetched(session.connection(), select(*wanted).where(condition).order_by(*order), {})
    return list(zip(*found, strict=True)) if found else [() for _ in columns]


def _ids_of(tables: list[Table]) -> set[str]:
    found: set[str | None] = set()
    for table in tables:
        columns = [*table.columns, *(column for group in table.groups for column in group.columns)]
        values = [*table.values, *(each for group in table.groups for each in group.values)]
        for column, held in zip(columns, values, strict=True):
            if is_id(column):
                found.update(held)
    return {each for each in found if each is not None}


def _ids_told(ids: list[str]) -> dict[str, Any]:
    heads = [int(each[:HEAD_DIGITS], 16) for each in ids]
    return {"heads": _steps(heads), "tails": "".join(each[HEAD_DIGITS:] for each in ids)}


def _table_told(table: Table, places: dict[str, int]) -> dict[str, Any]:
    first, *others = zip(table.columns, table.values, strict=True)
    own = {"name": first[0].key, "steps": _steps([places[each] for each in first[1]])}
    lists = [
        {"name": each.name, "counts": each.counts, "columns": _columns_told(each.columns, each.values, places)}
        for each in table.groups
    ]
    columns = [own, *_columns_told(tuple(each for each, _ in others), [each for _, each in others], places)]
    return {"entity": table.entity, "rows": table.rows, "columns": columns, "lists": lists}


def _columns_told(columns: Columns, all_values: list[Values], places: dict[str, int]) -> list[dict[str, Any]]:
    finishing = dict(tellers(columns))
    return [
        _column_told(column, values, places, finishing.get(place))
        for place, (column, values) in enumerate(zip(columns, all_values, strict=True))
    ]


def _column_told(column: Any, values: Values, places: dict[str, int], teller: Any) -> dict[str, Any]:
    if is_id(column):
        return {"name": column.key, "ids": [None if each is None else places[each] for each in values]}
    if values and values.count(values[0]) == len(values):
        return {"name": column.key, "all": values[0] if values[0] is None or teller is None else teller(values[0])}
    if teller is not None:
        values = [None if each is None else teller(each) for each in values]
    return {"name": column.key, "values": values}


def _steps(numbers: list[int]) -> list[int]:
    return [after - before for before, after in zip([0, *numbers], numbers, strict=False)]
