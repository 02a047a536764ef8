"""Receipts as they are asked for and told."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from fieldsales.escpos.rules import COLUMNS, PROFILES
from fieldsales.labels.rules import LANGUAGES
from sync.wire import Strict, words


class LanguageQuery(Strict):
    """In which language; without it in the rep's."""

    language = fields.String(validate=validate.OneOf(list(LANGUAGES)), metadata={"example": "el"})


class PrintSchema(LanguageQuery):
    """For which printer; without it as the server's settings say."""

    paper_mm = fields.Integer(strict=True, validate=validate.OneOf(list(COLUMNS)))
    printer = fields.String(validate=validate.OneOf(list(PROFILES)))


class MailSchema(LanguageQuery):
    """To whom."""

    to = words(254, required=True, metadata={"example": "owner@bakery.example"})


class PartySchema(Schema):
    """Who sells or buys."""

    name = fields.String(required=True)
    address = fields.List(fields.String(), required=True)
    number = fields.String(allow_none=True)


class DiscountSchema(Schema):
    """What came off a line."""

    name = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    share_bp = fields.Integer(allow_none=True)


class ItemSchema(Schema):
    """A line."""

    number = fields.Integer(required=True)
    name = fields.String(required=True)
    sku = fields.String(required=True)
    unit = fields.String(required=True)
    quantity = fields.Integer(required=True)
    pieces = fields.Integer(required=True)
    price_minor = fields.Integer(required=True)
    goods_minor = fields.Integer(required=True)
    amount_minor = fields.Integer(required=True)
    tax_minor = fields.Integer(allow_none=True)
    discounts = fields.List(fields.Nested(DiscountSchema), required=True)
    free = fields.Boolean(required=True)
    condition = fields.String(allow_none=True)
    rate_bp = fields.Integer(allow_none=True)


class TaxRowSchema(Schema):
    """What is taxed at one rate (basis points): without the tax, and the tax."""

    rate_bp = fields.Integer(required=True)
    net_minor = fields.Integer(required=True)
    tax_minor = fields.Integer(required=True)


class DebtSchema(Schema):
    """What the customer owed by the ledger before this order and its payments, and after them."""

    before_minor = fields.Integer(required=True)
    after_minor = fields.Integer(required=True)


class PaidSchema(Schema):
    """Money taken in the visit."""

    method = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    reference = fields.String(allow_none=True)


class ReceiptSchema(Schema):
    """All that a receipt says; amounts in minor units of its currency."""

    order_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    state = fields.String(required=True)
    number = fields.String(required=True)
    day = fields.Date(required=True)
    time = fields.String(allow_none=True)
    language = fields.String(required=True)
    currency = fields.String(required=True)
    seller = fields.Nested(PartySchema, required=True)
    customer = fields.Nested(PartySchema, required=True)
    rep = fields.String(allow_none=True)
    items = fields.List(fields.Nested(ItemSchema), required=True)
    tax_minor = fields.Integer(allow_none=True)
    total_minor = fields.Integer(required=True)
    payments = fields.List(fields.Nested(PaidSchema), required=True)
    paid_minor = fields.Integer(required=True)
    balance_minor = fields.Integer(required=True)
    qr = fields.String(required=True)
    against = fields.String(allow_none=True)
    reason = fields.String(allow_none=True)
    copy = fields.Integer(required=True)
    taxes = fields.List(fields.Nested(TaxRowSchema), required=True)
    debt = fields.Nested(DebtSchema, allow_none=True)


class LetterSchema(Schema):
    """A message that waits to be sent."""

    id = fields.UUID(required=True)
    recipient = fields.String(required=True)
    state = fields.String(required=True)
    made_at = fields.DateTime(required=True)
