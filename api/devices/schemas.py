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


DevicePageSchema = page_of(DeviceSchema)
