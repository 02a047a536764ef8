"""How much is held out, as a manager sets it."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load

from api.schema import day
from sync.wire import Strict, words


class HoldoutSchema(Strict):
    """The share of anomalies to which nobody is sent, for how long; and from which day on that holds, and why."""

    holdout = fields.Dict(
        required=True,
        metadata={
            "description": "share_bp: basis points, at most 5000, 0 is off; days: 7 to 90, usually 28; "
            "most_at_risk_minor: money at risk a month, by currency, up to which a customer may be held out (where any "
            "is named, customers of other currencies are not); salt: another one is another draw",
            "example": {"share_bp": 1000, "days": 28, "most_at_risk_minor": {"EUR": 50_000}},
        },
    )
    effective_from = day()
    note = words(500)

    @post_load
    def as_policy(self, data: dict[str, Any], **_options: Any) -> dict[str, Any]:
        """Return what a policy is set with."""
        return {"body": data.pop("holdout"), **data}


class ToldHoldoutSchema(Schema):
    """One version: what was set, by whom, when and why, and whether it was withdrawn."""

    id = fields.UUID(required=True)
    effective_from = fields.Date(required=True)
    holdout = fields.Dict(required=True, attribute="body")
    note = fields.String(required=True)
    made_by = fields.UUID(allow_none=True)
    made_at = fields.AwareDateTime(required=True)
    withdrawn_at = fields.AwareDateTime(allow_none=True)


class HoldoutsSchema(Schema):
    """All that was ever set, what holds from the latest day first."""

    holdouts = fields.List(fields.Nested(ToldHoldoutSchema), required=True)


class ForeseenSchema(Schema):
    """What a holdout would have done to the anomalies of the last 90 days."""

    since = fields.Date(required=True)
    episodes = fields.Integer(required=True, metadata={"description": "customers whose buying changed"})
    key_accounts = fields.Integer(required=True, metadata={"description": "that take no part as key accounts"})
    too_much = fields.Integer(required=True, metadata={"description": "or because too much is at risk"})
    held_out = fields.Integer(required=True)
    at_risk_minor = fields.Dict(keys=fields.String(), values=fields.Integer(), required=True)
    a_year = fields.Integer(required=True, metadata={"description": "how many take part in a year, at that pace"})
