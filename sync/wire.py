"""Strict pieces of schema: what a phone sends is taken as it is or refused, never coerced."""

from __future__ import annotations

import math
import re
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from fieldsales.errors import FieldsalesError, Invalid
from sync.shortcut import Unsure, shortcut

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)
LARGEST_WHOLE = 2**53 - 1
"""The largest whole number that every JSON library keeps exact."""
DEEPEST = 32
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")


class Strict(Schema):
    """A schema that refuses fields it does not know."""

    class Meta:
        unknown = RAISE


class Flag(fields.Boolean):
    """true or false, and nothing that merely looks like it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Real(fields.Float):
    """A finite number; a text that holds digits is refused."""

    def _validated(self, value: Any) -> float:
        if isinstance(value, str):
            raise self.make_error("invalid", input=value)
        return super()._validated(value)


def whole(least: int = 0, most: int = LARGEST_WHOLE, **options: Any) -> fields.Integer:
    """Return a field for a whole number between two bounds, both included."""
    return fields.Integer(strict=True, validate=validate.Range(least, most), **options)


def moment(**options: Any) -> fields.AwareDateTime:
    """Return a field for an ISO 8601 moment with an offset, in this century."""
    return fields.AwareDateTime(format="iso", validate=validate.Range(EARLIEST, LATEST), **options)


def words(longest: int, shortest: int = 1, **options: Any) -> fields.String:
    """Return a field for a text of bounded length."""
    return fields.String(validate=validate.Length(shortest, longest), **options)


def load(schema: Schema, value: object, error: type[Invalid], what: str) -> dict[str, Any]:
    """Return what `schema` makes of `value`, or raise `error` with the findings as `fields`."""
    with suppress(Unsure):
        return dict(shortcut(schema)(value))
    try:
        return dict(schema.load(value))  # type: ignore[arg-type]
    except ValidationError as wrong:
        findings: dict[str, Any] = wrong.normalized_messages()  # type: ignore[no-untyped-call]
        raise error(
            f"{what} does not have the shape it should: {_first(findings)}",
            mend="docs/sync-protocol.md has the shapes.",
            fields=findings,
        ) from wrong


def _first(findings: dict[str, Any]) -> str:
    path: list[str] = []
    found: Any = findings
    while isinstance(found, dict) and found:
        key, found = next(iter(found.items()))
        path.append(str(key))
    told = found[0] if isinstance(found, list) and found else found
    return f"{'.'.join(path)}: {told}"


def unstorable(value: object) -> str | None:
    """Return why a JSON value cannot be stored as it is, or None.

    PostgreSQL keeps neither NUL characters nor lone surrogates in JSON, and no database keeps NaN.
    """
    level, depth = [value], 0
    while level:
        if depth > DEEPEST:
            return f"it is nested more than {DEEPEST} levels deep"
        below: list[Any] = []
        for each in level:
            if isinstance(each, str):
                if "\x00" in each if each.isascii() else _NOT_TEXT.search(each):
                    return "a text holds a character that is not text"
            elif isinstance(each, float):
                if not math.isfinite(each):
                    return "a number is not finite"
            elif isinstance(each, dict):
                below += each.keys()
                below += each.values()
            elif isinstance(each, list):
                below += each
        level, depth = below, depth + 1
    return None


def problem_of(error: FieldsalesError) -> dict[str, Any]:
    """Return an error as a recorded problem: `code`, `title`, `detail`, `mend` if any, and the facts."""
    told = {"code": error.code, "title": error.title, "detail": error.detail}
    if error.mend:
        told["mend"] = error.mend
    return error.facts | told
