"""Questions about orders."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session, aliased, lazyload

from fieldsales.catalog.models import Product
from fieldsales.db.statements import among, ask
from fieldsales.errors import NotFound
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Origin
from fieldsales.orders.rules import Quantity

_TAKEN = select(Order.id).where(among(Order.id, "ids"))


class OrderNotFound(NotFound):
    """No order has that id. Send the order first."""

    code = "order.not_found"
    title = "There is no such order"


FAVOURITE_DAYS = 180
"""How far back the favourites of a customer reach."""


@dataclass(frozen=True, slots=True)
class Sold:
    """How much a rep sold on a day: the number of sales, and the sum in minor units by currency, returns taken off."""

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
    """Return the orders that a rep took on a day, in their order; those that no longer stand too."""
    found = select(Order).where(Order.rep_id == rep_id, Order.ordered_on == day, Order.origin == Origin.FIELD)
    return list(session.scalars(found.order_by(Order.ordered_at, Order.id)))


def locked_order(session: Session, order_id: uuid.UUID) -> Order:
    """Return an order that nobody else ends, or takes goods back from, before this transaction is over.

    Raises `OrderNotFound`.
    """
    lock = {"key_share": True}  # others may go on to refer to it
    order = session.get(Order, order_id, with_for_update=lock, populate_existing=True, options=[lazyload("*")])
    if order is None:
        raise OrderNotFound(f"There is no order {order_id}.", mend="Send the order first.", order_id=str(order_id))
    return order


def standing_in_place_of(session: Session, order_id: uuid.UUID) -> Order:
    """Return, locked, what stands in the place of an order: itself, or the last of those that amended it.

    Raises `OrderNotFound`.
    """
    order = locked_order(session, order_id)
    while order.state is OrderState.AMENDED and (after := successor_of(session, order)):
        order = locked_order(session, after)
    return order


def successor_of(session: Session, order: Order) -> uuid.UUID | None:
    """Return the id of the order that took the place of another one, if any did."""
    return session.scalar(select(Order.id).where(Order.amends_id == order.id))


def given_back(session: Session, order: Order) -> dict[uuid.UUID, Quantity]:
    """Return what came back of an order, and of those whose place it took, by product; figures are positive."""
    chain = select(Order.id, Order.amends_id).where(Order.id == order.id).cte("chain", recursive=True)
    before = aliased(Order)
    chain = chain.union_all(select(before.id, before.amends_id).join(chain, before.id == chain.c.amends_id))
    rows = session.execute(
        select(OrderLine.product_id, func.sum(OrderLine.quantity), func.sum(OrderLine.amount_minor))
        .join(Order, Order.id == OrderLine.order_id)
        .where(Order.against_id.in_(select(chain.c.id)), Order.state == OrderState.PLACED)
        .group_by(OrderLine.product_id)
    )
    return {product_id: Quantity(-int(units), -int(amount)) for product_id, units, amount in rows}


def halves_of(session: Session, exchange_id: uuid.UUID) -> dict[OrderKind, Order]:
    """Return the sale and the return that make up an exchange; nothing where there is no such exchange."""
    found = session.scalars(select(Order).where(Order.exchange_id == exchange_id))
    return {each.kind: each for each in found}


def taken_ids(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Return which of these ids stand for an order already, each by itself."""
    return {each: each for each in ask(session, _TAKEN, ids=ids).scalars()}


def counted() -> tuple[ColumnElement[bool], ...]:
    """Return the conditions on an order that counts in what was sold: it stands, and is no gift."""
    return Order.state == OrderState.PLACED, Order.kind != OrderKind.GIFT


def sold_on(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, Sold]:
    """Return what each rep sold on a day, by the orders that count; no entry for a rep who sold nothing."""
    sales = func.count().filter(Order.kind == OrderKind.SALE)
    rows = session.execute(
        select(Order.rep_id, Order.currency, sales, func.sum(Order.amount_minor))
        .where(Order.rep_id.in_(rep_ids), Order.ordered_on == day, *counted())
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

    Only orders that stand count, and gifts were not bought. Favourites are the products on the most sales of the last
    180 days; of equals the one bought last.
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
        select(Order.id, rank.label("rank"))
        .where(Order.customer_id.in_(customer_ids), Order.ordered_on <= day)
        .where(Order.state == OrderState.PLACED, Order.kind != OrderKind.GIFT)
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
        .where(Order.customer_id.in_(customer_ids), Order.kind == OrderKind.SALE, Order.state == OrderState.PLACED)
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
