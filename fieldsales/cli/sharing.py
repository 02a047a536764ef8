"""Whom `fieldsales customers share` shares out, and how much work each is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.ladders.rules import Ladder, Tier
from fieldsales.orders.models import Order
from fieldsales.people.queries import territories_below


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which customers to share out: those to whom all of this applies; None and False ask for nothing."""

    territory_id: uuid.UUID | None = None
    city: str | None = None
    with_orders: bool = False
    unowned: bool = False


@dataclass(frozen=True, slots=True)
class Work:
    """What serving a customer takes in a mean week."""

    visits: float
    minutes: float


def customers_to_share(session: Session, wanted: Wanted) -> Sequence[Customer]:
    """Return the active customers that are wanted, by id."""
    return session.scalars(select(Customer).where(Customer.active, *_conditions(wanted)).order_by(Customer.id)).all()


def inactive_among(session: Session, wanted: Wanted) -> int:
    """Return how many customers would be wanted if they were active."""
    count = select(func.count()).select_from(Customer).where(~Customer.active, *_conditions(wanted))
    return session.scalar(count) or 0


def busiest_cities(session: Session, at_most: int) -> list[tuple[str, int]]:
    """Return the cities with most active customers, as they are written, and how many each has."""
    many = func.count()
    rows = session.execute(
        select(Customer.city, many)
        .where(Customer.active, Customer.city.is_not(None))
        .group_by(Customer.city)
        .order_by(many.desc(), Customer.city)
        .limit(at_most)
    )
    return [(city, count) for city, count in rows if city]


def work_of(ladder: Ladder, customers: Sequence[Customer]) -> dict[uuid.UUID, Work]:
    """Return the work of each customer by its tier, the least for one without; nothing if nobody has a tier yet."""
    by_tier = {each.tier: _work(each) for each in ladder.tiers}
    if not any(customer.tier in by_tier for customer in customers):
        return {}
    least = min(by_tier.values(), key=lambda work: work.minutes)
    return {customer.id: by_tier.get(customer.tier or "", least) for customer in customers}


def _work(tier: Tier) -> Work:
    return Work(tier.visits_a_week, tier.visits_a_week * tier.service_minutes)


def _conditions(wanted: Wanted) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.territory_id is not None:
        found.append(Customer.territory_id.in_(territories_below(wanted.territory_id)))
    if wanted.city:
        found.append(func.lower(Customer.city) == func.lower(wanted.city.strip()))
    if wanted.with_orders:
        found.append(exists().where(Order.customer_id == Customer.id))
    if wanted.unowned:
        found.append(
            ~exists().where(
                Assignment.customer_id == Customer.id,
                Assignment.kind == AssignmentKind.OWNER,
                Assignment.ended_at.is_(None),
            )
        )
    return found
