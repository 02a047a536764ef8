"""Territories as they are sent and told."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import page_of
from sync.wire import Strict, words


class TerritorySchema(Schema):
    """A node of the tree of areas."""

    id = fields.UUID(required=True)
    code = fields.String(required=True, metadata={"example": "north"})
    name = fields.String(required=True)
    parent_id = fields.UUID(allow_none=True)
    time_zone = fields.String(required=True, metadata={"example": "Europe/Athens"})
    region = fields.String(required=True, metadata={"example": "GR"})
    currency = fields.String(required=True, metadata={"example": "EUR"})


TerritoryPageSchema = page_of(TerritorySchema)


class NewTerritorySchema(Strict):
    """A territory to add."""

    code = words(40, required=True, metadata={"example": "north"})
    name = words(120, required=True, metadata={"example": "North"})
    parent_id = fields.UUID(load_default=None, allow_none=True)
    time_zone = words(64, required=True, metadata={"example": "Europe/Athens"})
    region = words(2, 2, required=True, metadata={"description": "ISO 3166-1", "example": "GR"})
    currency = words(3, 3, required=True, metadata={"description": "ISO 4217", "example": "EUR"})
