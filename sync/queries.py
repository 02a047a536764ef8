"""What became of mutations, for the phone that sent them and for the people who look after reps."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.errors import NotFound
from sync.models import Mutation, Status
from sync.outcomes import ItemResult, recorded


class MutationUnknown(NotFound):
    """No mutation of this user has that id; the phone still holds it, and sends it again."""

    code = "mutation.not_found"
    title = "There is no such mutation"


@dataclass(frozen=True, slots=True)
class HeldMutation:
    """A mutation that waits for another one, or for a person. `problem` says why; `payload` is as it was sent."""

    id: uuid.UUID
    user_id: uuid.UUID
    device_id: uuid.UUID
    type: str
    v: int
    problem: dict[str, Any]
    payload: dict[str, Any]
    at: datetime | None
    received_at: datetime


def outcome_of(session: Session, mutation_id: uuid.UUID, user_id: uuid.UUID) -> ItemResult:
    """Return the recorded answer to a user's mutation. Raises `MutationUnknown`, also for another user's."""
    mutation = session.get(Mutation, mutation_id)
    if mutation is None or mutation.user_id != user_id:
        raise MutationUnknown(f"There is no mutation {mutation_id} of yours.", mend="Send it (again).")
    return recorded(mutation, 0, replayed=True)


def held(
    session: Session, user_ids: Collection[uuid.UUID], *, after: datetime | None = None, limit: int = 100
) -> list[HeldMutation]:
    """Return the held mutations of these people, those received first at the head, beyond a moment of receipt."""
    found = select(Mutation).where(Mutation.status == Status.HELD, Mutation.user_id.in_(user_ids))
    if after is not None:
        found = found.where(Mutation.received_at > after)
    rows: Sequence[Mutation] = session.scalars(found.order_by(Mutation.received_at, Mutation.id).limit(limit)).all()
    return [
        HeldMutation(
            each.id,
            each.user_id,
            each.device_id,
            each.type,
            each.v,
            each.outcome.get("problem", {}),
            each.payload,
            each.at,
            each.received_at,
        )
        for each in rows
    ]


def held_counts(session: Session, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many mutations of each person are held; no entry for none."""
    found = (
        select(Mutation.user_id, func.count())
        .where(Mutation.status == Status.HELD, Mutation.user_id.in_(user_ids))
        .group_by(Mutation.user_id)
    )
    return dict(session.execute(found).all())
