"""How a day stands at the moment of storing."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.anomalies.models import AnomalyKind
from fieldsales.candidates.queries import served_ids, visits_on
from fieldsales.customers.models import Assignment, Customer
from fieldsales.dayplans.rules import PlanOutdated, is_outdated
from fieldsales.drafts.queries import standing_on, taken_on
from fieldsales.drafts.rules import DONE, Draft, Standing
from fieldsales.people.models import User

Alarms = Mapping[tuple[uuid.UUID, AnomalyKind], uuid.UUID]


@dataclass(frozen=True, slots=True)
class Now:
    """Who serves whom, who has begun the day, which anomalies are open; `at` is when the plan was drawn."""

    served: Mapping[uuid.UUID, Collection[uuid.UUID]]
    begun: Collection[uuid.UUID]
    alarms: Alarms
    at: datetime


def lock_day(session: Session, draft: Draft) -> Mapping[uuid.UUID, Collection[uuid.UUID]]:
    """Keep others from storing a plan for these reps, or for one who shares a customer, until the transaction ends.

    Returns the customers that each rep serves.
    """
    session.flush()
    ids = [plan.rep.id for plan in draft.plans]
    sharing = select(Assignment.rep_id).where(
        Assignment.customer_id.in_(served_ids(ids)), Assignment.ended_at.is_(None)
    )
    reps = select(User.id).where(User.id.in_(ids) | User.id.in_(sharing)).order_by(User.id)
    session.execute(reps.with_for_update()).all()
    session.expire_all()
    served: dict[uuid.UUID, set[uuid.UUID]] = defaultdict(set)
    for rep_id, customer_id in session.execute(
        select(Assignment.rep_id, Assignment.customer_id).where(
            Assignment.rep_id.in_(ids), Assignment.ended_at.is_(None)
        )
    ):
        served[rep_id].add(customer_id)
    return served


def begun_days(
    session: Session, draft: Draft, served: Mapping[uuid.UUID, Collection[uuid.UUID]]
) -> Collection[uuid.UUID]:
    """Return the reps who have begun the day; raise `PlanOutdated` if another's is not what its plan was drawn from."""
    ids = [plan.rep.id for plan in draft.plans]
    standing = standing_on(session, ids, draft.day)
    begun = {rep_id for rep_id, _ in visits_on(session, draft.day)} | {
        rep_id for rep_id, stands in standing.items() if _is_begun(stands)
    }
    taken = taken_on(session, ids, draft.day)
    closed = set(session.scalars(select(Customer.id).where(Customer.active.is_(False))))
    for plan in draft.plans:
        who = plan.rep.id
        if plan.frozen or who in begun:
            continue
        if is_outdated(plan, standing[who], set(served[who]) - closed, taken):
            raise PlanOutdated(
                f"The day of {plan.rep.name} changed while it was being planned.", mend="Plan the day again."
            )
    return begun


def _is_begun(standing: Standing) -> bool:
    return any(line.status == DONE for line in standing.lines)
