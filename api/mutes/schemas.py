"""Mutes."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import day
from sync.wire import Strict, words


class NewMuteSchema(Strict):
    """Who is not alerted about: one customer, rep or territory; or the partner's webhook that is not told."""

    customer_id = fields.UUID(load_default=None, allow_none=True)
    rep_id = fields.UUID(load_default=None, allow_none=True)
    territory_id = fields.UUID(load_default=None, allow_none=True)
    webhook_id = fields.UUID(load_default=None, allow_none=True)
    reason = words(500, required=True, metadata={"example": "Flood in the street of the market."})
    until_on = day(required=True)


class MuteSchema(Schema):
    """A mute: of whom, why, until when, and by whom."""

    id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    rep_id = fields.UUID(required=True, allow_none=True)
    territory_id = fields.UUID(required=True, allow_none=True)
    webhook_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True, metadata={"description": "of whom"})
    reason = fields.String(required=True)
    ends_at = fields.AwareDateTime(required=True)
    made_by = fields.UUID(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


class MutesSchema(Schema):
    """The mutes that hold, the one that ends first first."""

    mutes = fields.List(fields.Nested(MuteSchema), required=True)
