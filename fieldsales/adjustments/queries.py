"""What was asked to be changed of targets, and the values that a target had."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.adjustments.models import AdjustmentState, TargetAdjustment, TargetChange
from fieldsales.adjustments.rules import Held
from fieldsales.targets.models import Target


def held(family: dict[uuid.UUID, Target]) -> dict[uuid.UUID, Held]:
    """Return the tree of some targets as the rules look at it."""
    return {each.id: Held(each.value, each.parent_id if each.parent_id in family else None) for each in family.values()}


def waiting_of(session: Session, top_id: uuid.UUID) -> TargetAdjustment | None:
    """Return the adjustment of a tree that waits for a decision, if there is one."""
    waits = select(TargetAdjustment).where(
        TargetAdjustment.top_id == top_id, TargetAdjustment.state == AdjustmentState.WAITING
    )
    return session.scalars(waits).first()


def adjustments_of(session: Session, target: Target) -> Sequence[TargetAdjustment]:
    """Return what was asked to be changed of a target itself, the latest first."""
    asked = select(TargetAdjustment).where(TargetAdjustment.target_id == target.id)
    return session.scalars(asked.order_by(TargetAdjustment.asked_at.desc(), TargetAdjustment.id.desc())).all()


def history_of(session: Session, target: Target) -> list[tuple[TargetChange, TargetAdjustment]]:
    """Return each change of a target's value with the adjustment that made it, the first one first."""
    changed = (
        select(TargetChange, TargetAdjustment)
        .join(TargetAdjustment, TargetAdjustment.id == TargetChange.adjustment_id)
        .where(TargetChange.target_id == target.id)
    )
    rows = session.execute(changed.order_by(TargetChange.at, TargetChange.id))
    return [(change, adjustment) for change, adjustment in rows]
