"""What customers bought, day by day."""

from __future__ import annotations

from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.history.rules import History, from_rows
from fieldsales.orders.models import Order, OrderKind
from fieldsales.people.models import Territory


def buying_history(session: Session, since: date, until: date) -> History:
    """Return the orders of all active customers in `[since, until)`, summed by customer and day.

    Amounts are in the currency of the customer's territory; an order in another currency is not counted, as there
    is no exchange rate to add it by.
    """
    customers = session.execute(
        select(Customer.id, Territory.currency)
        .join(Territory, Territory.id == Customer.territory_id)
        .where(Customer.active)
        .order_by(Customer.id)
    ).all()
    sold = func.max(case((Order.kind == OrderKind.SALE, 1), else_=0))
    rows = session.execute(
        select(Order.customer_id, Order.ordered_on, func.sum(Order.amount_minor), sold)
        .join(Customer, Customer.id == Order.customer_id)
        .join(Territory, Territory.id == Customer.territory_id)
        .where(Order.ordered_on >= since, Order.ordered_on < until)
        .where(Customer.active, Order.currency == Territory.currency)
        .group_by(Order.customer_id, Order.ordered_on)
    )
    return from_rows(
        [(customer, currency) for customer, currency in customers],
        ((customer, day, int(amount), bool(ordered)) for customer, day, amount, ordered in rows),
    )
