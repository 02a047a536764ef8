"""Pieces that the schemas of all nouns share."""

from __future__ import annotations

from datetime import date
from typing import Any

from marshmallow import Schema, fields, post_load, validate

from fieldsales.db.paging import PageWanted
from sync.wire import Real, Strict, words

LARGEST_PAGE = 200
LARGEST_MONEY = 2**53 - 1


class PageQuery(Strict):
    """Which page of a list; loads a `PageWanted` beside the other filters."""

    after = words(2000, metadata={"description": "the `next` of the page before"})
    limit = fields.Integer(validate=validate.Range(1, LARGEST_PAGE), load_default=50)

    @post_load
    def as_wanted(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Gather the paging into one value."""
        wanted = PageWanted(data.pop("after", None), data.pop("limit"))
        return data | {"page": wanted}


def page_of(item: type[Schema]) -> type[Schema]:
    """Return the schema of a page of items: `items`, and the `next` page's marker or null."""
    name = item.__name__.removesuffix("Schema")
    return Schema.from_dict(
        {"items": fields.List(fields.Nested(item), required=True), "next": fields.String(allow_none=True)},
        name=f"{name}PageSchema",
    )


def day(**options: Any) -> fields.Date:
    """Return a field for a calendar day of this century."""
    bounds = validate.Range(date(2000, 1, 1), date(2099, 12, 31))
    return fields.Date(validate=bounds, metadata={"example": "2026-03-02"}, **options)


def latitude(**options: Any) -> fields.Float:
    """Return a field for degrees north, WGS-84."""
    return _degrees(90, options, example=41.5868)


def longitude(**options: Any) -> fields.Float:
    """Return a field for degrees east, WGS-84."""
    return _degrees(180, options, example=-93.625)


def _degrees(bound: float, options: dict[str, Any], example: float) -> fields.Float:
    return Real(validate=validate.Range(-bound, bound), metadata={"example": example}, **options)
