"""Orders taken on site."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from fieldsales.orders import service
from fieldsales.orders.rules import Draft, Line
from fieldsales.visits.service import VisitUnknown
from sync.handlers.context import Applied, Context, Handler, NotHereYet
from sync.wire import LARGEST_WHOLE, Strict, whole


class LineSchema(Strict):
    """One product, how much of it, and the unit price that the customer was told (minor units)."""

    product_id = fields.UUID(required=True)
    quantity = whole(-LARGEST_WHOLE, required=True)
    unit_price_minor = whole(-LARGEST_WHOLE, required=True)


class SubmitSchema(Strict):
    """`order.submit`, version 1. `total_minor`, where told, must be what the lines add up to."""

    order_id = fields.UUID(required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    customer_id = fields.UUID(required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    lines = fields.List(fields.Nested(LineSchema), required=True)
    total_minor = whole(-LARGEST_WHOLE, load_default=None, allow_none=True)


def _submit(context: Context, data: dict[str, Any]) -> Applied:
    draft = Draft(**data | {"lines": tuple(Line(**line) for line in data["lines"])})
    try:
        order = service.place_order(
            context.session, draft, service.Taken(context.rep_id, context.at, context.clock_flags)
        )
    except VisitUnknown as unknown:
        raise NotHereYet("visit", data["visit_id"]) from unknown
    result = {
        "order_id": str(order.id),
        "ordered_on": order.ordered_on.isoformat(),
        "currency": order.currency,
        "amount_minor": order.amount_minor,
    }
    return Applied(result, tuple(order.flags))


SUBMIT = Handler(SubmitSchema(), ("order", "order_id"), _submit)
