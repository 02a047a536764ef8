"""Writing the history of planned visits."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.steps.models import StepKind, VisitStep
from fieldsales.steps.rules import Spot


def note_step(
    session: Session,
    kind: StepKind,
    visit: tuple[uuid.UUID, uuid.UUID],
    *,
    now: datetime,
    by: uuid.UUID | None,
    before: Spot | None = None,
    after: Spot | None = None,
    code: str | None = None,
    reason: str | None = None,
) -> None:
    """Note a step of a planned visit, named by its own id and its customer's. `by` is None for the planner."""
    visit_id, customer_id = visit
    session.add(
        VisitStep(
            planned_visit_id=visit_id,
            customer_id=customer_id,
            at=now,
            by=by,
            kind=kind,
            from_rep=before.rep_id if before else None,
            from_day=before.day if before else None,
            to_rep=after.rep_id if after else None,
            to_day=after.day if after else None,
            code=code,
            reason=reason,
        )
    )
