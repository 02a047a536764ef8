"""Days off."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import day
from fieldsales.calendars.models import DayKind
from sync.wire import Strict, words


class DaysOffQuery(Strict):
    """Of whom (all whom I may see), from which day on (today), for how many days."""

    from_day = day()
    days = fields.Integer(validate=validate.Range(1, 400), load_default=90)
    rep_ids = fields.List(fields.UUID())


class NewDaysOffSchema(Strict):
    """Days, and whose: either a territory's or a person's."""

    first_day = day(required=True)
    last_day = day(required=True)
    name = words(120, required=True, metadata={"example": "Stocktaking"})
    kind = fields.Enum(DayKind, by_value=True, load_default=DayKind.OFF)
    territory_id = fields.UUID(load_default=None, allow_none=True)
    user_id = fields.UUID(load_default=None, allow_none=True)


class DaysOffEntrySchema(Schema):
    """Days that were put into a calendar."""

    id = fields.UUID(required=True)
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    name = fields.String(required=True)
    kind = fields.Enum(DayKind, by_value=True, required=True)
    territory_id = fields.UUID(required=True, allow_none=True)
    user_id = fields.UUID(required=True, allow_none=True)
    made_by = fields.UUID(required=True, allow_none=True)
    made_at = fields.AwareDateTime(required=True)


class DayOffSchema(Schema):
    """A day off, and what it is."""

    day = fields.Date(required=True)
    name = fields.String(required=True, metadata={"example": "Easter Monday"})


class RepDaysOffSchema(Schema):
    """A rep's days off."""

    rep_id = fields.UUID(required=True)
    name = fields.String(required=True)
    days = fields.List(fields.Nested(DayOffSchema), required=True)


class DaysOffSchema(Schema):
    """Who is off when, and what was put in by hand."""

    reps = fields.List(fields.Nested(RepDaysOffSchema), required=True)
    entries = fields.List(fields.Nested(DaysOffEntrySchema), required=True)
