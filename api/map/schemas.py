"""What a map of the field is drawn on."""

from __future__ import annotations

from marshmallow import Schema, fields


class MapGroundSchema(Schema):
    """The ground of the map: tiles of some server, or streets of our own, or nothing."""

    tiles = fields.String(allow_none=True, metadata={"description": "address with {z}, {x} and {y}"})
    attribution = fields.String(required=True)
    streets = fields.String(allow_none=True, metadata={"description": "address of a GeoJSON of streets"})
