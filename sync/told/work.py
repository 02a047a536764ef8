"""What a phone holds of what it handed in itself."""

from __future__ import annotations

import uuid

from sqlalchemy import ColumnElement, and_, or_

from sync.models import Mutation, Status, Way
from sync.shape import Shape


def _mutations(user_id: uuid.UUID) -> ColumnElement[bool]:
    unanswered = and_(
        Mutation.way.in_((Way.WATERMELON, Way.RXDB)),
        or_(Mutation.status == Status.REJECTED, Mutation.review.is_not(None)),
    )
    return and_(Mutation.user_id == user_id, or_(Mutation.held_at.is_not(None), unanswered))


MUTATION = Shape(
    columns=(
        Mutation.id,
        Mutation.type,
        Mutation.status,
        Mutation.outcome,
        Mutation.settled_at,
        Mutation.decision,
        Mutation.decision_reason,
    ),
    visible=_mutations,
)
