"""A short cut through marshmallow for what is well formed, which nearly everything is.

`shortcut(schema)` returns a function that gives exactly what `schema.load` would give, or raises `Unsure`; then the
schema itself is asked, and tells what is wrong. Only what is known here to the letter is taken the short way, fields of
any other type still go through their own `deserialize`. `tests/sync/test_shortcut.py` holds the two against each other.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, missing

Take = Callable[[Any], Any]


class Unsure(Exception):
    """The value is not plainly well formed; it may still be accepted."""


@lru_cache(256)
def shortcut(schema: Schema) -> Take:
    """Return what reads a value as `schema.load` does, or raises `Unsure`."""
    plain = schema.unknown == RAISE and not schema.partial and not schema.many
    simple = all(field.attribute is None and field.data_key is None for field in schema.load_fields.values())
    if not (plain and simple) or any(schema._hooks.values()):
        return _never
    return _mapping([_entry(name, field) for name, field in schema.load_fields.items()])


def _never(value: Any) -> Any:
    raise Unsure


Entry = tuple[str, Take, bool, bool, Any]
"""A field's name, what takes its value, whether it may be null, whether it must be there, and what it is if not."""


def _entry(name: str, field: fields.Field[Any]) -> Entry:
    return name, _checked(field), field.allow_none, field.required, field.load_default


def _mapping(entries: Sequence[Entry]) -> Take:
    def take(value: Any) -> dict[str, Any]:
        if type(value) is not dict:
            raise Unsure
        found, seen = {}, 0
        for name, read, may_be_null, required, default in entries:
            if name in value:
                seen += 1
                each = value[name]
                if each is not None:
                    found[name] = read(each)
                elif may_be_null:
                    found[name] = None
                else:
                    raise Unsure
            elif required:
                raise Unsure
            elif default is not missing:
                found[name] = default() if callable(default) else default
        if seen != len(value):
            raise Unsure
        return found

    return take


def _checked(field: fields.Field[Any]) -> Take:
    """Return what takes a value that is not null, validators included."""
    read = None if field.pre_load or field.post_load else _plain(field)
    if read is None:
        return lambda value: _asked(field.deserialize, value)
    if not field.validators:
        return read

    def take(value: Any) -> Any:
        found = read(value)
        for validator in field.validators:
            _asked(validator, found)
        return found

    return take


def _plain(field: fields.Field[Any]) -> Take | None:
    kind = type(field)
    if kind is fields.UUID:
        return _uuid
    if kind is fields.Integer and isinstance(field, fields.Integer) and field.strict:
        return _just(int)
    if kind is fields.String:
        return _just(str)
    if kind is fields.Nested and isinstance(field, fields.Nested) and not field.many and field.unknown is None:
        return shortcut(field.schema)
    if kind is fields.List and isinstance(field, fields.List) and not field.inner.allow_none:
        return _list(_checked(field.inner))
    return None


def _list(inner: Take) -> Take:
    def take(value: Any) -> list[Any]:
        if type(value) is not list or None in value:
            raise Unsure
        return [inner(each) for each in value]

    return take


def _just(kind: type) -> Take:
    """Return what takes a value of exactly one type: true is an int to Python, but not here."""

    def take(value: Any) -> Any:
        if type(value) is not kind:
            raise Unsure
        return value

    return take


def _uuid(value: Any) -> uuid.UUID:
    if type(value) is not str:
        raise Unsure
    try:
        return uuid.UUID(value)
    except ValueError:
        raise Unsure from None


def _asked(ask: Take, value: Any) -> Any:
    try:
        return ask(value)
    except ValidationError:
        raise Unsure from None
