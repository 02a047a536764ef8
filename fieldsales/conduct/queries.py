"""What is asked of visits to customers, and what visits have so far."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session, lazyload

from fieldsales.conduct.models import Geofence
from fieldsales.conduct.rules import VISITS, Asked, Carried, Conduct
from fieldsales.customers.models import Customer
from fieldsales.policies.queries import in_force
from fieldsales.surveys.models import Survey
from fieldsales.visits.models import EventKind, Photo, Visit, VisitEvent


@dataclass(frozen=True, slots=True)
class Manner:
    """What of a customer bears on how it is to be visited. `radius_m` is its own geofence, if it has one."""

    tier: str | None
    category: str | None
    radius_m: int | None


def conduct_on(session: Session, days: Collection[date]) -> dict[date, Conduct]:
    """Return the policy of each day."""
    return {day: in_force(session, VISITS, day).value for day in days}


def manners(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Manner]:
    """Return how customers are to be visited; no entry for one that is not there."""
    found = (
        select(Customer.id, Customer.tier, Customer.category, Geofence.radius_m)
        .outerjoin(Geofence, Geofence.customer_id == Customer.id)
        .where(Customer.id.in_(customer_ids))
    )
    return {customer_id: Manner(tier, kind, radius) for customer_id, tier, kind, radius in session.execute(found)}


def asked_of(conduct: Conduct, manner: Manner | None) -> Asked:
    """Return what is asked of a visit to a customer."""
    return conduct.of(manner.tier, manner.category) if manner else conduct.otherwise


def radius_of(conduct: Conduct, manner: Manner | None) -> float:
    """Return how near to a customer counts as there, metres: its own radius, else the policy's."""
    own = manner.radius_m if manner else None
    return float(conduct.radius_m if own is None else own)


def carried(session: Session, visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Carried]:
    """Return what visits have so far. A photo counts from its announcement on: its bytes are on their way."""
    visits = session.scalars(select(Visit).where(Visit.id.in_(visit_ids)).options(lazyload("*"))).all()
    placed = select(VisitEvent.visit_id, VisitEvent.kind).where(
        VisitEvent.visit_id.in_(visit_ids), VisitEvent.latitude.is_not(None)
    )
    told = {(visit_id, kind) for visit_id, kind in session.execute(placed)}
    kinds: dict[uuid.UUID, set[str]] = {}
    for visit_id, kind in session.execute(select(Photo.visit_id, Photo.kind).where(Photo.visit_id.in_(visit_ids))):
        kinds.setdefault(visit_id, set()).add(kind)
    surveyed = set(session.scalars(select(Survey.visit_id).where(Survey.visit_id.in_(visit_ids))))
    return {
        visit.id: Carried(
            checked_in_at=visit.checked_in_at,
            checked_out_at=visit.checked_out_at,
            position_in=(visit.id, EventKind.CHECK_IN) in told,
            position_out=(visit.id, EventKind.CHECK_OUT) in told,
            photos=frozenset(kinds.get(visit.id, ())),
            said=bool(visit.summary or visit.cause_code),
            surveyed=visit.id in surveyed,
        )
        for visit in visits
    }
