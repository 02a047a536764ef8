"""Rows straight from the database in the form in which they are told: no objects are made that JSON does not know.

Ids come as 32 hexadecimal digits, moments and JSON as the database writes them; `tellers` finish those that need it.
Making UUIDs, moments and kinds of each value only to write them as text again took more than half of a pull.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    ARRAY,
    JSON,
    Boolean,
    ColumnElement,
    Connection,
    Date,
    Enum,
    Select,
    String,
    Uuid,
    bindparam,
    cast,
    func,
    select,
    type_coerce,
)
from sqlalchemy.orm import InstrumentedAttribute

from fieldsales.db.types import UtcDateTime
from sync.shape import Columns

Teller = Callable[[Any], Any]


@cache
def as_told(columns: Columns, dialect: str) -> tuple[ColumnElement[Any], ...]:
    """Return what to select for columns on "sqlite" or "postgresql", in their order."""
    return tuple(_expression(column, dialect) for column in columns)


@cache
def tellers(columns: Columns) -> tuple[tuple[int, Teller], ...]:
    """Return which of the values selected must still be finished for a document, by their place in the row."""
    kinds = {Uuid: dashed, UtcDateTime: moment, JSON: parsed, Boolean: bool}
    return tuple(
        (place, teller)
        for place, column in enumerate(columns)
        for kind, teller in kinds.items()
        if isinstance(column.type, kind)
    )


def listed(column: ColumnElement[Any] | InstrumentedAttribute[Any], dialect: str) -> ColumnElement[bool]:
    """Return the condition that a column is one of the ids that are asked with as `ids` (see `as_list`).

    They are one parameter, however many there are: the statement stays the same text, which nobody reads anew.
    """
    if dialect == "sqlite":
        return column.in_(select(func.json_each(bindparam("ids", type_=String())).table_valued("value").c.value))
    return column == func.any(bindparam("ids", type_=ARRAY(Uuid())))


def as_list(ids: Collection[uuid.UUID], dialect: str) -> str | list[uuid.UUID]:
    """Return the ids to ask a statement with in which some are `listed`."""
    return json.dumps([each.hex for each in ids]) if dialect == "sqlite" else [*ids]


def fetched(connection: Connection, statement: Select[Any], asked: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """Return what the driver gives for columns `as_told`: there is nothing left to do for SQLAlchemy."""
    result = connection.execute(statement, asked)
    rows = [*result.cursor.fetchall()] if result.cursor else []
    result.close()
    return rows


def is_id(column: InstrumentedAttribute[Any]) -> bool:
    """Tell whether a column holds ids."""
    return isinstance(column.type, Uuid)


def finish(row: Sequence[Any], places: tuple[tuple[int, Teller], ...]) -> list[Any]:
    """Return a row with each value as a document has it."""
    values = list(row)
    for place, teller in places:
        if values[place] is not None:
            values[place] = teller(values[place])
    return values


def dashed(digits: str) -> str:
    """Return 32 hexadecimal digits as a UUID is written."""
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"


def moment(told: str) -> str:
    """Return a moment (UTC, as either database writes it) in ISO 8601: with six decimals, or with none."""
    if len(told) == 26 and not told.endswith(".000000"):
        return f"{told[:10]}T{told[11:]}+00:00"
    whole, _, decimals = told.partition(".")
    decimals = f".{decimals:0<6}" if decimals.strip("0") else ""
    return f"{whole[:10]}T{whole[11:]}{decimals}+00:00"


def parsed(text: str) -> Any:
    """Return the value of a JSON text; most are lists of flags without any."""
    return [] if text == "[]" else json.loads(text)


def _expression(column: InstrumentedAttribute[Any], dialect: str) -> ColumnElement[Any]:
    """Return what to select: of the table itself, since an attribute of a class would pass through the ORM."""
    expression: ColumnElement[Any] = column.property.columns[0]
    kind = column.type
    if isinstance(kind, Uuid):
        digits = expression if dialect == "sqlite" else func.replace(cast(expression, String), "-", "")
        return type_coerce(digits, String).label(column.key)
    if isinstance(kind, UtcDateTime):
        utc = expression if dialect == "sqlite" else cast(func.timezone("UTC", expression), String)
        return type_coerce(utc, String).label(column.key)
    if isinstance(kind, Date) or (isinstance(kind, JSON) and dialect != "sqlite"):
        return cast(expression, String).label(column.key)
    if isinstance(kind, Enum | JSON):
        return type_coerce(expression, String).label(column.key)
    return expression
