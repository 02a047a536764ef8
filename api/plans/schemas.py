"""Planning a day, and what it did."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import day
from sync.wire import Flag, Strict


class PlanWantedSchema(Strict):
    """Which day to plan, for whom. Without `rep_ids`: all reps whom I may see."""

    day = day(required=True)
    rep_ids = fields.List(fields.UUID(), load_default=None, allow_none=True, validate=validate.Length(1, 500))
    with_anomalies = Flag(
        load_default=False, metadata={"description": "also visit customers whose buying has changed for the worse"}
    )


class RepPlannedSchema(Schema):
    """What planning did to one rep's day."""

    rep_id = fields.UUID(required=True)
    login = fields.String(required=True)
    name = fields.String(required=True)
    visits = fields.Integer(required=True)
    left_out = fields.Integer(required=True)
    skipped = fields.Integer(required=True)
    changed = fields.Boolean(required=True)
    note = fields.String(allow_none=True)


class DetectedSchema(Schema):
    """What became of anomalies."""

    opened = fields.Integer(required=True)
    refreshed = fields.Integer(required=True)
    closed = fields.Integer(required=True)


class DayPlannedSchema(Schema):
    """What planning did. The same again changes nothing, and says so."""

    day = fields.Date(required=True)
    changed = fields.Boolean(required=True)
    reps = fields.List(fields.Nested(RepPlannedSchema), required=True)
    tiers_moved = fields.Integer(required=True)
    anomalies = fields.Nested(DetectedSchema, required=True)
