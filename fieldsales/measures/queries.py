"""What only the database knows of how a customer buys: the margin of its lines, what it paid, and who is like it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date

import numpy as np
from sqlalchemy import String, and_, cast, func, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Customer
from fieldsales.history.rules import History, Ints
from fieldsales.measures.rules import city_class
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState
from fieldsales.receivables.models import Payment


def margins(session: Session, history: History, since: date, until: date) -> tuple[Ints, Ints]:
    """Return for each customer the amount of lines of known cost in `[since, until)`, and what they cost us.

    The cost is the product's present one; what comes back counts against both.
    """
    priced = and_(Product.cost_minor.is_not(None), Product.currency == Order.currency)
    lines = (
        select(
            cast(Order.customer_id, String),
            Order.currency,
            func.sum(OrderLine.amount_minor),
            func.sum(OrderLine.quantity * Product.cost_minor),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .join(Product, and_(Product.id == OrderLine.product_id, priced))
        .where(Order.ordered_on >= since, Order.ordered_on < until)
        .where(Order.state == OrderState.PLACED, Order.kind != OrderKind.GIFT)
        .group_by(Order.customer_id, Order.currency)
    )
    place = _places(session, history)
    costed, cost = np.zeros(len(history), dtype=np.int64), np.zeros(len(history), dtype=np.int64)
    for who, currency, amount, cost_minor in session.execute(lines):
        if (at := place.get((who, currency))) is not None:
            costed[at], cost[at] = int(amount), int(cost_minor)
    return costed, cost


def payments(session: Session, history: History, since: date, until: date) -> Ints:
    """Return what each customer paid to reps in `[since, until)`, in its own currency."""
    rows = session.execute(
        select(cast(Payment.customer_id, String), Payment.currency, func.sum(Payment.amount_minor))
        .where(Payment.paid_on >= since, Payment.paid_on < until)
        .group_by(Payment.customer_id, Payment.currency)
    )
    place, paid = _places(session, history), np.zeros(len(history), dtype=np.int64)
    for who, currency, amount in rows:
        if (at := place.get((who, currency))) is not None:
            paid[at] = int(amount)
    return paid


def likeness(session: Session, history: History) -> list[Ints]:
    """Return the groups of similar customers, from the likest on.

    They are category and size of the city, category alone, size of the city alone, everybody of the currency.
    """
    rows = session.execute(select(Customer.id, Customer.category, Customer.city).where(Customer.active)).all()
    told = {who: (_tidy(category), _tidy(city)) for who, category, city in rows}
    sizes = Counter(city for _, city in told.values())
    nothing = ("", "")
    columns = [told.get(who, nothing) for who in history.customers]
    classes = [(category, city_class(sizes[city]) if city else -1) for category, city in columns]
    return [
        _numbered([(currency, *both) for currency, both in zip(history.currencies, classes, strict=True)]),
        _numbered([(currency, category) for currency, (category, _) in zip(history.currencies, classes, strict=True)]),
        _numbered([(currency, size) for currency, (_, size) in zip(history.currencies, classes, strict=True)]),
        _numbered(list(history.currencies)),
    ]


def _places(session: Session, history: History) -> dict[tuple[str, str], int]:
    """The place of each customer by its id as the database writes it, and its currency."""
    short = session.connection().dialect.name == "sqlite"
    return {
        (who.hex if short else str(who), currency): at
        for at, (who, currency) in enumerate(zip(history.customers, history.currencies, strict=True))
    }


def _numbered(names: Sequence[object]) -> Ints:
    numbers: dict[object, int] = {}
    return np.array([numbers.setdefault(name, len(numbers)) for name in names], dtype=np.int64)


def _tidy(name: str | None) -> str:
    return (name or "").strip().casefold()
