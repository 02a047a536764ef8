"""Trackers as they are made and told, and the bodies that tracking apps send."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from sync.wire import Strict, words


class NewTrackerSchema(Strict):
    """A tracking app to give a key: what people call it."""

    name = words(120, required=True, metadata={"example": "OwnTracks on my phone"})


class TrackerSchema(Schema):
    """A tracking app of a rep, and what became of the positions that it sent."""

    id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True)
    name = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    created_by = fields.UUID(required=True, allow_none=True)
    revoked_at = fields.DateTime(required=True, allow_none=True)
    last_seen_at = fields.DateTime(required=True, allow_none=True)
    kept = fields.Integer(required=True)
    without_consent = fields.Integer(required=True)
    off_shift = fields.Integer(required=True)
    out_of_time = fields.Integer(required=True, metadata={"description": "over a year back, or over a day ahead"})


class TrackersSchema(Schema):
    """The trackers that a rep has and had."""

    trackers = fields.List(fields.Nested(TrackerSchema), required=True)


class OwnTracksSetupSchema(Schema):
    """What to enter in OwnTracks; `link` sets it up when opened on the phone."""

    url = fields.String(required=True)
    username = fields.String(required=True)
    password = fields.String(required=True)
    link = fields.String(required=True)


class TraccarSetupSchema(Schema):
    """What to enter in Traccar Client."""

    url = fields.String(required=True)
    device_id = fields.String(required=True)


class MadeTrackerSchema(Schema):
    """A tracker with its key, which is told this once."""

    tracker = fields.Nested(TrackerSchema, required=True)
    key = fields.String(required=True)
    owntracks = fields.Nested(OwnTracksSetupSchema, required=True)
    traccar = fields.Nested(TraccarSetupSchema, required=True)


class TakenSchema(Schema):
    """What became of the positions that were sent."""

    points = fields.Integer(required=True)
    new = fields.Integer(required=True)
    without_consent = fields.Integer(required=True)
    off_shift = fields.Integer(required=True)
    out_of_time = fields.Integer(required=True, metadata={"description": "over a year back, or over a day ahead"})
    flags = fields.List(fields.String(), required=True)


OWNTRACKS_BODY: dict[str, Any] = {
    "type": "object",
    "description": "OwnTracks JSON; what is no `location` is answered and not kept",
    "properties": {
        "_type": {"type": "string", "example": "location"},
        "tst": {"type": "integer", "example": 1772449200},
        "lat": {"type": "number", "example": 38.25},
        "lon": {"type": "number", "example": 21.73},
        "acc": {"type": "number"},
        "vel": {"type": "number", "description": "km/h"},
        "cog": {"type": "number"},
        "batt": {"type": "number"},
        "tid": {"type": "string"},
    },
}
OSMAND_BODY: dict[str, Any] = {
    "type": "object",
    "description": "as Traccar Client 9 sends it; or a form with the parameters of the address",
    "properties": {
        "device_id": {"type": "string", "description": "the key"},
        "location": {
            "type": "object",
            "properties": {
                "timestamp": {"type": "string", "example": "2026-03-02T10:00:00.000Z"},
                "coords": {"type": "object"},
                "mock": {"type": "boolean"},
            },
        },
    },
}
