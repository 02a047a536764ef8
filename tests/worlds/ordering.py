"""Orders that are to be delivered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session
from worlds.small_town import NOON, SmallTown

from fieldsales.db.base import new_id
from fieldsales.deliveries.rules import Told
from fieldsales.deliveries.service import Report
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Origin


def ordered(session: Session, world: SmallTown, *quantities: int, shop: str = "Bakery", **told: Any) -> Order:
    """Have Anna sell the first products of the town, so many pieces of each, with tax in every amount."""
    products = list(world.products.values())
    lines = [
        OrderLine(
            line_no=number,
            product_id=product.id,
            quantity=pieces,
            unit_price_minor=product.price_minor,
            amount_minor=product.price_minor * pieces,
            tax_minor=product.price_minor * pieces // 6,
        )
        for number, (product, pieces) in enumerate(zip(products, quantities, strict=False), start=1)
    ]
    facts: dict[str, Any] = {
        "kind": OrderKind.SALE,
        "origin": Origin.FIELD,
        "ordered_on": NOON.date(),
        "ordered_at": NOON,
        "state": OrderState.PLACED,
        "flags": [],
    }
    order = Order(
        id=new_id(),
        customer_id=world.customers[shop].id,
        rep_id=world.anna.id,
        currency="EUR",
        amount_minor=sum(each.amount_minor for each in lines),
        tax_minor=sum(each.tax_minor or 0 for each in lines),
        lines=lines,
        **facts | told,
    )
    session.add(order)
    session.flush()
    return order


def report(order: Order, *lines: Told, at: datetime = NOON, day: date | None = None, **told: Any) -> Report:
    """Return a report of a delivery; without lines that all came."""
    return Report(new_id(), order.id, at, day or at.date(), lines or None, **told)
