"""Devices as they are told."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import page_of


class DeviceSchema(Schema):
    """One installation of the app, in one person's name."""

    id = fields.UUID(required=True)
    user_id = fields.UUID(required=True)
    installation = fields.String(required=True)
    name = fields.String(allow_none=True)
    app_version = fields.String(allow_none=True)
    created_at = fields.DateTime(required=True)
    last_seen_at = fields.DateTime(required=True)
    revoked_at = fields.DateTime(allow_none=True)


class HealthSchema(Schema):
    """What a device's last exchanges told; pulls are noted at most once a minute."""

    pushed_at = fields.DateTime(required=True, allow_none=True)
    pulled_at = fields.DateTime(required=True, allow_none=True, metadata={"description": "when it last had everything"})
    queued = fields.Integer(
        required=True, allow_none=True, metadata={"description": "mutations that it said it still held"}
    )
    skew_ms = fields.Integer(
        required=True, allow_none=True, metadata={"description": "how far its wall clock is ahead of ours"}
    )
    clock_flags = fields.List(fields.String(), required=True, metadata={"example": ["clock_skew"]})


class DeviceFareSchema(DeviceSchema):
    """A device and how it fares. `sync` is null before its first exchange."""

    id = fields.UUID(required=True, attribute="device.id")
    user_id = fields.UUID(required=True, attribute="device.user_id")
    installation = fields.String(required=True, attribute="device.installation")
    name = fields.String(allow_none=True, attribute="device.name")
    app_version = fields.String(allow_none=True, attribute="device.app_version")
    created_at = fields.DateTime(required=True, attribute="device.created_at")
    last_seen_at = fields.DateTime(required=True, attribute="device.last_seen_at")
    revoked_at = fields.DateTime(allow_none=True, attribute="device.revoked_at")
    sync = fields.Nested(HealthSchema, required=True, allow_none=True, attribute="health")
    held = fields.Integer(required=True, metadata={"description": "of its mutations, how many are not done yet"})
    under_review = fields.Integer(required=True, metadata={"description": "how many wait for a person"})
    behind = fields.Integer(
        required=True,
        allow_none=True,
        metadata={"description": "transactions since it had everything; null before its first pull"},
    )


DeviceFarePageSchema = page_of(DeviceFareSchema)
