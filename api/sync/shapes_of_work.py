"""The shapes of all mutations as OpenAPI tells them, read off the registry that does them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from api.sync.schemas import MutationsSchema
from sync.envelope import MutationSchema
from sync.handlers.registry import HANDLERS


def _shape(kind: str, version: int, data: Schema) -> type[Schema]:
    """Return the envelope of one type and version, with its data."""
    return MutationSchema.from_dict(
        {
            "type": fields.String(required=True, validate=validate.OneOf([kind])),
            "v": fields.Integer(required=True, strict=True, validate=validate.OneOf([version])),
            "data": fields.Nested(data, required=True),
        },
        name=f"{_name(kind, version)}Schema",
    )


def _name(kind: str, version: int) -> str:
    return "".join(word.capitalize() for word in kind.replace("_", ".").split(".")) + f"V{version}"


SHAPES = {(kind, version): _shape(kind, version, handler.schema) for (kind, version), handler in HANDLERS.items()}
_NEWEST = {kind: _name(kind, version) for kind, version in sorted(HANDLERS)}


def batch_shape() -> dict[str, Any]:
    """Return the body of a push: a batch whose mutations have their types' shapes. Made anew: Apispec writes into it.

    The server takes other mutations too: one that it cannot read is rejected, one that it does not know is held.
    """
    mapping = {kind: f"#/components/schemas/{name}" for kind, name in _NEWEST.items()}
    mutation = {"oneOf": list(SHAPES.values()), "discriminator": {"propertyName": "type", "mapping": mapping}}
    typed = {"type": "object", "properties": {"mutations": {"type": "array", "items": mutation}}}
    return {"allOf": [MutationsSchema, typed]}
