"""What was given away."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState


def given_in_month(session: Session, rep_id: uuid.UUID, currency: str, day: date) -> int:
    """Return what a rep's gifts of the calendar month of a day are worth at our prices then, in minor units."""
    first = day.replace(day=1)
    after = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    worth = func.sum(OrderLine.quantity * func.coalesce(OrderLine.computed_price_minor, 0))
    total = session.scalar(
        select(worth)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.rep_id == rep_id, Order.kind == OrderKind.GIFT, Order.state == OrderState.PLACED)
        .where(Order.currency == currency, Order.ordered_on >= first, Order.ordered_on < after)
    )
    return int(total or 0)
