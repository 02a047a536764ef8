"""Which shops a proposed one may be, and what a customer's fields were last changed in."""

from __future__ import annotations

import math
import uuid
from collections.abc import Iterator

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import Session, lazyload

from fieldsales.customers.models import Assignment, Customer, CustomerField
from fieldsales.proposals import rules
from fieldsales.visits.rules import metres_between

_METRES_PER_DEGREE = 111_320.0
"""Of latitude, and of longitude on the equator."""


def versions_of_fields(session: Session, customer_id: uuid.UUID) -> dict[str, int]:
    """Return the version in which each field of a customer last changed; no entry for one that never did."""
    found = select(CustomerField.field, CustomerField.version).where(CustomerField.customer_id == customer_id)
    return dict(session.execute(found).all())


def ever_served(session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID) -> bool:
    """Tell whether a customer was ever a rep's, now or formerly."""
    found = exists().where(Assignment.rep_id == rep_id, Assignment.customer_id == customer_id)
    return bool(session.scalar(select(found)))


def alike(
    session: Session, name: str, place: tuple[float, float] | None, phone: str | None
) -> Iterator[tuple[Customer, float | None]]:
    """Yield the active customers that may be the shop of this name, place and number, and how far off (metres)."""
    suspects: list[ColumnElement[bool]] = []
    if place is not None:
        suspects.append(_around(place))
    if phone is not None:
        suspects.append(Customer.phone == phone)
    if not suspects:
        return
    found = select(Customer).where(Customer.active, or_(*suspects)).order_by(Customer.id).options(lazyload("*"))
    for customer in session.scalars(found):
        there = _place_of(customer)
        metres = metres_between(place, there) if place and there else None
        same_phone = phone is not None and customer.phone == phone
        if rules.same_shop(name, customer.name, metres, same_phone=same_phone):
            yield customer, metres


def _place_of(customer: Customer) -> tuple[float, float] | None:
    if customer.latitude is None or customer.longitude is None:
        return None
    return customer.latitude, customer.longitude


def _around(place: tuple[float, float]) -> ColumnElement[bool]:
    """Return the condition of lying in a box around a place; across the date line it may miss one."""
    north, east = place
    high = rules.NEAR_M / _METRES_PER_DEGREE
    wide = high / max(math.cos(math.radians(north)), 0.01)
    return and_(
        Customer.latitude.between(north - high, north + high), Customer.longitude.between(east - wide, east + wide)
    )
