"""Questions about orders."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin

FAVOURITE_DAYS = 180
"""How far back the favourites of a customer reach."""


@dataclass(frozen=True, slots=True)
class Sold:
    """How much of what a rep sold on a day: the number of orders, and their sum in minor units by currency."""

    orders: int
    amounts: dict[str, int]


@dataclass(frozen=True, slots=True)
class PastOrder:
    """An order in a customer's history, in the field or imported. `amount_minor` is negative for a return."""

    id: uuid.UUID
    ordered_on: date
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Favourite:
    """A product that a customer buys often: on how many orders, how much in all, and when last."""

    product_id: uuid.UUID
    sku: str
    name: str
    orders: int
    quantity: int
    last_on: date


@dataclass(frozen=True, slots=True)
class Buying:
    """What a rep wants to know at the counter: the latest orders, the newest first, and the favourites."""

    last_orders: tuple[PastOrder, ...] = ()
    favourites: tuple[Favourite, ...] = ()


def orders_of_rep_on(session: Session, rep_id: uuid.UUID, day: date) -> list[Order]:
    """Return the orders that a rep took on a day, in their order."""
    found = select(Order).where(Order.rep_id == rep_id, Order.ordered_on == day, Order.origin == Origin.FIELD)
    return list(session.scalars(found.order_by(Order.ordered_at, Order.id)))


def sold_on(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, Sold]:
    """Return what each rep sold in the field on a day; no entry for a rep who sold nothing."""
    rows = session.execute(
        select(Order.rep_id, Order.currency, func.count(), func.sum(Order.amount_minor))
        .where(Order.rep_id.in_(rep_ids), Order.ordered_on == day, Order.origin == Origin.FIELD)
        .group_by(Order.rep_id, Order.currency)
        .order_by(Order.currency)
    ).all()
    amounts: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    counts: dict[uuid.UUID, int] = defaultdict(int)
    for rep_id, currency, count, amount in rows:
        if rep_id is not None:
            amounts[rep_id][currency] = int(amount)
            counts[rep_id] += count
    return {rep_id: Sold(counts[rep_id], found) for rep_id, found in amounts.items()}


def buying_summary(
    session: Session,
    customer_ids: Collection[uuid.UUID],
    day: date,
    *,
    orders: int = 5,
    favourites: int = 5,
) -> dict[uuid.UUID, Buying]:
    """Return what each customer bought up to and on a day, in two queries for all; every customer has an entry.

    Favourites are the products on the most sales of the last 180 days; of equals the one bought last.
    """
    last = _last_orders(session, customer_ids, day, orders)
    loved = _favourites(session, customer_ids, day, favourites)
    return {each: Buying(tuple(last[each]), tuple(loved[each])) for each in customer_ids}


def _last_orders(
    session: Session, customer_ids: Collection[uuid.UUID], day: date, most: int
) -> dict[uuid.UUID, list[PastOrder]]:
    newest_first = (Order.ordered_on.desc(), Order.id.desc())
    rank = func.row_number().over(partition_by=Order.customer_id, order_by=newest_first)
    ranked = (
        select(Order.id, rank.label("rank")).where(Order.customer_id.in_(customer_ids), Order.ordered_on <= day)
    ).subquery()
    rows = session.execute(
        select(Order.customer_id, Order.id, Order.ordered_on, Order.currency, Order.amount_minor)
        .join(ranked, ranked.c.id == Order.id)
        .where(ranked.c.rank <= most)
        .order_by(*newest_first)
    )
    found: dict[uuid.UUID, list[PastOrder]] = defaultdict(list)
    for customer_id, order_id, ordered_on, currency, amount in rows:
        found[customer_id].append(PastOrder(order_id, ordered_on, currency, amount))
    return found


def _favourites(
    session: Session, customer_ids: Collection[uuid.UUID], day: date, most: int
) -> dict[uuid.UUID, list[Favourite]]:
    often: ColumnElement[int] = func.count(func.distinct(Order.id))
    latest = func.max(Order.ordered_on)
    lines = (
        select(
            Order.customer_id,
            OrderLine.product_id,
            often.label("orders"),
            func.sum(OrderLine.quantity).label("quantity"),
            latest.label("last_on"),
            func.row_number()
            .over(partition_by=Order.customer_id, order_by=(often.desc(), latest.desc(), OrderLine.product_id))
            .label("rank"),
        )
        .join(OrderLine, OrderLine.order_id == Order.id)
        .where(Order.customer_id.in_(customer_ids), Order.kind == OrderKind.SALE)
        .where(Order.ordered_on <= day, Order.ordered_on > day - timedelta(days=FAVOURITE_DAYS))
        .group_by(Order.customer_id, OrderLine.product_id)
    ).subquery()
    rows = session.execute(
        select(lines, Product.sku, Product.name)
        .join(Product, Product.id == lines.c.product_id)
        .where(lines.c.rank <= most)
        .order_by(lines.c.customer_id, lines.c.rank)
    )
    found: dict[uuid.UUID, list[Favourite]] = defaultdict(list)
    for row in rows:
        favourite = Favourite(row.product_id, row.sku, row.name, row.orders, int(row.quantity), row.last_on)
        found[row.customer_id].append(favourite)
    return found
