"""Money taken on site."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from fieldsales.allocations.rules import Choice
from fieldsales.allocations.service import take_payment
from fieldsales.receivables.models import Method
from fieldsales.receivables.rules import FOR_A_PERSON, Receipt
from fieldsales.visits.service import Call
from sync.handlers.context import Applied, Context, Handler
from sync.handlers.missing import waiting_for_it
from sync.wire import LARGEST_WHOLE, Strict, whole, words


class ChosenSchema(Strict):
    """An invoice that the money is meant for, and how much of it (minor units)."""

    invoice_id = fields.UUID(required=True)
    amount_minor = whole(1, required=True)


class CollectSchema(Strict):
    """`payment.collect`, version 1. `reference` is what the paper or the wallet calls it.

    Without `invoices` the money pays the oldest first; an empty list leaves it on account.
    """

    payment_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    method = fields.Enum(Method, by_value=True, required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    amount_minor = whole(-LARGEST_WHOLE, required=True)
    reference = words(80, load_default=None, allow_none=True)
    invoices = fields.List(
        fields.Nested(ChosenSchema), load_default=None, allow_none=True, validate=validate.Length(max=200)
    )


def _collect(context: Context, data: dict[str, Any]) -> Applied:
    call = Call(context.rep_id, context.at, context.received_at, flags=context.clock_flags)
    told = data.pop("invoices")
    choices = None if told is None else [Choice(**each) for each in told]
    with waiting_for_it():
        taken = take_payment(context.session, Receipt(**data), call, choices)
    payment = taken.payment
    result = {
        "payment_id": str(payment.id),
        "paid_on": payment.paid_on.isoformat(),
        "currency": payment.currency,
        "amount_minor": payment.amount_minor,
        "allocated_minor": taken.allocated_minor,
        "on_account_minor": taken.on_account_minor,
    }
    return Applied(result, tuple(payment.flags), review=not FOR_A_PERSON.isdisjoint(payment.flags))


COLLECT = Handler(CollectSchema(), ("payment", "payment_id"), _collect)
