"""What was arranged with a customer."""

from __future__ import annotations

from marshmallow import Schema, fields

from sync.wire import Strict, whole, words

CLOCK = {"example": "08:30:00", "description": "on the wall clock of the territory"}


class NewArrangementSchema(Strict):
    """What goes before the tier's cadence; what is null does not."""

    rrule = words(200, load_default=None, allow_none=True, metadata={"example": "FREQ=WEEKLY;INTERVAL=2"})
    minimum_gap_days = whole(1, 365, load_default=None, allow_none=True)
    weekdays = words(20, load_default=None, allow_none=True, metadata={"example": "MO,TH"})
    from_time = fields.Time(load_default=None, allow_none=True, metadata=CLOCK)
    to_time = fields.Time(load_default=None, allow_none=True, metadata=CLOCK)
    note = words(200, load_default=None, allow_none=True)


class ArrangementSchema(Schema):
    """What was arranged, by whom and when."""

    customer_id = fields.UUID(required=True)
    rrule = fields.String(required=True, allow_none=True)
    minimum_gap_days = fields.Integer(required=True, allow_none=True)
    weekdays = fields.String(required=True, allow_none=True)
    from_time = fields.Time(required=True, allow_none=True)
    to_time = fields.Time(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)
    made_by = fields.UUID(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)
