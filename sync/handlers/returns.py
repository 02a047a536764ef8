"""Goods that come back."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from fieldsales.billing.queries import check_came
from fieldsales.billing.service import bill
from fieldsales.orders.rules import Draft, Line
from fieldsales.orders.service import Taken
from fieldsales.returns import service
from fieldsales.returns.rules import Return
from fieldsales.supplies.service import supply
from sync.handlers.context import Applied, Context, Handler
from sync.handlers.missing import waiting_for_it
from sync.handlers.orders import LineSchema
from sync.wire import LARGEST_WHOLE, Strict, whole, words


class ReturnedLineSchema(LineSchema):
    """One product, how much of it, what is given back for a unit (minor units), and in what condition it is."""

    condition = words(40, load_default=None, allow_none=True)


class ReturnSchema(Strict):
    """`return.submit`, version 1. Quantities and amounts are told as positive numbers."""

    return_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    against_id = fields.UUID(load_default=None, allow_none=True)
    reason = words(300, required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    lines = fields.List(fields.Nested(ReturnedLineSchema), required=True)
    total_minor = whole(-LARGEST_WHOLE, load_default=None, allow_none=True)


def _submit(context: Context, data: dict[str, Any]) -> Applied:
    conditions = tuple(line.pop("condition") for line in data["lines"])
    draft = Draft(
        order_id=data["return_id"],
        customer_id=data["customer_id"],
        currency=data["currency"],
        lines=tuple(Line(**line) for line in data["lines"]),
        visit_id=data["visit_id"],
        total_minor=data["total_minor"],
    )
    back = Return(draft, data["reason"], conditions, data["against_id"])
    taken = Taken(context.rep_id, context.at, context.clock_flags, context.approved)
    with waiting_for_it():
        order = service.take_back(context.session, back, taken)
    check_came(context.session, order, approved=context.approved)
    supply(context.desk, order, context.received_at)
    bill(context.desk, order, context.received_at)
    result = {
        "return_id": str(order.id),
        "returned_on": order.ordered_on.isoformat(),
        "currency": order.currency,
        "amount_minor": order.amount_minor,
    }
    return Applied(result, tuple(order.flags))


SUBMIT = Handler(ReturnSchema(), ("return", "return_id"), _submit)
