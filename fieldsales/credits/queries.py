"""How customers stand: limits, and all that counts against them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from datetime import date, timedelta

from sqlalchemy import Select, and_, exists, func, select
from sqlalchemy.orm import Session

from fieldsales.credits.models import CreditTerms
from fieldsales.credits.rules import CREDIT, CreditPolicy, Standing
from fieldsales.deliveries.models import DeliveryLine
from fieldsales.deliveries.rules import part_of
from fieldsales.invoices.models import Credit, Invoice
from fieldsales.invoices.queries import aged_debts, on_account
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Origin
from fieldsales.policies.queries import in_force


def credit_policies(session: Session, days: Collection[date]) -> dict[date, CreditPolicy]:
    """Return the policy of each day."""
    return {day: in_force(session, CREDIT, day).value for day in days}


def terms_of(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, CreditTerms]]:
    """Return the terms of customers by currency; no entry where nothing was set."""
    found: dict[uuid.UUID, dict[str, CreditTerms]] = defaultdict(dict)
    theirs = select(CreditTerms).where(CreditTerms.customer_id.in_(customer_ids)).order_by(CreditTerms.currency)
    for each in session.scalars(theirs):
        found[each.customer_id][each.currency] = each
    return dict(found)


def standings(
    session: Session, customer_ids: Collection[uuid.UUID], day: date, *, without: uuid.UUID | None = None
) -> dict[uuid.UUID, dict[str, Standing]]:
    """Return how customers stand on a day, by currency, in a number of queries that does not grow with them.

    `without` leaves an order out that is being judged. There is no entry where nothing is known.
    """
    policy = in_force(session, CREDIT, day).value
    aged, spare = aged_debts(session, customer_ids, day), on_account(session, customer_ids)
    limits = terms_of(session, customer_ids)
    ordered = _ordered(session, customer_ids, day - timedelta(days=policy.uninvoiced_days), without)
    found: dict[uuid.UUID, dict[str, Standing]] = {}
    for who in customer_ids:
        told = (aged.get(who, {}), spare.get(who, {}), ordered.get(who, {}), limits.get(who, {}))
        for currency in sorted({name for each in told for name in each}):
            terms = limits.get(who, {}).get(currency)
            found.setdefault(who, {})[currency] = Standing(
                currency=currency,
                limit_minor=terms.limit_minor if terms else None,
                invoiced_minor=sum(aged.get(who, {}).get(currency, {}).values()),
                ordered_minor=ordered.get(who, {}).get(currency, 0),
                on_account_minor=spare.get(who, {}).get(currency, 0),
            )
    return found


def _ordered(
    session: Session, customer_ids: Collection[uuid.UUID], since: date, without: uuid.UUID | None
) -> dict[uuid.UUID, dict[str, int]]:
    """Return what was sold in the field, less what came back, and stands in no invoice or credit note yet.

    Of an order whose deliveries are billed one by one that is the rest; what will not be delivered any more is left
    out.
    """
    keys = (Order.customer_id, Order.currency)
    billed = (
        select(func.coalesce(func.sum(Invoice.amount_minor), 0))
        .where(Invoice.order_id == Order.id, Invoice.delivery_report_id.is_not(None))
        .correlate(Order)
        .scalar_subquery()
    )
    unbilled = (
        select(Order.id)
        .where(Order.customer_id.in_(customer_ids), Order.ordered_on > since, Order.origin == Origin.FIELD)
        .where(Order.state == OrderState.PLACED, Order.kind != OrderKind.GIFT)
        .where(~exists().where(Invoice.order_id == Order.id, Invoice.delivery_report_id.is_(None)))
        .where(~exists().where(Credit.order_id == Order.id))
        .where(~exists().where(Invoice.told_order_id == Order.id))
        .where(~exists().where(Credit.told_order_id == Order.id))
    )
    if without is not None:
        unbilled = unbilled.where(Order.id != without)
    rows = select(*keys, func.sum(Order.amount_minor - billed)).where(Order.id.in_(unbilled)).group_by(*keys)
    given_up = _given_up(session, unbilled)
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for customer_id, currency, amount in session.execute(rows):
        found[customer_id][currency] = int(amount) - given_up.get(customer_id, {}).get(currency, 0)
    return found


def _given_up(session: Session, orders: Select[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """Return what was ordered and will not be delivered any more, in minor units."""
    rows = session.execute(
        select(Order.customer_id, Order.currency, OrderLine.amount_minor, DeliveryLine.ordered, DeliveryLine.cancelled)
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(DeliveryLine, and_(DeliveryLine.delivery_id == Order.id, DeliveryLine.line_no == OrderLine.line_no))
        .where(Order.id.in_(orders), DeliveryLine.cancelled > 0)
    )
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for customer_id, currency, amount, ordered, cancelled in rows:
        found[customer_id][currency] += part_of(amount, ordered, ordered - cancelled, cancelled)
    return found
