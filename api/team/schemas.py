"""A team's day as a supervisor sees it."""

from __future__ import annotations

from datetime import datetime

from marshmallow import Schema, fields

from api.anomalies.schemas import PlannedVisitSchema
from api.days.schemas import MadeSchema, RepSchema
from fieldsales.teams.queries import BoardStop


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


class OneRepSchema(Schema):
    """All reps, or one of them."""

    rep_id = fields.UUID(metadata={"description": "only this rep's day"})


BOARD = (
    "planned_visit_id",
    "customer_id",
    "customer_name",
    "latitude",
    "longitude",
    "source",
    "status",
    "version",
    "arrival_at",
    "visited",
    "checked_in_at",
    "checked_out_at",
)
"""What each row of a board's stops holds, in this order."""


class BoardRepSchema(RepOfDaySchema):
    """One rep's day in numbers, and its stops in driving order as rows; what the columns are, the board says once."""

    stops = fields.Function(  # type: ignore[assignment]
        lambda rep: [_row(stop) for stop in rep.stops],
        required=True,
        metadata={"type": "array", "items": {"type": "array", "items": {"nullable": True}}},
    )


class BoardSchema(Schema):
    """A day of all reps whom I may see, as little of it as a map and a list of reps need."""

    day = fields.Date(required=True)
    columns = fields.Constant(BOARD, required=True, metadata={"type": "array", "items": {"type": "string"}})
    reps = fields.List(fields.Nested(BoardRepSchema), required=True)


def _row(stop: BoardStop) -> tuple[object, ...]:
    """Places to a decimetre and times to a second: what a map shows, and half of the bytes."""
    planned, made = stop.planned, stop.made
    return (
        str(planned.id),
        str(planned.customer_id),
        planned.name,
        None if planned.latitude is None else round(planned.latitude, 6),
        None if planned.longitude is None else round(planned.longitude, 6),
        planned.source.value,
        planned.status.value,
        planned.version,
        _moment(stop.arrival_at),
        made is not None,
        made and _moment(made.checked_in_at),
        made and _moment(made.checked_out_at),
    )


def _moment(at: datetime | None) -> str | None:
    return None if at is None else at.strftime("%Y-%m-%dT%H:%M:%SZ")
