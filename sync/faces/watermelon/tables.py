"""Our documents as tables of WatermelonDB, which knows texts, numbers and booleans, and nothing inside a record.

A moment is a number (milliseconds since 1970, as a `Date` of JavaScript), a day is a text (`2026-03-02`), and whatever
is a list or an object is JSON text, for the decorator `@json`. Only photos, which hang from a visit in our documents,
are a table of their own: the phone makes them one by one. Columns that are `only_up` are never told to the phone: there
it writes what it saw (see `docs/sync-protocol.md`, "WatermelonDB").
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Float, Integer
from sqlalchemy.orm import InstrumentedAttribute

from fieldsales.db.types import UtcDateTime
from sync.shape import Children, plural
from sync.shapes import SHAPES

STRING, NUMBER, BOOLEAN = "string", "number", "boolean"
_ONE = 1000


@dataclass(frozen=True, slots=True)
class Column:
    """A column as the library knows it. `json` is text that holds JSON, `moment` a number that is a time."""

    name: str
    type: str = STRING
    json: bool = False
    moment: bool = False
    only_up: bool = False

    def down(self, value: Any) -> Any:
        """Return a value of a document as the library keeps it."""
        if value is None:
            return None
        if self.moment:
            return round(datetime.fromisoformat(value).timestamp() * _ONE)
        return json.dumps(value, separators=(",", ":"), ensure_ascii=False) if self.json else value

    def up(self, value: Any) -> Any:
        """Return a value of a record as our documents have it. What is not JSON stays text, and is refused as such."""
        if not (self.json and isinstance(value, str)):
            return value
        try:
            return json.loads(value)
        except (ValueError, RecursionError):
            return value


@dataclass(frozen=True, slots=True)
class Table:
    """A table of the library: the entity that its records are, and its columns besides `id`."""

    entity: str
    columns: tuple[Column, ...]

    def down(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """Return a document as a raw record."""
        told = {each.name: each.down(document.get(each.name)) for each in self.columns if not each.only_up}
        return {"id": document["id"]} | told

    def up(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """Return a raw record as a document, as far as its table has the columns; an absent one is null."""
        return {"id": record.get("id")} | {each.name: each.up(record.get(each.name)) for each in self.columns}


_SEEN = (Column("stamp", json=True, only_up=True),)
_ONLY_UP: Mapping[str, tuple[Column, ...]] = {
    "customer": _SEEN,
    "mutation": (
        Column("v", NUMBER, only_up=True),
        Column("entity", json=True, only_up=True),
        Column("base_version", NUMBER, only_up=True),
        Column("after", json=True, only_up=True),
        Column("data", json=True, only_up=True),
        *_SEEN,
    ),
    "note": _SEEN,
    "order": _SEEN,
    "payment": _SEEN,
    "photo": _SEEN,
    "visit": (
        Column("check_in", json=True, only_up=True),
        Column("check_out", json=True, only_up=True),
        *_SEEN,
    ),
}


def _of_entity(entity: str) -> Table:
    shape = SHAPES[entity]
    columns = [_column(each) for each in shape.columns[1:]]
    columns += [Column(each.name, json=True) for each in shape.children if each.name != "photos"]
    return Table(entity, (*columns, *_ONLY_UP.get(entity, ())))


def _photos() -> Table:
    [photos] = [each for each in SHAPES["visit"].children if each.name == "photos"]
    return Table("photo", (Column("visit_id"), *_columns_of(photos), *_ONLY_UP["photo"]))


def _columns_of(children: Children) -> Iterator[Column]:
    return (_column(each) for each in children.columns[1:])


def _column(attribute: InstrumentedAttribute[Any]) -> Column:
    kind = attribute.type
    if isinstance(kind, UtcDateTime):
        return Column(attribute.key, NUMBER, moment=True)
    if isinstance(kind, JSON):
        return Column(attribute.key, json=True)
    if isinstance(kind, Boolean):
        return Column(attribute.key, BOOLEAN)
    return Column(attribute.key, NUMBER if isinstance(kind, Integer | Float) else STRING)


TABLES: Mapping[str, Table] = {plural(entity): _of_entity(entity) for entity in SHAPES} | {"photos": _photos()}
TABLE_OF: Mapping[str, str] = {table.entity: name for name, table in TABLES.items()}
