"""Writing down what is known of customers before an order, for phones to take along."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.contexts.models import OrderContext
from fieldsales.contexts.queries import drafted_contexts
from fieldsales.customers.models import Customer


def refresh_contexts(session: Session, day: date, customer_ids: Collection[uuid.UUID] | None = None) -> int:
    """Write down what is known of customers on the morning of a day: of all active ones, or of some.

    Only what says something new is written, so that phones pull no more than that; return for how many it was.
    """
    wanted = select(Customer).where(Customer.active).order_by(Customer.id)
    if customer_ids is not None:
        wanted = wanted.where(Customer.id.in_(customer_ids))
    customers = session.scalars(wanted).all()
    ids = [each.id for each in customers]
    there = session.scalars(select(OrderContext).where(OrderContext.customer_id.in_(ids)))
    stored = {each.customer_id: each for each in there}
    changed = 0
    for customer_id, body in drafted_contexts(session, customers, day).items():
        before = stored.get(customer_id)
        if before is not None and _facts(before.body) == _facts(body):
            continue
        changed += 1
        if before is None:
            session.add(OrderContext(customer_id=customer_id, made_on=day, body=dict(body)))
        else:
            before.made_on, before.body = day, dict(body)
    session.flush()
    return changed


def refresh_known(session: Session, day: date, customer_id: uuid.UUID) -> None:
    """Write down again what is known of a customer, if phones hold it."""
    if session.scalar(select(OrderContext.id).where(OrderContext.customer_id == customer_id)) is not None:
        refresh_contexts(session, day, [customer_id])


def _facts(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a document says besides its day."""
    return {name: value for name, value in body.items() if name != "day"}
