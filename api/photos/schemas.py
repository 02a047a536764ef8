"""What is known of a photo, as a supervisor sees it."""

from __future__ import annotations

from marshmallow import Schema, fields


class ExifSchema(Schema):
    """What the camera wrote, where it made sense. `taken_at` is on the camera's clock; `gps_at` UTC."""

    taken_at = fields.String(metadata={"example": "2026-03-02T14:01:07+02:00"})
    gps_at = fields.String(metadata={"example": "2026-03-02T12:01:06+00:00"})
    latitude = fields.Float(metadata={"description": "WGS-84 degrees"})
    longitude = fields.Float()
    make = fields.String()
    model = fields.String()
    software = fields.String()
    orientation = fields.Integer(metadata={"description": "1 to 8, as EXIF counts"})


class LookalikeSchema(Schema):
    """A photo of another visit that shows the same picture."""

    photo_id = fields.UUID(required=True, attribute="photo.id")
    visit_id = fields.UUID(required=True, attribute="visit.id")
    customer_id = fields.UUID(required=True, attribute="visit.customer_id")
    rep_id = fields.UUID(required=True, attribute="visit.rep_id")
    day = fields.Date(required=True, attribute="visit.day")
    stored_at = fields.DateTime(required=True, attribute="photo.stored_at")
    same_bytes = fields.Boolean(required=True)
    bits_apart = fields.Integer(required=True, metadata={"description": "of the 64 bits of the difference hash"})


class PhotoFactsSchema(Schema):
    """A photo, what its bytes say (null until they are here), and where else the picture was shown."""

    id = fields.UUID(required=True, attribute="photo.id")
    visit_id = fields.UUID(required=True, attribute="visit.id")
    customer_id = fields.UUID(required=True, attribute="visit.customer_id")
    rep_id = fields.UUID(required=True, attribute="visit.rep_id")
    kind = fields.String(required=True, attribute="photo.kind")
    sha256 = fields.String(required=True, attribute="photo.sha256")
    size_bytes = fields.Integer(required=True, attribute="photo.size_bytes")
    content_type = fields.String(required=True, attribute="photo.content_type")
    taken_at = fields.DateTime(required=True, attribute="photo.taken_at")
    stored_at = fields.DateTime(allow_none=True, attribute="photo.stored_at")
    flags = fields.List(fields.String(), required=True, attribute="photo.flags")
    width = fields.Integer(attribute="picture.width")
    height = fields.Integer(attribute="picture.height")
    exif = fields.Nested(ExifSchema, attribute="picture.exif")
    lookalikes = fields.List(fields.Nested(LookalikeSchema), required=True)
    hidden_lookalikes = fields.Integer(required=True, metadata={"description": "those that are not yours to see"})
