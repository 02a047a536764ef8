"""Which orders of a file are known already."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from datetime import date
from typing import NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from fieldsales.db.bulk import slices
from fieldsales.imports.models import MendedLine
from fieldsales.imports.orders.rules import Line
from fieldsales.orders.models import Order, OrderLine, Origin

_ORDERS = uuid.UUID("5a1e5f1e-1d00-5000-8000-0de2f0000001")

Key = tuple[str, str]
"""A customer's id as hex, and the number that the other system gave the order: numbers repeat between customers."""


class Known(NamedTuple):
    """An order that is stored."""

    id: uuid.UUID
    run_id: uuid.UUID | None
    origin: Origin
    day: date
    amount: int
    currency: str


_KNOWN = (Order.id, Order.import_run_id, Order.origin, Order.ordered_on, Order.amount_minor, Order.currency)


def order_id(key: Key) -> uuid.UUID:
    """Return the id of an imported order: the same for the same customer and number, without a look-up (RFC 9562)."""
    return uuid.uuid5(_ORDERS, " ".join(key))


def has_other_numbered_orders(session: Session) -> bool:
    """Tell whether orders that no import made have numbers too, so that ids alone do not find all."""
    foreign = Order.import_run_id.is_(None) & Order.reference.is_not(None)
    return bool(session.scalar(select(exists().where(foreign))))


def known_orders(session: Session, keys: dict[Key, uuid.UUID], *, by_number: bool) -> dict[Key, Known]:
    """Return the stored orders of those with these keys and ids; `by_number` looks beyond those that imports made."""
    statement = select(Order.customer_id, Order.reference, *_KNOWN)
    wanted = [statement.where(Order.id.in_(some)) for some in slices(keys.values())]
    if by_number:
        foreign = statement.where(Order.import_run_id.is_(None))
        wanted += [
            foreign.where(Order.customer_id.in_(customers), Order.reference.in_(numbers))
            for customers in slices({uuid.UUID(customer) for customer, _ in keys})
            for numbers in slices({number for _, number in keys})
        ]
    found: dict[Key, Known] = {}
    for each in wanted:
        for row in session.execute(each):
            key = (row.customer_id.hex, row.reference or "")
            if key in keys:
                found[key] = Known(*row[2:])
    return found


def last_line_numbers(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return the highest line number of each of these orders that has lines."""
    statement = select(OrderLine.order_id, func.max(OrderLine.line_no).label("last")).group_by(OrderLine.order_id)
    return {
        row.order_id: row.last
        for some in slices(ids)
        for row in session.execute(statement.where(OrderLine.order_id.in_(some)))
    }


def stored_headers(session: Session, ids: Collection[uuid.UUID]) -> list[Known]:
    """Return what is stored of the orders with these ids."""
    return [Known(*row) for some in slices(ids) for row in session.execute(select(*_KNOWN).where(Order.id.in_(some)))]


def stored_lines(session: Session, ids: Collection[uuid.UUID]) -> Iterator[tuple[uuid.UUID, Line, bool]]:
    """Yield the lines of these orders in order, each with whether it came from a mended rejects file."""
    mended = (MendedLine.order_id == OrderLine.order_id) & (MendedLine.line_no == OrderLine.line_no)
    columns = (OrderLine.product_id, OrderLine.quantity, OrderLine.unit_price_minor, OrderLine.amount_minor)
    statement = (
        select(OrderLine.order_id, MendedLine.line_no, *columns)
        .outerjoin(MendedLine, mended)
        .order_by(OrderLine.order_id, OrderLine.line_no)
    )
    for some in slices(ids):
        for row in session.execute(statement.where(OrderLine.order_id.in_(some))):
            yield row[0], (row[2].hex, row[3], row[4], row[5]), row.line_no is not None
