"""JSON schemas for RxDB's collections, made of the shapes, so that an app need not write them down by hand."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import JSON
from sqlalchemy.orm import InstrumentedAttribute

from sync.faces.rxdb.collections import OUTBOX
from sync.shape import plural
from sync.shapes import SHAPES

Part = dict[str, Any]
_TYPES: tuple[tuple[type, str], ...] = ((bool, "boolean"), (int, "integer"), (float, "number"))
_LONGEST_ID = 100
_MOMENT: Part = {"type": ["string", "null"], "description": "ISO 8601 with an offset; goes up only"}
_THING: Part = {"type": ["object", "null"]}
_UP_ONLY: Mapping[str, Mapping[str, Part]] = {
    "customer": {"edited_at": _MOMENT, "proposed_at": _MOMENT},
    "visit": {
        name: _THING | {"description": "lat, lon, accuracy_m, mock, provider; goes up only"}
        for name in ("check_in_position", "check_out_position")
    },
    OUTBOX: {
        "v": {"type": ["integer", "null"]},
        "at": {"type": ["string", "object", "null"]},
        "entity": _THING,
        "base_version": {"type": ["integer", "null"]},
        "after": {"type": ["array", "null"], "items": {"type": "string"}},
        "data": _THING,
    },
}
"""What a document may have beyond its shape: what an app writes there for us."""


def schema_of(entity: str) -> dict[str, Any]:
    """Return the JSON schema of a collection, version 0, without indexes.

    Only the id is required: what was deleted has nothing else, and what the phone makes lacks what we compute. Fields
    that a later server adds are allowed.
    """
    shape = SHAPES[entity]
    properties = _properties(shape.columns)
    for children in shape.children:
        items = {"type": "object", "properties": _properties(children.columns), "additionalProperties": True}
        properties[children.name] = {"type": "array", "items": items}
    properties |= _UP_ONLY.get(entity, {})
    return {
        "title": plural(entity),
        "version": 0,
        "primaryKey": "id",
        "type": "object",
        "properties": properties | {"id": {"type": "string", "maxLength": _LONGEST_ID}},
        "required": ["id"],
        "additionalProperties": True,
    }


def _properties(columns: Iterable[InstrumentedAttribute[Any]]) -> dict[str, Part]:
    return {column.key: _property(column) for column in columns}


def _property(column: InstrumentedAttribute[Any]) -> Part:
    stored = column.property.columns[0]
    told: Part = _json(column) if isinstance(stored.type, JSON) else {"type": _name(stored.type.python_type)}
    if stored.nullable:
        told["type"] = [told["type"], "null"]
    if issubclass(stored.type.python_type, date):
        told["description"] = "ISO 8601"
    return told


def _json(column: InstrumentedAttribute[Any]) -> Part:
    """A list of texts or an object: the model's annotation says which."""
    listed = "list[" in str(column.class_.__annotations__[column.key])
    return {"type": "array", "items": {"type": "string"}} if listed else {"type": "object"}


def _name(kind: type) -> str:
    return next((name for each, name in _TYPES if issubclass(kind, each)), "string")
