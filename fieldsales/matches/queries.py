"""Which invoice is of which order, whichever of them came first."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, lazyload

from fieldsales.invoices.models import Credit, Invoice
from fieldsales.invoices.rules import Claim
from fieldsales.matches.rules import ALIKE_DAYS, OrderOfAnother, OrderUnclear, id_in
from fieldsales.orders.models import Order, OrderKind


def told_of(session: Session, order: Order) -> Invoice | Credit | None:
    """Return what another system told of an order before the order came: of several invoices the first."""
    table: type[Credit] | type[Invoice] = Credit if order.kind is OrderKind.RETURN else Invoice
    theirs: Select[Any] = select(table).where(
        table.told_order_id == order.id,
        table.order_id.is_(None),
        table.customer_id == order.customer_id,
        table.currency == order.currency,
    )
    found = session.scalars(theirs.order_by(table.made_at, table.id).limit(1)).one_or_none()
    return found if isinstance(found, Invoice | Credit) else None


def looks_billed(session: Session, order: Order) -> bool:
    """Tell whether another system told of an invoice that names no order and is like this one."""
    alike = select(Invoice.id).where(
        Invoice.customer_id == order.customer_id,
        Invoice.currency == order.currency,
        Invoice.amount_minor == order.amount_minor,
        Invoice.order_id.is_(None),
        Invoice.told_order_id.is_(None),
        Invoice.issued_on.between(order.ordered_on, order.ordered_on + timedelta(days=ALIKE_DAYS)),
    )
    return session.scalar(alike.limit(1)) is not None


def order_named(session: Session, claim: Claim) -> Order | None:
    """Return the order that a claim bills, if it is here: the one that stands in its place where it was amended.

    It is named by the id that the phone gave it, or by its number in the other system. Raises `OrderOfAnother`.
    """
    if not claim.order:
        return None
    given = id_in(claim.order)
    numbered = (Order.customer_id == claim.customer_id, Order.reference == claim.order)
    wanted = [Order.id == given] if given else list(numbered)
    order = session.scalars(select(Order).where(*wanted).options(lazyload("*"))).one_or_none()
    if order is None:
        return None
    if (order.customer_id, order.currency) != (claim.customer_id, claim.currency):
        raise OrderOfAnother(
            f"Order {claim.order} is of another customer or currency than {claim.reference}.",
            mend="Correct the customer, the currency or the order.",
            order=claim.order,
        )
    later = select(Order).options(lazyload("*"))
    while (after := session.scalars(later.where(Order.amends_id == order.id)).one_or_none()) is not None:
        order = after
    return order


def refuse_unclear(session: Session, claim: Claim) -> None:
    """Raise `OrderUnclear` for a new claim that names no order and is like an invoice that was made for one here."""
    if claim.order is not None:
        return
    alike = select(Invoice.order_id).where(
        Invoice.customer_id == claim.customer_id,
        Invoice.currency == claim.currency,
        Invoice.amount_minor == claim.amount_minor,
        Invoice.reference.is_(None),
        Invoice.issued_on.between(claim.issued_on - timedelta(days=ALIKE_DAYS), claim.issued_on),
    )
    order_id = session.scalar(alike.order_by(Invoice.issued_on, Invoice.id).limit(1))
    if order_id is not None:
        raise OrderUnclear(
            f"{claim.reference} may be the invoice of order {order_id}, which is billed here already.",
            mend="Give “order”: its id, or an empty text if it is another sale.",
            order_id=str(order_id),
        )
