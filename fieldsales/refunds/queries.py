"""Free goods that came back."""

from __future__ import annotations

from collections import Counter

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from fieldsales.orders.models import Order, OrderLine, OrderState


def free_pieces_back(session: Session, order: Order) -> Counter[str]:
    """Return how many pieces came back for nothing of an order, and of those whose place it took, by product id."""
    chain = select(Order.id, Order.amends_id).where(Order.id == order.id).cte("chain", recursive=True)
    before = aliased(Order)
    chain = chain.union_all(select(before.id, before.amends_id).join(chain, before.id == chain.c.amends_id))
    rows = session.execute(
        select(OrderLine.product_id, OrderLine.quantity)
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.against_id.in_(select(chain.c.id)), Order.state == OrderState.PLACED)
        .where(OrderLine.amount_minor == 0)
    )
    found: Counter[str] = Counter()
    for product_id, quantity in rows:
        found[str(product_id)] -= quantity
    return found
