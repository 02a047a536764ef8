"""A customer's tier: as it stands, why, how it was before, and given by hand."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from api.schema import day
from fieldsales.tiers.queries import TierCard
from fieldsales.tiers.rules import explained
from sync.wire import Strict, words


class TierOverrideSchema(Strict):
    """A tier by hand, why, and through which day."""

    tier = words(8, required=True, metadata={"example": "A"})
    reason = words(200, required=True, metadata={"example": "opens three more shops in May"})
    until = day(required=True)


class ToldTierOverrideSchema(Schema):
    """A tier that was given by hand and holds through a day."""

    tier = fields.String(required=True)
    reason = fields.String(required=True)
    until = fields.Date(required=True)
    made_at = fields.AwareDateTime(required=True)
    made_by = fields.UUID(required=True, allow_none=True, metadata={"description": "null: the operator's terminal"})


class TierComponentSchema(Schema):
    """A measure in words: `share` of all weights and percentile `score`, null where not asked for or not known."""

    component = fields.String(required=True)
    share = fields.Float(required=True, allow_none=True)
    score = fields.Float(required=True, allow_none=True)
    told = fields.String(required=True, metadata={"example": "51 days with an order in 365 days"})


class TierStandingSchema(Schema):
    """The tier by the customer's orders, at the last look; null policies are the built-in ones."""

    day = fields.Date(required=True)
    tier = fields.String(required=True)
    reason = fields.String(required=True)
    score = fields.Float(required=True, allow_none=True)
    policy_id = fields.UUID(required=True, allow_none=True)
    score_policy_id = fields.UUID(required=True, allow_none=True)


class TierChangeSchema(Schema):
    """A change of tier, what made it, and the numbers of that day."""

    day = fields.Date(required=True)
    before = fields.String(required=True, allow_none=True, attribute="tier_from")
    after = fields.String(required=True, attribute="tier_to")
    reason = fields.String(required=True)
    moved_by = fields.String(required=True, metadata={"description": "orders, policy, override or override_ended"})
    score = fields.Float(required=True, allow_none=True)
    policy_id = fields.UUID(required=True, allow_none=True)
    score_policy_id = fields.UUID(required=True, allow_none=True)
    components = fields.List(fields.Nested(TierComponentSchema), required=True)


class TierCardSchema(Schema):
    """A customer's tier."""

    customer_id = fields.UUID(required=True, attribute="customer.id")
    tier = fields.String(required=True, allow_none=True, attribute="customer.tier")
    since = fields.Date(required=True, allow_none=True, attribute="customer.tier_since")
    reason = fields.String(required=True, allow_none=True, attribute="customer.tier_reason")
    by_orders = fields.Nested(TierStandingSchema, required=True, allow_none=True, attribute="standing")
    components = fields.List(fields.Nested(TierComponentSchema), required=True)
    override = fields.Nested(ToldTierOverrideSchema, required=True, allow_none=True)
    history = fields.List(fields.Nested(TierChangeSchema), required=True, attribute="told_changes")


def told(card: TierCard, *, costs: bool) -> dict[str, Any]:
    """Return a card with the numbers of the last look and of each change in words; those of margins with `costs`."""
    names = ("day", "tier_from", "tier_to", "reason", "moved_by", "score", "policy_id", "score_policy_id")
    changes = [
        {name: getattr(each, name) for name in names}
        | {"components": explained(each.facts, card.currency, costs=costs)}
        for each in card.changes
    ]
    facts = card.standing.facts if card.standing else {}
    parts = {name: getattr(card, name) for name in ("customer", "standing", "override")}
    return parts | {"components": explained(facts, card.currency, costs=costs), "told_changes": changes}
