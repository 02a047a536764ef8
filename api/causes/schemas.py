"""The list of causes as it is told."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import day
from sync.wire import Strict


class CausesQuery(Strict):
    """On which day."""

    day = day()


class ListedCauseSchema(Schema):
    """Why a customer's buying has changed."""

    code = fields.String(required=True, metadata={"example": "competitor"})
    label = fields.String(required=True, metadata={"example": "Buys from a competitor"})
    kinds = fields.List(
        fields.String(), required=True, metadata={"description": "the kinds of anomaly it is offered for"}
    )


class CausesSchema(Schema):
    """The causes that a visit asks for, in the order of a screen, and what to propose by kind of anomaly."""

    day = fields.Date(required=True)
    causes = fields.List(fields.Nested(ListedCauseSchema), required=True)
    promotions = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
