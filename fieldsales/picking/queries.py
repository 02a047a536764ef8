"""What a warehouse has to pick for a day, or for a rep's route of that day."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.customers.models import Customer
from fieldsales.deliveries.models import Delivery, DeliveryState
from fieldsales.deliveries.queries import Status, kept_here, statuses_of
from fieldsales.orders.models import Order, OrderState
from fieldsales.picking.rules import Article, PickList, Wanted, pick_list
from fieldsales.planning.models import Route
from fieldsales.policies.queries import in_force
from fieldsales.stock.rules import STOCK
from fieldsales.supplies.queries import warehouse_for
from fieldsales.units.models import ProductUnit
from fieldsales.warehouses.models import Warehouse

_WAITING = (DeliveryState.OPEN, DeliveryState.PARTLY_DELIVERED)


def picks_of(session: Session, warehouse: Warehouse, day: date, rep_id: uuid.UUID | None = None) -> PickList:
    """Return what is to be picked in a warehouse for a day: what orders wait for that must arrive by then.

    With a rep only what that rep's customers on the route of the day get, in its order; an order whose time begins
    later is left for later.
    """
    stops = _stops(session, rep_id, day) if rep_id is not None else {}
    orders = _waiting(session, day, set(stops) if rep_id is not None else None)
    policy = in_force(session, STOCK, day).value
    houses: dict[uuid.UUID | None, uuid.UUID | None] = {}
    mine, found = [], statuses_of(session, orders)
    for order in orders:
        if order.rep_id not in houses:
            house = warehouse_for(session, order.rep_id, policy)
            houses[order.rep_id] = house.id if house else None
        if houses[order.rep_id] == warehouse.id and found[order.id].promised_from <= day:
            mine.append(order)
    return pick_list(warehouse.code, day, _wanted(session, mine, found), stops)


def _waiting(session: Session, day: date, customer_ids: Collection[uuid.UUID] | None) -> list[Order]:
    found = (
        select(Order)
        .outerjoin(Delivery, Delivery.id == Order.id)
        .where(kept_here(session), Order.state == OrderState.PLACED, Order.ordered_on <= day)
        .where(func.coalesce(Delivery.state, DeliveryState.OPEN).in_(_WAITING), Delivery.ended_at.is_(None))
        .order_by(Order.ordered_on, Order.id)
    )
    if customer_ids is not None:
        found = found.where(Order.customer_id.in_(customer_ids))
    return list(session.scalars(found))


def _stops(session: Session, rep_id: uuid.UUID, day: date) -> dict[uuid.UUID, int]:
    route = session.scalars(select(Route).where(Route.rep_id == rep_id, Route.day == day)).one_or_none()
    if route is None:
        return {}
    return {each.planned_visit.customer_id: number for number, each in enumerate(route.stops, start=1)}


def _wanted(session: Session, orders: Sequence[Order], found: Mapping[uuid.UUID, Status]) -> list[Wanted]:
    names = _names(session, {each.customer_id for each in orders})
    articles = _articles(session, {line.product_id for each in orders for line in each.lines})
    return [
        Wanted(order.id, line.line_no, order.customer_id, names[order.customer_id], articles[line.product_id], left)
        for order in orders
        for line in order.lines
        if (left := _left(found[order.id], line.line_no))
    ]


def _left(status: Status, line_no: int) -> int:
    progress = status.lines.get(line_no)
    return progress.left if progress else 0


def _names(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, str]:
    rows = session.execute(select(Customer.id, Customer.name).where(Customer.id.in_(ids)))
    return dict(rows.all())


def _articles(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Article]:
    units: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for each in session.scalars(select(ProductUnit).where(ProductUnit.product_id.in_(ids))):
        units[each.product_id][each.unit] = each.pieces
    products = session.scalars(select(Product).where(Product.id.in_(ids)))
    return {
        each.id: Article(each.id, each.sku, each.name, units[each.id] or _case(each.pack_size)) for each in products
    }


def _case(pack_size: int) -> dict[str, int]:
    return {"case": pack_size} if pack_size > 1 else {}
