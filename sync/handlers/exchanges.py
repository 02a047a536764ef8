"""Goods that come back and goods given in their place, in one mutation."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from fieldsales.allocations.rules import Choice
from fieldsales.allocations.service import take_payment
from fieldsales.billing.queries import check_came
from fieldsales.billing.service import bill, offset
from fieldsales.exchanges import service
from fieldsales.exchanges.rules import Exchange
from fieldsales.exchanges.service import Halves
from fieldsales.invoices.queries import invoice_of_order
from fieldsales.orders.models import Supply
from fieldsales.orders.service import Taken
from fieldsales.receivables.models import Method
from fieldsales.receivables.rules import Receipt
from fieldsales.sales.rules import Told
from fieldsales.supplies.rules import SHORT
from fieldsales.supplies.service import supply
from fieldsales.visits.rules import merged
from fieldsales.visits.service import Call
from sync.handlers.context import Applied, Context, Handler
from sync.handlers.credit import follow_up, take_off
from sync.handlers.missing import waiting_for_it
from sync.handlers.refunds import BackLineSchema, back_of
from sync.handlers.sales import BasisSchema, ToldLineSchema, kept_to_correct, priced
from sync.wire import LARGEST_WHOLE, Strict, whole, words


class BackSchema(Strict):
    """What comes back, as in version 2 of `return.submit`."""

    return_id = fields.UUID(required=True)
    against_id = fields.UUID(load_default=None, allow_none=True)
    reason = words(300, required=True)
    lines = fields.List(fields.Nested(BackLineSchema), required=True)
    total_minor = whole(-LARGEST_WHOLE, required=True)


class BalancePaidSchema(Strict):
    """Money that was taken for the balance."""

    payment_id = fields.UUID(required=True)
    method = fields.Enum(Method, by_value=True, required=True)
    amount_minor = whole(-LARGEST_WHOLE, required=True)
    reference = words(80, load_default=None, allow_none=True)


class ExchangeSchema(Strict):
    """`exchange.submit`, version 1. `exchange_id` is the id of the order of what is given."""

    exchange_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    visit_id = fields.UUID(load_default=None, allow_none=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    basis = fields.Nested(BasisSchema, required=True)
    lines = fields.List(fields.Nested(ToldLineSchema), required=True)
    total_minor = whole(-LARGEST_WHOLE, required=True)
    back = fields.Nested(BackSchema, required=True)
    balance_minor = whole(-LARGEST_WHOLE, required=True)
    payment = fields.Nested(BalancePaidSchema, load_default=None, allow_none=True)


class CancelExchangeSchema(Strict):
    """`exchange.cancel`, version 1: both halves are called off."""

    exchange_id = fields.UUID(required=True)
    reason = words(300, required=True)


def _submit(context: Context, data: dict[str, Any]) -> Applied:
    with kept_to_correct(), waiting_for_it():
        told = _told(data)
        halves = service.exchange(context.session, told, _taken(context))
    check_came(context.session, halves.back, approved=context.approved)
    supply(context.desk, halves.back, context.received_at)
    bill(context.desk, halves.back, context.received_at)
    follow_up(context, halves.given)
    offset(context.session, halves.given, halves.back, context.received_at)
    odd = () if told.payment is None else _pay(context, halves, told.payment)
    result = {
        "exchange_id": str(halves.given.id),
        "return_id": str(halves.back.id),
        "exchanged_on": halves.given.ordered_on.isoformat(),
        "currency": halves.given.currency,
        "balance_minor": halves.balance_minor,
    }
    flags = merged(halves.given.flags, *halves.back.flags, *odd)
    return Applied(result, tuple(flags), review=SHORT in flags)


def _told(data: dict[str, Any]) -> Exchange:
    about = {name: data[name] for name in ("customer_id", "visit_id", "currency")}
    given = about | {name: data[name] for name in ("basis", "lines", "total_minor")}
    paid = data["payment"]
    return Exchange(
        given=Told(order_id=data["exchange_id"], supply=Supply.VAN, **priced(given)),
        back=back_of(about | data["back"]),
        balance_minor=data["balance_minor"],
        payment=None if paid is None else Receipt(**about | paid),
    )


def _pay(context: Context, halves: Halves, receipt: Receipt) -> tuple[str, ...]:
    """Take the money that was paid for the balance: it pays the invoice of the exchange, what is more is credit."""
    call = Call(context.rep_id, context.at, context.received_at, flags=context.clock_flags)
    invoice = invoice_of_order(context.session, halves.given.id)
    choices = None
    if invoice is not None and invoice.open_minor > 0 and receipt.amount_minor <= invoice.open_minor:
        choices = [Choice(invoice.id, receipt.amount_minor)]
    return tuple(take_payment(context.session, receipt, call, choices).payment.flags)


def _cancel(context: Context, data: dict[str, Any]) -> Applied:
    with waiting_for_it():
        halves, flags = service.cancel_exchange(context.session, data["exchange_id"], data["reason"], _taken(context))
    odd = take_off(context, halves.given, halves.back)
    return Applied({"exchange_id": str(data["exchange_id"])}, tuple(merged(flags, *odd)), review=bool(odd))


def _taken(context: Context) -> Taken:
    return Taken(context.rep_id, context.at, context.clock_flags, context.approved)


SUBMIT = Handler(ExchangeSchema(), ("exchange", "exchange_id"), _submit)
CANCEL = Handler(CancelExchangeSchema(), ("exchange", "exchange_id"), _cancel)
