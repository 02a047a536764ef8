"""Taking money. What was taken is recorded once, whoever took it from whom."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from fieldsales.clock import local_day
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.errors import Conflict
from fieldsales.people.models import Territory
from fieldsales.receivables.models import Payment
from fieldsales.receivables.rules import VISIT_MISMATCH, VISIT_UNKNOWN, Receipt, money_flags
from fieldsales.visits.models import Visit
from fieldsales.visits.queries import standing_of
from fieldsales.visits.rules import merged, standing_flags
from fieldsales.visits.service import Call


class PaymentTaken(Conflict):
    """The id stands for another payment. Give each payment an id of its own."""

    code = "payment.id_taken"
    title = "That payment is another one"


def collect(session: Session, receipt: Receipt, call: Call) -> Payment:
    """Record money in hand; what is odd about it is flagged.

    It waits for no visit: where that is unknown, or not the rep's own at that customer, the payment stands without it,
    flagged. Raises `CustomerNotFound`, `PaymentTaken`.
    """
    standing = standing_of(session, call.rep_id, receipt.customer_id, call.at)
    if standing is None:
        raise CustomerNotFound(f"There is no customer {receipt.customer_id}.", customer_id=str(receipt.customer_id))
    if session.get(Payment, receipt.payment_id) is not None:
        raise PaymentTaken("The id stands for another payment.", mend="Give each payment an id of its own.")
    currency = session.scalars(select(Territory.currency).where(Territory.id == standing.customer.territory_id)).one()
    visit_id, odd = _visit_of(session, receipt, call.rep_id)
    payment = Payment(
        id=receipt.payment_id,
        customer_id=receipt.customer_id,
        rep_id=call.rep_id,
        visit_id=visit_id,
        method=receipt.method,
        currency=receipt.currency,
        amount_minor=receipt.amount_minor,
        paid_on=local_day(call.at, standing.time_zone),
        paid_at=call.at,
        reference=receipt.reference,
        flags=merged(
            [*call.flags],
            *standing_flags(active=standing.customer.active, served=standing.served),
            *odd,
            *money_flags(receipt, currency),
        ),
    )
    session.add(payment)
    session.flush()
    return payment


def _visit_of(session: Session, receipt: Receipt, rep_id: uuid.UUID) -> tuple[uuid.UUID | None, tuple[str, ...]]:
    """Return the visit that a payment hangs from, and what is odd about the one that was told."""
    if receipt.visit_id is None:
        return None, ()
    visit = session.get(Visit, receipt.visit_id, options=[lazyload("*")])
    if visit is None:
        return None, (VISIT_UNKNOWN,)
    if (visit.rep_id, visit.customer_id) != (rep_id, receipt.customer_id):
        return None, (VISIT_MISMATCH,)
    return visit.id, ()
