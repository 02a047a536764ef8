"""Orders that end: amended or cancelled."""

from __future__ import annotations

import uuid
from typing import Any

from marshmallow import fields, validate

from fieldsales.amendments import service
from fieldsales.orders.models import Order
from fieldsales.orders.rules import Line
from fieldsales.orders.service import Taken
from fieldsales.supplies.rules import SHORT
from fieldsales.visits.rules import merged
from sync.handlers.context import Applied, Context, Handler
from sync.handlers.credit import follow_up, take_off
from sync.handlers.missing import waiting_for_it
from sync.handlers.orders import LineSchema
from sync.handlers.sales import BasisSchema, ToldLineSchema, kept_to_correct, priced
from sync.wire import LARGEST_WHOLE, Strict, whole, words


class AmendSchema(Strict):
    """`order.amend`, version 1: all lines as they should be, in an order of its own id."""

    order_id = fields.UUID(required=True)
    amends_id = fields.UUID(required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    lines = fields.List(fields.Nested(LineSchema), required=True)
    total_minor = whole(-LARGEST_WHOLE, load_default=None, allow_none=True)
    reason = words(300, load_default=None, allow_none=True)


class CancelSchema(Strict):
    """`order.cancel`, version 1: of an order, a return or a gift."""

    order_id = fields.UUID(required=True)
    reason = words(300, required=True)


class AmendPricedSchema(Strict):
    """`order.amend`, version 2: all lines as they should be, priced as in version 2 of `order.submit`."""

    order_id = fields.UUID(required=True)
    amends_id = fields.UUID(required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    basis = fields.Nested(BasisSchema, required=True)
    lines = fields.List(fields.Nested(ToldLineSchema), required=True)
    total_minor = whole(-LARGEST_WHOLE, required=True)
    reason = words(300, load_default=None, allow_none=True)


def _amend(context: Context, data: dict[str, Any]) -> Applied:
    amendment = service.Amendment(**data | {"lines": tuple(Line(**line) for line in data["lines"])})
    with waiting_for_it():
        order = service.amend_order(context.session, amendment, _taken(context))
    return _amended(context, order, amendment.amends_id)


def _amend_priced(context: Context, data: dict[str, Any]) -> Applied:
    with kept_to_correct(), waiting_for_it():
        amendment = service.PricedAmendment(**priced(data))
        order = service.amend_priced(context.session, amendment, _taken(context))
    return _amended(context, order, amendment.amends_id)


def _amended(context: Context, order: Order, amends_id: uuid.UUID) -> Applied:
    take_off(context, context.session.get_one(Order, amends_id))
    follow_up(context, order)
    result = {
        "order_id": str(order.id),
        "amends_id": str(amends_id),
        "ordered_on": order.ordered_on.isoformat(),
        "currency": order.currency,
        "amount_minor": order.amount_minor,
    }
    return Applied(result, tuple(order.flags), review=SHORT in order.flags)


def _cancel(context: Context, data: dict[str, Any]) -> Applied:
    with waiting_for_it():
        flags = service.cancel_order(context.session, data["order_id"], data["reason"], _taken(context))
    odd = take_off(context, context.session.get_one(Order, data["order_id"]))
    return Applied({"order_id": str(data["order_id"])}, tuple(merged(flags, *odd)), review=bool(odd))


def _taken(context: Context) -> Taken:
    return Taken(context.rep_id, context.at, context.clock_flags, context.approved)


AMEND = Handler(AmendSchema(), ("order", "order_id"), _amend)
AMEND_PRICED = Handler(AmendPricedSchema(), ("order", "order_id"), _amend_priced)
CANCEL = Handler(CancelSchema(), ("order", "order_id"), _cancel)
