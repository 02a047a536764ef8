"""Who stands in for a rep."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from api.schema import day
from fieldsales.covers.models import CoverKind
from fieldsales.covers.rules import Wanted
from fieldsales.orphans.rules import Why
from sync.wire import Strict, words


class CoverQuery(Strict):
    """Of whom (all whom I may see), and those that end on this day or later."""

    rep_id = fields.UUID()
    since = day()


class NewCoverSchema(Strict):
    """Who is away, when and why, and who stands in. A departure has no last day."""

    rep_id = fields.UUID(required=True)
    kind = fields.Enum(CoverKind, by_value=True, load_default=CoverKind.ABSENCE)
    from_on = day(required=True)
    until_on = day(load_default=None, allow_none=True)
    reason = words(120, required=True, metadata={"example": "Leave"})
    stand_ins = fields.List(
        fields.UUID(),
        required=True,
        validate=validate.Length(1, 20),
        metadata={"description": "of several, each an area"},
    )
    dry_run = fields.Boolean(load_default=False)

    @post_load
    def _wanted(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        dry_run = data.pop("dry_run")
        return {"wanted": Wanted(**{**data, "stand_ins": tuple(data["stand_ins"])}), "dry_run": dry_run}


class CoverPartSchema(Schema):
    """A customer at whom somebody stands in, between which days."""

    customer_id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, allow_none=True)


class CoverSchema(Schema):
    """Others stand in for a rep."""

    id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True)
    kind = fields.Enum(CoverKind, by_value=True, required=True)
    from_on = fields.Date(required=True)
    until_on = fields.Date(required=True, allow_none=True)
    reason = fields.String(required=True)
    stand_ins = fields.List(fields.UUID(), required=True)
    made_by = fields.UUID(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)
    called_off_at = fields.AwareDateTime(required=True, allow_none=True)
    done_at = fields.AwareDateTime(required=True, allow_none=True)


class CoverWithPartsSchema(CoverSchema):
    """A cover, and at which customers who stands in."""

    parts = fields.List(fields.Nested(CoverPartSchema), required=True)


class CoversSchema(Schema):
    """Covers, the newest first."""

    items = fields.List(fields.Nested(CoverSchema), required=True)


class InHandSchema(Schema):
    """What a rep has in hand."""

    customers = fields.Integer(required=True)
    key_accounts = fields.Integer(required=True)
    planned_visits = fields.Integer(required=True)
    open_orders = fields.Integer(required=True)
    owed_minor = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    van_pieces = fields.Integer(required=True)
    cash_minor = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    to_give_back = fields.List(fields.String(), required=True)


class OrphanSchema(Schema):
    """A customer whom nobody looks after."""

    customer_id = fields.UUID(required=True)
    name = fields.String(required=True)
    territory_id = fields.UUID(required=True)
    why = fields.Enum(Why, by_value=True, required=True)
    owner_id = fields.UUID(required=True, allow_none=True)
    told = fields.String(required=True)


class OrphansSchema(Schema):
    """The customers whom nobody looks after, by name."""

    items = fields.List(fields.Nested(OrphanSchema), required=True)
