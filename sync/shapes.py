"""What a phone holds of each entity, and whether its user may; `docs/sync-protocol.md` describes it for clients."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select, true
from sqlalchemy.orm import InstrumentedAttribute

from fieldsales.catalog.models import Product, TierDiscount, TierPrice
from fieldsales.customers.models import Assignment, Customer, CustomerReference
from fieldsales.orders.models import Order, OrderLine, Origin
from fieldsales.planning.models import PlannedVisit, Route, RouteStop
from fieldsales.visits.models import Photo, Visit, VisitEvent
from sync.feed import served_by
from sync.models import Mutation

Columns = tuple[InstrumentedAttribute[Any], ...]


@dataclass(frozen=True, slots=True)
class Children:
    """Rows that hang from an entity, told inside its document under `name`, in the order of the first column."""

    name: str
    parent: InstrumentedAttribute[Any]
    columns: Columns


@dataclass(frozen=True, slots=True)
class Shape:
    """The columns of an entity that phones hold, the first its id; `visible` is the condition for one user."""

    columns: Columns
    visible: Callable[[uuid.UUID], ColumnElement[bool]]
    children: tuple[Children, ...] = ()


def _everybody(_user_id: uuid.UUID) -> ColumnElement[bool]:
    return true()


def _on_sale(_user_id: uuid.UUID) -> ColumnElement[bool]:
    return Product.active.is_(True)


def _of_served(column: InstrumentedAttribute[uuid.UUID]) -> Callable[[uuid.UUID], ColumnElement[bool]]:
    return lambda user_id: column.in_(select(Assignment.customer_id).where(served_by(user_id)))


def _own(column: InstrumentedAttribute[uuid.UUID]) -> Callable[[uuid.UUID], ColumnElement[bool]]:
    return lambda user_id: column == user_id


def _customers(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Customer.active, _of_served(Customer.id)(user_id))


def _orders(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Order.origin == Origin.FIELD, _of_served(Order.customer_id)(user_id))


def _mutations(user_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Mutation.user_id == user_id, Mutation.held_at.is_not(None))


PRODUCT = Shape(
    columns=(
        Product.id,
        Product.sku,
        Product.name,
        Product.brand,
        Product.category,
        Product.gtin,
        Product.case_gtin,
        Product.pack_size,
        Product.price_minor,
        Product.currency,
    ),
    visible=_on_sale,
)

CUSTOMER = Shape(
    columns=(
        Customer.id,
        Customer.name,
        Customer.category,
        Customer.address,
        Customer.city,
        Customer.postal_code,
        Customer.latitude,
        Customer.longitude,
        Customer.phone,
        Customer.opening_hours,
        Customer.service_minutes,
        Customer.tier,
        Customer.tier_reason,
        Customer.flags,
        Customer.version,
    ),
    visible=_customers,
    children=(
        Children("references", CustomerReference.customer_id, (CustomerReference.system, CustomerReference.value)),
    ),
)

PLANNED_VISIT = Shape(
    columns=(
        PlannedVisit.id,
        PlannedVisit.customer_id,
        PlannedVisit.day,
        PlannedVisit.source,
        PlannedVisit.reason,
        PlannedVisit.value,
        PlannedVisit.status,
        PlannedVisit.left_out_code,
        PlannedVisit.left_out_reason,
    ),
    visible=_own(PlannedVisit.rep_id),
)

ROUTE = Shape(
    columns=(
        Route.id,
        Route.day,
        Route.starts_at,
        Route.ends_at,
        Route.lunch_at,
        Route.lunch_minutes,
        Route.travel_s,
        Route.wait_s,
        Route.service_s,
        Route.distance_m,
        Route.home_travel_s,
        Route.home_distance_m,
    ),
    visible=_own(Route.rep_id),
    children=(
        Children(
            "stops",
            RouteStop.route_id,
            (
                RouteStop.position,
                RouteStop.planned_visit_id,
                RouteStop.arrival_at,
                RouteStop.wait_s,
                RouteStop.service_s,
                RouteStop.departure_at,
                RouteStop.travel_s,
                RouteStop.distance_m,
            ),
        ),
    ),
)

VISIT = Shape(
    columns=(
        Visit.id,
        Visit.customer_id,
        Visit.rep_id,
        Visit.day,
        Visit.checked_in_at,
        Visit.checked_out_at,
        Visit.summary,
        Visit.flags,
    ),
    visible=_of_served(Visit.customer_id),
    children=(
        Children(
            "events",
            VisitEvent.visit_id,
            (VisitEvent.at, VisitEvent.id, VisitEvent.kind, VisitEvent.distance_m, VisitEvent.flags),
        ),
        Children(
            "photos",
            Photo.visit_id,
            (
                Photo.id,
                Photo.kind,
                Photo.sha256,
                Photo.size_bytes,
                Photo.content_type,
                Photo.taken_at,
                Photo.stored_at,
                Photo.flags,
            ),
        ),
    ),
)

ORDER = Shape(
    columns=(
        Order.id,
        Order.customer_id,
        Order.rep_id,
        Order.visit_id,
        Order.kind,
        Order.ordered_on,
        Order.ordered_at,
        Order.currency,
        Order.amount_minor,
        Order.flags,
    ),
    visible=_orders,
    children=(
        Children(
            "lines",
            OrderLine.order_id,
            (
                OrderLine.line_no,
                OrderLine.product_id,
                OrderLine.quantity,
                OrderLine.unit_price_minor,
                OrderLine.amount_minor,
            ),
        ),
    ),
)

SHAPES: Mapping[str, Shape] = {
    "assignment": Shape(
        columns=(
            Assignment.id,
            Assignment.customer_id,
            Assignment.kind,
            Assignment.instruction,
            Assignment.assigned_at,
        ),
        visible=served_by,
    ),
    "customer": CUSTOMER,
    "mutation": Shape(
        columns=(Mutation.id, Mutation.type, Mutation.status, Mutation.outcome, Mutation.settled_at),
        visible=_mutations,
    ),
    "order": ORDER,
    "planned_visit": PLANNED_VISIT,
    "product": PRODUCT,
    "route": ROUTE,
    "tier_discount": Shape((TierDiscount.id, TierDiscount.tier, TierDiscount.discount_bp), _everybody),
    "tier_price": Shape(
        (TierPrice.id, TierPrice.tier, TierPrice.product_id, TierPrice.price_minor),
        _everybody,
    ),
    "visit": VISIT,
}
