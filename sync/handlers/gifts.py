"""Goods that are given away."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from fieldsales.gifts import service
from fieldsales.orders.rules import Draft, Line
from fieldsales.orders.service import Taken
from fieldsales.supplies.rules import SHORT
from fieldsales.supplies.service import supply
from sync.handlers.context import Applied, Context, Handler
from sync.handlers.missing import waiting_for_it
from sync.wire import LARGEST_WHOLE, Strict, whole, words


class GivenLineSchema(Strict):
    """One product and how much of it."""

    product_id = fields.UUID(required=True)
    quantity = whole(-LARGEST_WHOLE, required=True)


class GiftSchema(Strict):
    """`gift.submit`, version 1. `currency` is that in which the products are priced."""

    gift_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    reason = words(300, required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    lines = fields.List(fields.Nested(GivenLineSchema), required=True)


def _submit(context: Context, data: dict[str, Any]) -> Applied:
    draft = Draft(
        order_id=data["gift_id"],
        customer_id=data["customer_id"],
        currency=data["currency"],
        lines=tuple(Line(**line, unit_price_minor=0) for line in data["lines"]),
        visit_id=data["visit_id"],
    )
    taken = Taken(context.rep_id, context.at, context.clock_flags, context.approved)
    with waiting_for_it():
        order = service.give(context.session, draft, data["reason"], taken)
    supply(context.desk, order, context.received_at)
    worth = sum(line.quantity * (line.computed_price_minor or 0) for line in order.lines)
    result = {
        "gift_id": str(order.id),
        "given_on": order.ordered_on.isoformat(),
        "currency": order.currency,
        "worth_minor": worth,
    }
    return Applied(result, tuple(order.flags), review=SHORT in order.flags)


SUBMIT = Handler(GiftSchema(), ("gift", "gift_id"), _submit)
