"""Warehouses and vans as they are told."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import PageQuery, page_of
from fieldsales.warehouses.models import WarehouseKind
from sync.wire import Flag, Strict, words


class WarehouseSchema(Schema):
    """A place whose stock is kept: a house that delivers, or a rep's van."""

    id = fields.UUID(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    rep_id = fields.UUID(required=True, allow_none=True)
    territory_id = fields.UUID(required=True, allow_none=True)
    external_ref = fields.String(required=True, allow_none=True)
    active = fields.Boolean(required=True)
    made_at = fields.DateTime(required=True)


class WarehouseQuery(PageQuery):
    """Which places; those that are closed only with `closed`."""

    kind = fields.Enum(WarehouseKind, by_value=True)
    closed = fields.Boolean(load_default=False)


class NewWarehouseSchema(Strict):
    """A new place. A van names its rep; a house may name the territory that it delivers to."""

    code = words(40, required=True)
    name = words(120, required=True)
    kind = fields.Enum(WarehouseKind, by_value=True, required=True)
    rep_id = fields.UUID(load_default=None, allow_none=True)
    territory_id = fields.UUID(load_default=None, allow_none=True)
    external_ref = words(80, load_default=None, allow_none=True, metadata={"description": "its name elsewhere"})


class OpenSchema(Strict):
    """Whether goods move there."""

    active = Flag(required=True)


WarehousePageSchema = page_of(WarehouseSchema)
