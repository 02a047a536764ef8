"""Money on account, and what it is set against."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import LARGEST_MONEY
from sync.wire import Strict, whole, words


class ChoiceSchema(Strict):
    """An invoice, and how much of the money pays it (minor units)."""

    invoice_id = fields.UUID(required=True)
    amount_minor = whole(1, LARGEST_MONEY, required=True)


class AllocateSchema(Strict):
    """What pays what; null or nothing: the oldest first."""

    invoices = fields.List(
        fields.Nested(ChoiceSchema), load_default=None, allow_none=True, validate=validate.Length(min=1, max=200)
    )


class CreditSchema(Schema):
    """Money on account: a payment or a credit note, and what is not set against any invoice yet."""

    id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    currency = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    left_minor = fields.Integer(required=True)
    day = fields.Date(required=True)
    voided_at = fields.DateTime(required=True, allow_none=True)


class BounceSchema(Strict):
    """Why a cheque came back."""

    reason = words(300, required=True)
