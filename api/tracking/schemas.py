"""How a rep stands with being tracked, as it is told and answered."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import PageQuery, page_of
from fieldsales.privacy.rules import Window
from sync.wire import Flag, Strict, words


class HoursSchema(Schema):
    """A shift on the wall clock of the territory. One that does not end after it starts ends on the next day."""

    since = fields.Time(required=True, data_key="from", metadata={"example": "08:30:00"})
    until = fields.Time(required=True, data_key="to", metadata={"example": "17:00:00"})


class TrackingSchema(Schema):
    """What is kept of a rep's positions, and what the rep said about it. `active`: whether any is kept at all."""

    rep_id = fields.UUID(required=True, attribute="rep.id")
    active = fields.Boolean(required=True, attribute="standing.active")
    consent_needed = fields.Boolean(required=True, attribute="standing.terms.consent")
    version = fields.String(required=True, attribute="standing.policy.version")
    language = fields.Function(lambda each: each.standing.policy.text_in(each.rep.language)[0], required=True)
    text = fields.Function(lambda each: each.standing.policy.text_in(each.rep.language)[1], required=True)
    agreed = fields.Boolean(required=True, attribute="standing.agreed")
    said_version = fields.String(required=True, allow_none=True, metadata={"description": "that was answered"})
    said_at = fields.DateTime(required=True, allow_none=True)
    window = fields.Enum(Window, by_value=True, required=True, attribute="standing.terms.window")
    hours = fields.Nested(HoursSchema, required=True, allow_none=True, attribute="standing.hours")
    margin_minutes = fields.Function(lambda each: each.standing.terms.margin.seconds // 60, required=True)
    keep_days = fields.Integer(required=True, attribute="standing.terms.keep_days")
    points = fields.Integer(required=True, attribute="holding.points")
    first_at = fields.DateTime(required=True, allow_none=True, attribute="holding.first_at")
    last_at = fields.DateTime(required=True, allow_none=True, attribute="holding.last_at")


class TrackingAnswerSchema(Strict):
    """What a rep says about being tracked. To agree is to agree to a version of the text."""

    agree = Flag(required=True)
    version = words(40, load_default=None, allow_none=True, metadata={"description": "of the text; needed to agree"})
    language = words(16, load_default=None, allow_none=True, metadata={"description": "in which it was read"})


class LookSchema(Schema):
    """Somebody looked at a day of a rep by some route, so many `times` within the hour that began at `since`."""

    reader = fields.String(required=True)
    reader_id = fields.UUID(required=True, allow_none=True, attribute="access.reader_id")
    day = fields.Date(required=True, attribute="access.day")
    route = fields.String(required=True, attribute="access.route", metadata={"example": "driven.gpx"})
    since = fields.DateTime(required=True, attribute="access.since")
    last_at = fields.DateTime(required=True, attribute="access.last_at")
    times = fields.Integer(required=True, attribute="access.times")


LookPageSchema = page_of(LookSchema)


class LooksQuery(PageQuery):
    """Which page."""


class EraseSchema(Strict):
    """Positions to erase: why, and before which moment (none: all)."""

    reason = words(500, required=True, metadata={"example": "Anna asked for it by letter of 2 March."})
    until = fields.AwareDateTime(load_default=None, allow_none=True)
    dry_run = Flag(load_default=False)


class ErasedSchema(Schema):
    """How many positions were erased, or would be."""

    points = fields.Integer(required=True, validate=validate.Range(min=0))
    dry_run = fields.Boolean(required=True)
