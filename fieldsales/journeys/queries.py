"""Which journey plans there are, and what they say of a day."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.journeys.models import Journey, JourneyLine
from fieldsales.journeys.rules import JourneyNotFound
from fieldsales.people.models import User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus


@dataclass(frozen=True, slots=True)
class Call:
    """A customer on a day of a journey plan."""

    day: date
    customer_id: uuid.UUID
    customer: str


def journeys_of(session: Session, actor: Actor | None, rep_ids: Collection[uuid.UUID] | None = None) -> list[Journey]:
    """Return the journey plans of the reps whom an actor may see, by rep and day."""
    people = visible_people(actor)
    if rep_ids is not None:
        people = people.where(User.id.in_(rep_ids))
    statement = select(Journey).where(Journey.rep_id.in_(people.with_only_columns(User.id)))
    return list(session.scalars(statement.order_by(Journey.rep_id, Journey.first_day)))


def coming_visits(session: Session, customer_ids: Select[uuid.UUID], today: date, first: date) -> dict[uuid.UUID, date]:
    """Return the last day before a first one for which each customer's visit is planned already, from today on."""
    rows = session.execute(
        select(PlannedVisit.customer_id, func.max(PlannedVisit.day))
        .where(PlannedVisit.customer_id.in_(customer_ids), PlannedVisit.status == PlanStatus.PLANNED)
        .where(PlannedVisit.day >= today, PlannedVisit.day < first)
        .group_by(PlannedVisit.customer_id)
    )
    return dict(rows.all())


def ending_by(session: Session, reps: Sequence[User], day: date) -> list[User]:
    """Return those of some reps whose journey plans end by a day, and those who have none."""
    ahead = select(Journey.rep_id).where(Journey.last_day > day)
    going_on = set(session.scalars(ahead))
    return [rep for rep in reps if rep.id not in going_on]


def with_a_journey(session: Session, reps: Sequence[User]) -> list[User]:
    """Return those of some reps who ever had a journey plan."""
    known = set(session.scalars(select(Journey.rep_id).distinct()))
    return [rep for rep in reps if rep.id in known]


def require_journey(session: Session, actor: Actor | None, journey_id: uuid.UUID) -> Journey:
    """Return a journey plan of a rep whom an actor may see; raise `JourneyNotFound`."""
    statement = select(Journey).where(
        Journey.id == journey_id, Journey.rep_id.in_(visible_people(actor).with_only_columns(User.id))
    )
    found = session.scalars(statement).one_or_none()
    if found is None:
        raise JourneyNotFound(f"There is no journey plan {journey_id}.", id=str(journey_id))
    return found


def calls_of(session: Session, journey: Journey) -> list[Call]:
    """Return whom a journey plan has on which day, by day and name."""
    rows = session.execute(
        select(JourneyLine.days, Customer.id, Customer.name)
        .join(Customer, Customer.id == JourneyLine.customer_id)
        .where(JourneyLine.journey_id == journey.id)
    )
    calls = [
        Call(on, who, name)
        for days, who, name in rows
        for at in days
        if (on := journey.first_day + timedelta(days=at)) <= journey.last_day
    ]
    return sorted(calls, key=lambda call: (call.day, call.customer, call.customer_id))


def plan_days(
    session: Session, rep_ids: Collection[uuid.UUID], day: date
) -> dict[uuid.UUID, dict[uuid.UUID, list[date]]]:
    """Return, by rep and customer, the days of the journey plan that covers a day; reps without one are not there."""
    found: dict[uuid.UUID, dict[uuid.UUID, list[date]]] = {}
    covering = select(Journey).where(Journey.rep_id.in_(rep_ids), Journey.first_day <= day, Journey.last_day >= day)
    for journey in session.scalars(covering):
        found[journey.rep_id] = _dates(session, journey)
    return found


def present_days(session: Session, rep_ids: Sequence[uuid.UUID], since: date) -> dict[uuid.UUID, frozenset[date]]:
    """Return, by customer, the days from one on that the journey plans of some reps have."""
    found: dict[uuid.UUID, set[date]] = defaultdict(set)
    for journey in session.scalars(select(Journey).where(Journey.rep_id.in_(rep_ids), Journey.last_day >= since)):
        for who, days in _dates(session, journey).items():
            found[who] |= {day for day in days if day >= since}
    return {who: frozenset(days) for who, days in found.items()}


def _dates(session: Session, journey: Journey) -> dict[uuid.UUID, list[date]]:
    rows = session.execute(
        select(JourneyLine.customer_id, JourneyLine.days).where(JourneyLine.journey_id == journey.id)
    )
    return {
        who: [day for at in days if (day := journey.first_day + timedelta(days=at)) <= journey.last_day]
        for who, days in rows
    }
