"""The single visits of a plan: put there by a person, and made."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.anomalies.models import Anomaly
from fieldsales.audit.service import record
from fieldsales.candidates.rules import alarm_words
from fieldsales.clock import local_day
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.errors import Conflict, Invalid, NotFound
from fieldsales.people.models import User
from fieldsales.people.queries import PersonNotFound
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.tiers.models import TierPolicy

DEFAULT_VALUE = 50
"""What a visit to a customer without a tier is worth."""


class DayOver(Conflict):
    """Plans are made for today and for days to come."""

    code = "plan.day_over"
    title = "That day is over"


class NotServed(Invalid):
    """A visit is planned only for a rep who serves the customer."""

    code = "plan.not_served"
    title = "The rep does not serve this customer"


class AlreadyPlanned(Conflict):
    """One rep a day goes to a customer: no two meet at a door."""

    code = "plan.already_planned"
    title = "Another rep visits this customer that day"


class AnomalyNotOpen(NotFound):
    """There is no such anomaly, or it is closed."""

    code = "anomaly.not_open"
    title = "There is no such open anomaly"


def add_manual_visit(
    session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, day: date, *, by: uuid.UUID, reason: str, now: datetime
) -> PlannedVisit:
    """Put a customer on a rep's day by hand; the next planning of the day finds it a place before all others.

    Raises `NotServed`, `DayOver`, `AlreadyPlanned` if another rep is to visit the customer that day, or has.
    """
    _require_open(session, rep_id, day, now)
    serves = select(Assignment.id).where(
        Assignment.rep_id == rep_id, Assignment.customer_id == customer_id, Assignment.ended_at.is_(None)
    )
    if session.scalars(serves).first() is None:
        raise NotServed(
            "The rep does not serve this customer.",
            mend="Assign the customer to the rep first.",
            rep_id=str(rep_id),
            customer_id=str(customer_id),
        )
    _require_nobody_else(session, rep_id, customer_id, day)
    visit = _put(session, rep_id, customer_id, day, source=Source.MANUAL, reason=reason, by=by)
    record(session, "plan.visit_added", ("planned_visit", visit.id), actor_id=by, now=now, reason=reason)
    return visit


def plan_anomalies(
    session: Session, anomaly_ids: Sequence[uuid.UUID], day: date, *, by: uuid.UUID, now: datetime
) -> list[PlannedVisit]:
    """Turn open anomalies into visits of the customers' owners; one visit for a customer with several.

    A customer whom any rep visits or is to visit that day gets no second one: that visit is returned. Raises
    `AnomalyNotOpen`, `NotServed` for a customer whom nobody owns, `DayOver`.
    """
    visits: dict[uuid.UUID, PlannedVisit] = {}
    for anomaly_id in anomaly_ids:
        anomaly = session.get(Anomaly, anomaly_id)
        if anomaly is None or anomaly.closed_on is not None:
            raise AnomalyNotOpen(f"There is no open anomaly {anomaly_id}.", id=str(anomaly_id))
        if anomaly.customer_id not in visits:
            visits[anomaly.customer_id] = _plan_anomaly(session, anomaly, day, by, now)
    return list(visits.values())


def mark_done(session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, day: date) -> PlannedVisit | None:
    """Note that a rep was at a customer on a day; return the visit that was planned, None if none was."""
    visit = _planned(session, customer_id, day, rep_id)
    if visit is not None:
        visit.status, visit.left_out_code, visit.left_out_reason = PlanStatus.DONE, None, None
        session.flush()
    return visit


def _plan_anomaly(session: Session, anomaly: Anomaly, day: date, by: uuid.UUID, now: datetime) -> PlannedVisit:
    owner = session.scalars(
        select(Assignment.rep_id).where(
            Assignment.customer_id == anomaly.customer_id,
            Assignment.kind == AssignmentKind.OWNER,
            Assignment.ended_at.is_(None),
        )
    ).one_or_none()
    if owner is None:
        raise NotServed(
            "Nobody owns the customer of this anomaly.", mend="Assign the customer to a rep first.", id=str(anomaly.id)
        )
    _require_open(session, owner, day, now)
    somebody = _planned(session, anomaly.customer_id, day)
    rep_id = somebody.rep_id if somebody else owner
    reason = f"{alarm_words(anomaly.kind)}: {anomaly.reason}"
    visit = _put(session, rep_id, anomaly.customer_id, day, source=Source.ANOMALY, reason=reason, by=by)
    visit.anomaly_id = anomaly.id
    record(session, "plan.anomaly_planned", ("planned_visit", visit.id), actor_id=by, now=now, anomaly=str(anomaly.id))
    session.flush()
    return visit


def _put(
    session: Session,
    rep_id: uuid.UUID,
    customer_id: uuid.UUID,
    day: date,
    *,
    source: Source,
    reason: str,
    by: uuid.UUID,
) -> PlannedVisit:
    """Put a visit on a day, or make the one that is there a person's; one that was made stays as it is."""
    visit = _planned(session, customer_id, day, rep_id)
    if visit is None:
        visit = PlannedVisit(rep_id=rep_id, customer_id=customer_id, day=day, value=_worth(session, customer_id))
        session.add(visit)
    elif visit.status is PlanStatus.DONE:
        return visit
    visit.source, visit.reason, visit.added_by = source, reason, by
    visit.status, visit.left_out_code, visit.left_out_reason = PlanStatus.PLANNED, None, None
    session.flush()
    return visit


def _planned(
    session: Session, customer_id: uuid.UUID, day: date, rep_id: uuid.UUID | None = None
) -> PlannedVisit | None:
    """The visit of a customer planned on a day, by one rep or by any."""
    query = select(PlannedVisit).where(PlannedVisit.customer_id == customer_id, PlannedVisit.day == day)
    if rep_id is not None:
        query = query.where(PlannedVisit.rep_id == rep_id)
    return session.scalars(query.order_by(PlannedVisit.id)).first()


def _require_nobody_else(session: Session, rep_id: uuid.UUID, customer_id: uuid.UUID, day: date) -> None:
    """Raise `AlreadyPlanned` for a visit of another rep; the lock keeps two reps from asking at the same moment."""
    session.execute(select(Customer.id).where(Customer.id == customer_id).with_for_update()).all()
    other = session.scalars(
        select(User)
        .join(PlannedVisit, PlannedVisit.rep_id == User.id)
        .where(
            PlannedVisit.customer_id == customer_id,
            PlannedVisit.day == day,
            PlannedVisit.rep_id != rep_id,
            PlannedVisit.status != PlanStatus.LEFT_OUT,
        )
    ).first()
    if other is not None:
        raise AlreadyPlanned(
            f"{other.name} visits this customer on {day}.",
            mend="Choose another day, or have that visit taken off first.",
            rep_id=str(other.id),
            customer_id=str(customer_id),
        )


def _worth(session: Session, customer_id: uuid.UUID) -> int:
    value = session.scalars(
        select(TierPolicy.visit_value)
        .join(Customer, Customer.tier == TierPolicy.tier)
        .where(Customer.id == customer_id)
    ).first()
    return DEFAULT_VALUE if value is None else value


def _require_open(session: Session, rep_id: uuid.UUID, day: date, now: datetime) -> None:
    rep = session.get(User, rep_id)
    if rep is None or rep.territory is None:
        raise PersonNotFound(f"There is no rep {rep_id}.", id=str(rep_id))
    today = local_day(now, rep.territory.time_zone)
    if day < today:
        raise DayOver(f"{day} is over; today is {today} for {rep.name}.", mend="Choose today or a later day.")
