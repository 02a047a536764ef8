"""Goods that come back in any unit: version 2 of `return.submit`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from fieldsales.billing.queries import check_came
from fieldsales.billing.service import bill
from fieldsales.orders.service import Taken
from fieldsales.refunds.rules import Back, BackLine
from fieldsales.refunds.service import refund
from fieldsales.supplies.service import supply
from fieldsales.units.rules import EACH
from sync.handlers.context import Applied, Context, Handler
from sync.handlers.missing import waiting_for_it
from sync.handlers.sales import kept_to_correct
from sync.wire import LARGEST_WHOLE, Strict, whole, words


class BackLineSchema(Strict):
    """So much of a unit of a product, what is given for it with its tax (minor units), and in what condition it is."""

    line = whole(1, 100_000, required=True)
    product_id = fields.UUID(required=True)
    unit = words(20, load_default=EACH)
    quantity = whole(-LARGEST_WHOLE, required=True)
    amount_minor = whole(-LARGEST_WHOLE, required=True)
    condition = words(40, load_default=None, allow_none=True)


class RefundSchema(Strict):
    """`return.submit`, version 2. Quantities and amounts are told as positive numbers."""

    return_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    against_id = fields.UUID(load_default=None, allow_none=True)
    reason = words(300, required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    lines = fields.List(fields.Nested(BackLineSchema), required=True)
    total_minor = whole(-LARGEST_WHOLE, required=True)


def back_of(data: Mapping[str, Any]) -> Back:
    """Return the goods that come back. Raises what `Back` raises for what cannot be."""
    told = {name: value for name, value in data.items() if name != "return_id"}
    return Back(**told | {"order_id": data["return_id"], "lines": tuple(BackLine(**line) for line in data["lines"])})


def _submit(context: Context, data: dict[str, Any]) -> Applied:
    taken = Taken(context.rep_id, context.at, context.clock_flags, context.approved)
    with kept_to_correct(), waiting_for_it():
        order = refund(context.session, back_of(data), taken)
    check_came(context.session, order, approved=context.approved)
    supply(context.desk, order, context.received_at)
    bill(context.desk, order, context.received_at)
    result = {
        "return_id": str(order.id),
        "returned_on": order.ordered_on.isoformat(),
        "currency": order.currency,
        "amount_minor": order.amount_minor,
        "tax_minor": order.tax_minor,
    }
    return Applied(result, tuple(order.flags))


SUBMIT = Handler(RefundSchema(), ("return", "return_id"), _submit)
