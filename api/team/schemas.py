"""A team's day as a supervisor sees it."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.anomalies.schemas import PlannedVisitSchema
from api.days.schemas import MadeSchema, RepSchema


class PositionSchema(Schema):
    """Where a phone last said it was, at a check-in or check-out."""

    at = fields.DateTime(required=True)
    latitude = fields.Float(required=True)
    longitude = fields.Float(required=True)
    accuracy_m = fields.Float(allow_none=True)
    mock = fields.Boolean(required=True)


class TeamStopSchema(Schema):
    """A planned visit beside what came of it."""

    planned = fields.Nested(PlannedVisitSchema, required=True)
    customer_name = fields.String(required=True, attribute="planned.customer.name")
    latitude = fields.Float(allow_none=True, attribute="planned.customer.latitude")
    longitude = fields.Float(allow_none=True, attribute="planned.customer.longitude")
    arrival_at = fields.DateTime(allow_none=True)
    made = fields.Nested(MadeSchema, allow_none=True)


class RepOfDaySchema(Schema):
    """One rep's day in numbers, and its stops in driving order.

    `missed` counts what was not visited once the day is over; until then it is `to_do`. What a person
    skipped is neither.
    """

    rep = fields.Nested(RepSchema, required=True)
    planned = fields.Integer(required=True)
    visited = fields.Integer(required=True)
    unplanned = fields.Integer(required=True)
    missed = fields.Integer(required=True)
    to_do = fields.Integer(required=True)
    left_out = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    orders = fields.Integer(required=True, attribute="sold.orders")
    order_value_minor = fields.Integer(required=True, metadata={"description": "in the territory's currency"})
    currency = fields.String(required=True)
    order_values = fields.Dict(
        required=True,
        attribute="sold.amounts",
        metadata={"description": "minor units by currency", "money_by_currency": True},
    )
    collected = fields.Dict(
        required=True, metadata={"description": "money taken, in minor units by currency", "money_by_currency": True}
    )
    last_position = fields.Nested(PositionSchema, allow_none=True)
    stops = fields.List(fields.Nested(TeamStopSchema), required=True)


class TeamDaySchema(Schema):
    """A day of all reps whom I may see."""

    day = fields.Date(required=True)
    reps = fields.List(fields.Nested(RepOfDaySchema), required=True)
