"""The values of a list's rows as cells of a file: real numbers, days and moments, money in major units."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from typing import Any

from api.tables.columns import Column, Kind
from fieldsales.exports.rules import Cell, major
from fieldsales.headings.queries import Subject

_BETWEEN = "; "
_NOBODY = uuid.UUID(int=0)


Names = Mapping[Subject, Mapping[uuid.UUID, str]]


def ids_in(rows: Iterable[Mapping[str, Any]], columns: Sequence[Column]) -> dict[Subject, set[uuid.UUID]]:
    """Return the ids whose names the rows need."""
    wanted = [(column.of, column.path) for column in columns if column.of]
    found: dict[Subject, set[uuid.UUID]] = {of: set() for of, _ in wanted}
    for row in rows:
        for of, path in wanted:
            if value := _id(_at(row, path)):
                found[of].add(value)
    return found


def cells_of(row: Mapping[str, Any], columns: Sequence[Column], zone: tzinfo, names: Names) -> list[Cell]:
    """Return the cells of a row as JSON has it; moments by the clock of `zone`."""
    return [
        names[column.of].get(_id(_at(row, column.path)) or _NOBODY) if column.of else _cell(row, column, zone)
        for column in columns
    ]


def _id(value: Any) -> uuid.UUID | None:
    """The id that stands there, or None for a word, as in a date named like one."""
    try:
        return uuid.UUID(value) if value else None
    except ValueError:
        return None


def _cell(row: Mapping[str, Any], column: Column, zone: tzinfo) -> Cell:
    value = _at(row, column.path)
    if value is None:
        return None
    if column.kind is Kind.MONEY:
        currency = _at(row, column.currency)
        plain: int = value
        return major(plain, currency) if currency else plain
    if column.kind is Kind.MOMENT:
        return datetime.fromisoformat(value).astimezone(zone)
    if column.kind is Kind.ENTRIES:
        return _entries(value, column.called)
    return _READ[column.kind](value)


def _text(value: Any) -> Cell:
    return value if isinstance(value, bool) else str(value)


def _as_it_is(value: Any) -> Cell:
    told: int | float | bool = value
    return told


_READ: Mapping[Kind, Callable[[Any], Cell]] = {
    Kind.TEXT: _text,
    Kind.NUMBER: _as_it_is,
    Kind.YES_NO: _as_it_is,
    Kind.DAY: date.fromisoformat,
    Kind.WORDS: lambda value: _BETWEEN.join(map(str, value)),
    Kind.MONIES: lambda value: _BETWEEN.join(f"{major(minor, code)} {code}" for code, minor in sorted(value.items())),
}


def _entries(entries: Sequence[Mapping[str, Any]], called: str | None) -> Cell:
    return (
        len(entries)
        if called is None
        else _BETWEEN.join(str(each[called]) for each in entries if each.get(called) is not None)
    )


def _at(row: Mapping[str, Any], path: Sequence[str]) -> Any:
    found: Any = row
    for step in path:
        if not isinstance(found, Mapping):
            return None
        found = found.get(step)
    return found
