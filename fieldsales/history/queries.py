"""What customers bought, day by day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import lru_cache

import numpy as np
from sqlalchemy import Row, String, case, cast, func, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.history.rules import History, Ints, from_columns
from fieldsales.orders.models import Order, OrderKind, OrderState
from fieldsales.people.models import Territory

_CHUNK = 50_000


def buying_history(session: Session, since: date, until: date) -> History:
    """Return the orders of all active customers in `[since, until)`, summed by customer and day.

    Only orders that stand count, and gifts were not bought. Amounts are in the currency of the customer's territory;
    an order in another currency is not counted, as there is no exchange rate to add it by.
    """
    customers = session.execute(
        select(Customer.id, Territory.currency, cast(Customer.id, String).label("as_text"))
        .join(Territory, Territory.id == Customer.territory_id)
        .where(Customer.active)
        .order_by(Customer.id)
    ).all()
    # Ids and days as text: a hundred times fewer days than rows, and no UUID made for each of millions of rows.
    rows = session.connection().execute(
        select(
            cast(Order.customer_id, String).label("customer"),
            cast(Order.ordered_on, String).label("day"),
            Order.currency,
            func.sum(Order.amount_minor),
            func.max(case((Order.kind == OrderKind.SALE, 1), else_=0)),
        )
        .where(Order.ordered_on >= since, Order.ordered_on < until)
        .where(Order.state == OrderState.PLACED, Order.kind != OrderKind.GIFT)
        .group_by(Order.customer_id, Order.ordered_on, Order.currency)
    )
    place = {(text, currency): at for at, (_, currency, text) in enumerate(customers)}
    return from_columns(
        [(customer, currency) for customer, currency, _ in customers],
        np.concatenate([_placed(chunk, place) for chunk in rows.partitions(_CHUNK)] or [np.empty((0, 4), np.int64)]),
    )


def _placed(rows: Sequence[Row[str, str, str, int, int]], place: Mapping[tuple[str, str], int]) -> Ints:
    """Rows as numbers: index of the customer, ordinal of the day, net amount, whether ordered."""
    return np.array(
        [
            (at, _ordinal(day), int(amount), ordered)
            for text, day, currency, amount, ordered in rows
            if (at := place.get((text, currency))) is not None
        ],
        dtype=np.int64,
    ).reshape(-1, 4)


@lru_cache(maxsize=10_000)
def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()
