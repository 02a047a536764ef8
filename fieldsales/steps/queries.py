"""What happened to planned visits, and what follows from it for planning."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from datetime import date, datetime

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from fieldsales.steps.models import StepKind, VisitStep


def steps_of(session: Session, visit_id: uuid.UUID) -> Sequence[VisitStep]:
    """Return every step of a planned visit, the first one first."""
    found = select(VisitStep).where(VisitStep.planned_visit_id == visit_id)
    return session.scalars(found.order_by(VisitStep.at, VisitStep.id)).all()


def moved_off(session: Session, customer_ids: Select[uuid.UUID], day: date) -> set[uuid.UUID]:
    """Return the customers, of some, whose visit a person moved off a day: the planner puts none of them back."""
    moved = select(VisitStep.customer_id).where(VisitStep.kind == StepKind.MOVED, VisitStep.from_day == day)
    return set(session.scalars(moved.where(VisitStep.customer_id.in_(customer_ids))))


def first_day(session: Session, visit_id: uuid.UUID) -> date | None:
    """Return the day on which a visit stood before anybody moved it; None for one that was never moved."""
    moved = select(VisitStep.from_day).where(
        VisitStep.planned_visit_id == visit_id, VisitStep.kind == StepKind.MOVED, VisitStep.from_day.is_not(None)
    )
    return session.scalars(moved.order_by(VisitStep.at, VisitStep.id).limit(1)).one_or_none()


def last_steps(session: Session, visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, datetime]:
    """Return when something last happened to each of some planned visits; nothing for one without a history."""
    last = select(VisitStep.planned_visit_id, func.max(VisitStep.at)).where(VisitStep.planned_visit_id.in_(visit_ids))
    return dict(session.execute(last.group_by(VisitStep.planned_visit_id)).all())
