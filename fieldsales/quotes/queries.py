"""Former orders, to try prices on."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.orders.models import Order, OrderKind, OrderState
from fieldsales.people.rules import Actor

Found = list[tuple[Order, str | None]]


def last_sales(
    session: Session, by: Actor | None, currency: str, most: int, *, customer_id: uuid.UUID | None = None
) -> Found:
    """Return the latest sales with known lines that somebody may see, the newest first, each with the buyer's tier."""
    seen = visible_customers(by).with_only_columns(Customer.id)
    statement = (
        select(Order, Customer.tier)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.kind == OrderKind.SALE, Order.state == OrderState.PLACED, Order.currency == currency)
        .where(Order.customer_id.in_(seen), Order.lines.any())
        .order_by(Order.ordered_on.desc(), Order.id.desc())
        .limit(most)
    )
    if customer_id is not None:
        statement = statement.where(Order.customer_id == customer_id)
    return [(order, tier) for order, tier in session.execute(statement).unique()]
