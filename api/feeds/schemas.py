"""The address of a rep's calendar."""

from __future__ import annotations

from marshmallow import Schema, fields


class CalendarSchema(Schema):
    """That a rep's calendar has an address, since when, and from whom. The address itself is not kept."""

    rep_id = fields.UUID(required=True)
    made_at = fields.DateTime(required=True)
    made_by = fields.UUID(allow_none=True)


class NewCalendarSchema(CalendarSchema):
    """A new address, told this once. Whoever has it may read the visits."""

    address = fields.Url(required=True, metadata={"example": "https://fieldsales.example/calendar/nL2w….ics"})
