"""Tiers as a manager edits them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from fieldsales.tiers.models import TierPolicy
from sync.wire import Strict, whole, words


class TierSchema(Strict):
    """A tier: who belongs to it, how often it is visited, and what a visit is worth beside others."""

    tier = words(8, required=True, metadata={"example": "A"})
    revenue_share_bp = whole(
        0,
        10_000,
        required=True,
        metadata={"description": "customers who buy more stand for less of all revenue than this, basis points"},
    )
    minimum_orders = whole(0, 366, required=True, metadata={"description": "order days in the last 365 days"})
    rrule = words(120, required=True, metadata={"description": "RFC 5545", "example": "FREQ=WEEKLY;INTERVAL=2"})
    minimum_gap_days = whole(1, 366, required=True)
    service_minutes = whole(1, 600, required=True)
    visit_value = whole(1, 1_000_000, required=True)

    @post_load
    def as_policy(self, data: dict[str, Any], **_options: Any) -> TierPolicy:
        """Return the row, not yet stored."""
        return TierPolicy(**data)


class TiersSchema(Strict):
    """All tiers, the best first."""

    tiers = fields.List(fields.Nested(TierSchema), required=True, validate=validate.Length(1, 26))


class ToldTierSchema(TierSchema):
    """A tier with its rank, 0 the best."""

    rank = fields.Integer(required=True)


class ToldTiersSchema(Schema):
    """All tiers, the best first."""

    tiers = fields.List(fields.Nested(ToldTierSchema), required=True)
