"""Which column of a file fills which field."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from fieldsales.errors import Invalid


class UnknownField(Invalid):
    """A mapping names a field that imports of this kind do not have."""

    code = "import.unknown_field"
    title = "There is no such field"


class ColumnMissing(Invalid):
    """A column that is named, or that a required field needs, is not in the file."""

    code = "import.column_missing"
    title = "A column is missing"


class Writes(StrEnum):
    """How the cells of a field are written."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a column can fill. `names` are headers that obviously mean it, the surest first."""

    name: str
    about: str
    names: tuple[str, ...]
    required: bool = False
    writes: Writes = Writes.TEXT


@dataclass(frozen=True, slots=True)
class Match:
    """A column that fills a field, and why: `given` by the caller, `saved` in a mapping, or `guessed`."""

    field: str
    column: str
    why: str


def match_columns(
    fields: Sequence[Field], columns: Sequence[str], given: Mapping[str, str], saved: Mapping[str, str]
) -> tuple[Match, ...]:
    """Return the column of each field that has one.

    What is given goes before what is saved, and that before what can be guessed from the header. An empty column name
    in `given` leaves the field unfilled. Raises `UnknownField`, `ColumnMissing`.
    """
    matches = propose_columns(fields, columns, given, saved)
    _check_required(fields, {match.field for match in matches}, columns)
    return matches


def propose_columns(
    fields: Sequence[Field], columns: Sequence[str], given: Mapping[str, str], saved: Mapping[str, str]
) -> tuple[Match, ...]:
    """Return the columns as `match_columns` does, though required ones may be missing yet.

    Raises `UnknownField`, and `ColumnMissing` for a column that is named and not there.
    """
    for name in given.keys() | saved.keys():
        _check_field(name, fields)
    found: dict[str, Match] = {}
    for why, named in (("given", given), ("saved", saved)):
        for name, column in named.items():
            if name not in found:
                found[name] = Match(name, _find_column(name, column, columns), why)
    taken = {match.column for match in found.values()}
    for field in fields:
        guess = None if field.name in found else _guess(field, [each for each in columns if each not in taken])
        if guess:
            found[field.name] = Match(field.name, guess, "guessed")
            taken.add(guess)
    return tuple(found[field.name] for field in fields if field.name in found and found[field.name].column)


def _check_field(name: str, fields: Sequence[Field]) -> None:
    names = [field.name for field in fields]
    if name not in names:
        near = get_close_matches(name, names, n=1)
        raise UnknownField(
            f"There is no field “{name}”.",
            mend=(f"Did you mean {near[0]}? " if near else "") + f"Fields are: {', '.join(names)}.",
            field=name,
        )


def _find_column(name: str, column: str, columns: Sequence[str]) -> str:
    if not column or column in columns:
        return column
    alike = [each for each in columns if _plain(each) == _plain(column)]
    if len(alike) == 1:
        return alike[0]
    raise ColumnMissing(
        f"The file has no column “{column}” for {name}.", mend=f"It has: {', '.join(columns)}.", field=name
    )


def _guess(field: Field, columns: Sequence[str]) -> str | None:
    plain = {_plain(column): column for column in reversed(columns) if column}
    return next((plain[name] for name in (field.name.replace("_", ""), *field.names) if name in plain), None)


def _plain(header: str) -> str:
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", header).casefold())


def _check_required(fields: Sequence[Field], filled: set[str], columns: Sequence[str]) -> None:
    for field in fields:
        if field.required and field.name not in filled:
            raise ColumnMissing(
                f"No column was found for {field.name} ({field.about}).",
                mend=f"Say --map {field.name}=COLUMN; the file has: {', '.join(filter(None, columns))}.",
                field=field.name,
            )
