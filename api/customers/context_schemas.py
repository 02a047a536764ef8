"""What is known of a customer before an order, as it is told."""

from __future__ import annotations

from marshmallow import Schema, fields


class HabitSchema(Schema):
    """A product that the customer buys: how often, how much usually, every how many days, when next."""

    product_id = fields.UUID(required=True)
    days = fields.Integer(required=True)
    usual_pieces = fields.Integer(required=True)
    last_on = fields.String(required=True)
    every_days = fields.Integer(required=True, allow_none=True)
    due_on = fields.String(required=True, allow_none=True)


class ProductProposalSchema(Schema):
    """A product that similar customers buy and this one does not, and the product of its own that speaks for it."""

    product_id = fields.UUID(required=True)
    because_of = fields.UUID(required=True)
    customers = fields.Integer(required=True)
    score = fields.Float(required=True)


class OpenPromotionSchema(Schema):
    """A promotion that is open to the customer today."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    until = fields.String(required=True, allow_none=True)


class OrderContextSchema(Schema):
    """What is known of a customer's buying on the morning of a day: docs/pricing.md."""

    day = fields.String(required=True)
    tier = fields.String(required=True, allow_none=True)
    discount_bp = fields.Integer(required=True)
    price_books = fields.Dict(required=True, metadata={"description": "version by currency"})
    terms = fields.Dict(required=True, metadata={"description": "version by currency; empty without contracts"})
    promotions = fields.List(fields.Nested(OpenPromotionSchema), required=True)
    last_orders = fields.List(fields.Dict(), required=True)
    favourites = fields.List(fields.Nested(HabitSchema), required=True)
    proposals = fields.List(fields.Nested(ProductProposalSchema), required=True)
    returns = fields.List(fields.Dict(), required=True)
    out_of_stock = fields.List(
        fields.UUID(),
        required=True,
        metadata={"description": "what it buys, or is proposed, that its warehouse has nothing left of"},
    )
    receivables = fields.List(
        fields.Dict(), required=True, metadata={"description": "by currency: owed, overdue, ageing, limit, credit left"}
    )
