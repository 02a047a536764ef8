"""Setting credit limits, and judging an order by them."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.credits.models import CreditTerms
from fieldsales.credits.queries import credit_policies, standings, terms_of
from fieldsales.credits.rules import LimitInvalid, Standing, judge_credit
from fieldsales.customers.queries import require_customer_to_manage
from fieldsales.db.desk import Desk
from fieldsales.invoices.rules import MOST_MINOR
from fieldsales.invoices.service import hold_customer
from fieldsales.money import exponent
from fieldsales.orders.models import Order
from fieldsales.people.rules import Actor
from fieldsales.selling.rules import Then
from fieldsales.visits.rules import merged


def check_credit(desk: Desk, order: Order, day: date, *, approved: Collection[str]) -> None:
    """Judge an order that was just taken by its customer's limit, and flag it; raise what `judge_credit` raises.

    Customers without a limit cost no more than one look, which many orders share.
    """
    terms = (desk.find(terms_of, order.customer_id) or {}).get(order.currency)
    if terms is None or terms.limit_minor is None:
        return
    policy = desk.find(credit_policies, day)
    if policy is None or policy.over_limit is Then.OFF:
        return
    desk.write()
    hold_customer(desk.session, order.customer_id)
    there = standings(desk.session, [order.customer_id], day, without=order.id).get(order.customer_id, {})
    standing = there.get(order.currency) or Standing(order.currency, terms.limit_minor)
    odd = judge_credit(policy, standing, order.amount_minor, approved=approved)
    if odd:
        order.flags = merged(order.flags, *odd)


def set_terms(
    session: Session,
    customer_id: uuid.UUID,
    currency: str,
    limit_minor: int | None,
    payment_days: int | None,
    *,
    by: Actor | None,
    now: datetime,
) -> CreditTerms:
    """Say how much a customer may owe in a currency and how long it has to pay; None: no limit, the policy's days.

    Raises `CustomerNotFound`, `NotYourCustomer`, `LimitInvalid`, `UnknownCurrency`.
    """
    exponent(currency)
    if not 0 <= (limit_minor or 0) <= MOST_MINOR or not 0 <= (payment_days or 0) <= 365:
        raise LimitInvalid("That is no limit or no number of days.", mend="Give 0 or more, and at most 365 days.")
    require_customer_to_manage(session, by, customer_id)
    hold_customer(session, customer_id)
    terms = session.get(CreditTerms, (customer_id, currency))
    before = {"limit_minor": terms.limit_minor, "payment_days": terms.payment_days} if terms else None
    after = {"limit_minor": limit_minor, "payment_days": payment_days}
    if terms is not None and before == after:
        return terms
    if terms is None:
        terms = CreditTerms(customer_id=customer_id, currency=currency)
        session.add(terms)
    terms.limit_minor, terms.payment_days = limit_minor, payment_days
    terms.set_at, terms.set_by = now, by.user_id if by else None
    subject = ("customer", customer_id)
    record(
        session, "credit.set", subject, actor_id=terms.set_by, now=now, currency=currency, before=before, after=after
    )
    session.flush()
    return terms
