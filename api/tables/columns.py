"""Which columns a list has, read off the schema of its answer: no list is described a second time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marshmallow import Schema, fields

from fieldsales.headings.queries import Subject

Field = fields.Field[Any]
MINOR = "_minor"
_DEEPEST = 2
_NAMING = ("says", "name", "rep_name", "label", "value", "code")
"""What an entry of a list inside a row is called by; one without any of these is only counted."""
_NAMED = {
    "_customer_id": Subject.CUSTOMER,
    "_product_id": Subject.PRODUCT,
    "_territory_id": Subject.TERRITORY,
    "_parent_id": Subject.TERRITORY,
    "_warehouse_id": Subject.WAREHOUSE,
    "_van_id": Subject.WAREHOUSE,
    "_from_id": Subject.WAREHOUSE,
    "_to_id": Subject.WAREHOUSE,
    "_rep_id": Subject.PERSON,
    "_user_id": Subject.PERSON,
    "_owner_id": Subject.PERSON,
    "_by": Subject.PERSON,
}
"""How ids end, and what they are of."""
_OF_A_PAGE = frozenset({"next"})


class Kind(StrEnum):
    """What stands in the cells of a column."""

    TEXT = "text"
    NUMBER = "number"
    YES_NO = "yes_no"
    DAY = "day"
    MOMENT = "moment"
    MONEY = "money"
    MONIES = "monies"
    WORDS = "words"
    ENTRIES = "entries"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name, where its value lies in a row of the answer, and where the currency of an amount lies.

    `called` is the field that names the entries of a list, or None where they are counted; `of` is what an id is of
    whose name stands in the column.
    """

    name: str
    path: tuple[str, ...]
    kind: Kind
    currency: tuple[str, ...] = ()
    called: str | None = None
    of: Subject | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of a list, and the lists in the answer, one within the other, whose last one holds the rows."""

    columns: tuple[Column, ...]
    steps: tuple[str, ...]

    def rows(self, told: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Return the rows of an answer, each with what stands around it."""
        yield from _rows(told, self.steps)


def table_of(schema: Schema, rows: str | None = None) -> Table | None:
    """Return the table that an answer holds: of `items` in pages, of the list named, or of the only one.

    `rows` may lead through lists inside lists, as in `rows.effects`. Returns None for an answer that is no list.
    """
    steps = tuple(rows.split(".")) if rows else _only_list(schema)
    if steps is None:
        return None
    inner, around = schema, dict[str, Field]()
    for step in steps:
        found = _told(inner)
        around |= {name: field for name, field in found.items() if _stands_around(name, field)}
        inner = _entry(found[step])
    return Table(tuple(_with_names(list(_columns(around | _told(inner))))), steps)


def _only_list(schema: Schema) -> tuple[str] | None:
    found = _told(schema)
    if "id" in found:
        return None
    lists = [name for name, field in found.items() if _is_list_of_objects(field)]
    if "items" in lists and (len(lists) == 1 or "next" in found):
        return ("items",)
    return (lists[0],) if len(lists) == 1 else None


def _told(schema: Schema) -> dict[str, Field]:
    """The fields of an answer by the names that it tells them under."""
    return {field.data_key or name: field for name, field in schema.dump_fields.items()}


def _stands_around(name: str, field: Field) -> bool:
    return name not in _OF_A_PAGE and not isinstance(field, fields.List | fields.Dict)


def _columns(
    found: Mapping[str, Field], path: tuple[str, ...] = (), money_of: tuple[str, ...] = ()
) -> Iterator[Column]:
    """Yield the columns of an object; what lies in an object inside it has that one's name before its own."""
    if "currency" in found:
        money_of = (*path, "currency")
    for key, field in found.items():
        here = (*path, key)
        if field.metadata.get("type") == "array":
            continue
        if isinstance(field, fields.Nested) and not field.many:
            if len(here) < _DEEPEST:
                yield from _columns(_told(field.schema), here, money_of)
        elif isinstance(field, fields.Dict):
            yield from _of_a_dict(field, here, money_of)
        else:
            yield _column(field, here, money_of)


def _column(field: Field, path: tuple[str, ...], money_of: tuple[str, ...]) -> Column:
    name = "_".join(path)
    if _is_list_of_objects(field):
        inside = _told(_entry(field))
        return Column(name, path, Kind.ENTRIES, called=next((each for each in _NAMING if each in inside), None))
    if isinstance(field, fields.List):
        return Column(name, path, Kind.WORDS)
    if name.endswith(MINOR) and money_of:
        return Column(name.removesuffix(MINOR), path, Kind.MONEY, money_of)
    return Column(name, path, _kind(field))


def _of_a_dict(field: fields.Dict, path: tuple[str, ...], money_of: tuple[str, ...]) -> Iterator[Column]:
    """A dict of known keys is a column each; amounts by currency are one; any other is left out."""
    for key in field.metadata.get("columns", ()):
        yield Column(key, (*path, key), Kind.MONEY if money_of else Kind.NUMBER, money_of)
    if field.metadata.get("money_by_currency"):
        yield Column("_".join(path), path, Kind.MONIES)


def _with_names(columns: list[Column]) -> Iterator[Column]:
    """Yield the columns; behind an id of whose kind we know the names, its name, unless that stands there already."""
    known = {column.name for column in columns}
    for column in columns:
        yield column
        bare = column.name.removesuffix("_id")
        of = next((subject for end, subject in _NAMED.items() if f"_{column.name}".endswith(end)), None)
        if of and column.kind is Kind.TEXT and not known & {bare, f"{bare}_name"} - {column.name}:
            yield Column(f"{bare}_name", column.path, Kind.NAME, of=of)


def _kind(field: Field) -> Kind:
    if isinstance(field, fields.Boolean):
        return Kind.YES_NO
    if isinstance(field, fields.Number):
        return Kind.NUMBER
    if isinstance(field, fields.Date):
        return Kind.DAY
    return Kind.MOMENT if type(field) in (fields.DateTime, fields.AwareDateTime) else Kind.TEXT


def _is_list_of_objects(field: Field) -> bool:
    if isinstance(field, fields.Nested):
        return bool(field.many)
    return isinstance(field, fields.List) and isinstance(field.inner, fields.Nested)


def _entry(field: Field) -> Schema:
    nested = field.inner if isinstance(field, fields.List) else field
    if not isinstance(nested, fields.Nested):
        raise TypeError(f"{field!r} is no list of objects")
    return nested.schema


def _rows(told: Mapping[str, Any], steps: tuple[str, ...]) -> Iterator[Mapping[str, Any]]:
    if not steps:
        yield told
        return
    first, *rest = steps
    around = {name: value for name, value in told.items() if name != first}
    for row in told.get(first) or ():
        yield from _rows({**around, **row}, tuple(rest))
