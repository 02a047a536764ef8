"""Which orders are to be delivered, how far each is, and what was told of it."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from fieldsales.clock import local_day
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.deliveries.models import Delivery, DeliveryLine, DeliveryReport, DeliveryState
from fieldsales.deliveries.rules import (
    DELIVERIES,
    DeliveryNotFound,
    DeliveryPolicy,
    NothingToDeliver,
    OrderEnded,
    Progress,
)
from fieldsales.orders.models import Order, OrderKind, OrderState, Origin, Supply
from fieldsales.people.models import Territory
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force


@dataclass(frozen=True, slots=True)
class Status:
    """How far the delivery of an order is; `lines` by number."""

    order_id: uuid.UUID
    state: DeliveryState
    promised_from: date
    promised_until: date
    lines: dict[int, Progress]


def is_delivered_later(order: Order) -> bool:
    """Tell whether an order is one that is delivered: a sale with lines that did not leave a van at once."""
    return order.kind is OrderKind.SALE and order.supply is not Supply.VAN and bool(order.lines)


def require_order(session: Session, actor: Actor | None, order_id: uuid.UUID, *, lock: bool = False) -> Order:
    """Return an order that is to be delivered, of a customer whom the actor may see.

    Raises `DeliveryNotFound`, `NothingToDeliver`, `OrderEnded`.
    """
    found = select(Order).where(Order.id == order_id)
    if actor is not None:
        found = found.where(Order.customer_id.in_(visible_customers(actor).with_only_columns(Customer.id)))
    if lock:
        found = found.with_for_update(key_share=True, of=Order).execution_options(populate_existing=True)
    order = session.scalars(found).one_or_none()
    if order is None:
        raise DeliveryNotFound(f"There is no order {order_id}.", order_id=str(order_id))
    if not is_delivered_later(order):
        raise NothingToDeliver(
            "The order is a return, a gift, a sale from the van or without lines.", mend="Deliver another order."
        )
    if order.state is not OrderState.PLACED:
        raise OrderEnded(f"The order is {order.state}.", mend="Deliver the one that stands.", state=str(order.state))
    return order


def status_of(session: Session, order: Order) -> Status:
    """Return how far the delivery of an order is; one that nobody began is open."""
    return statuses_of(session, [order])[order.id]


def statuses_of(session: Session, orders: Sequence[Order]) -> dict[uuid.UUID, Status]:
    """Return how far the deliveries of orders are; those that nobody began are open."""
    begun: dict[uuid.UUID, Delivery] = {}
    for start in range(0, len(orders), 500):
        ids = [each.id for each in orders[start : start + 500]]
        begun.update((each.id, each) for each in session.scalars(select(Delivery).where(Delivery.id.in_(ids))))
    policies = {each: in_force(session, DELIVERIES, each).value for each in {order.ordered_on for order in orders}}
    return {
        each.id: _begun(begun[each.id]) if each.id in begun else _open(each, policies[each.ordered_on])
        for each in orders
    }


def _begun(delivery: Delivery) -> Status:
    days = (delivery.promised_from, delivery.promised_until)
    return Status(delivery.id, delivery.state, *days, progress_of(delivery))


def _open(order: Order, policy: DeliveryPolicy) -> Status:
    promise = policy.promise(order.ordered_on, order.wanted_on)
    state = DeliveryState.OPEN if order.state is OrderState.PLACED else DeliveryState.CANCELLED
    lines = {line.line_no: Progress(line.quantity) for line in order.lines if line.quantity > 0}
    return Status(order.id, state, promise.first, promise.last, lines)


def progress_of(delivery: Delivery) -> dict[int, Progress]:
    """Return how far the lines of a delivery are, by number."""
    return {each.line_no: Progress(each.ordered, each.delivered, each.cancelled) for each in delivery.lines}


def kept_here(session: Session) -> ColumnElement[bool]:
    """Return the condition that the delivery of an order is kept here: a sale that is delivered, from the field.

    Orders from before the day that the last version of the policy names are history, unless somebody began them.
    """
    since = in_force(session, DELIVERIES, date.max).value.since
    some = aliased(Delivery)  # the statement around may join deliveries itself
    begun = select(some.id).where(some.id == Order.id).correlate(Order).exists()
    return and_(
        Order.kind == OrderKind.SALE,
        func.coalesce(Order.supply, Supply.DELIVERY) != Supply.VAN,
        Order.lines.any(),
        or_(begun, and_(Order.origin == Origin.FIELD, Order.ordered_on >= (since or date.min))),
    )


def find_orders(
    session: Session,
    actor: Actor | None,
    wanted: PageWanted,
    *,
    state: DeliveryState | None = None,
    customer_id: uuid.UUID | None = None,
    first: date | None = None,
    last: date | None = None,
) -> Page[Order]:
    """Return a page of the orders that are delivered, by day, of customers whom an actor may see.

    `first` and `last` are the days of the orders, both included.
    """
    found = (
        select(Order)
        .outerjoin(Delivery, Delivery.id == Order.id)
        .where(kept_here(session), Order.state != OrderState.AMENDED)
        .where(Order.customer_id.in_(visible_customers(actor).with_only_columns(Customer.id)))
    )
    if state is DeliveryState.CANCELLED:
        found = found.where(Order.state == OrderState.CANCELLED)
    elif state is not None:
        found = found.where(func.coalesce(Delivery.state, DeliveryState.OPEN) == state)
        found = found.where(Order.state == OrderState.PLACED)
    if customer_id is not None:
        found = found.where(Order.customer_id == customer_id)
    if first is not None:
        found = found.where(Order.ordered_on >= first)
    if last is not None:
        found = found.where(Order.ordered_on <= last)
    return fetch_page(session, found, (Order.ordered_on, Order.id), wanted)


def day_of(session: Session, order: Order, at: datetime) -> date:
    """Return which day it is at the customer of an order at a moment."""
    zone = select(Territory.time_zone).join(Customer, Customer.territory_id == Territory.id)
    return local_day(at, session.scalars(zone.where(Customer.id == order.customer_id)).one())


def reports_of(session: Session, order_id: uuid.UUID) -> Sequence[DeliveryReport]:
    """Return what was told of the delivery of an order, the oldest first."""
    mine = select(DeliveryReport).where(DeliveryReport.delivery_id == order_id)
    return session.scalars(mine.order_by(DeliveryReport.at, DeliveryReport.id)).all()


def states_of(session: Session, order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, DeliveryState]:
    """Return the states of the deliveries of orders that somebody began; no entry for the others."""
    rows = session.execute(select(Delivery.id, Delivery.state).where(Delivery.id.in_(order_ids)))
    return dict(rows.all())


def delivered_of(session: Session, order_id: uuid.UUID) -> int:
    """Return how many pieces of an order were delivered."""
    total = select(func.sum(DeliveryLine.delivered)).where(DeliveryLine.delivery_id == order_id)
    return int(session.scalar(total) or 0)
