"""What became of mutations, for the phone that sent them and for the people who look after reps."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from sync.models import Mutation, Status
from sync.outcomes import ItemResult, recorded


class MutationUnknown(NotFound):
    """No mutation of this user has that id. The phone still holds the only copy, and sends it again."""

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


def held(session: Session, user_ids: Collection[uuid.UUID], wanted: PageWanted) -> Page[HeldMutation]:
    """Return a page of the held mutations of these people, by id: as phones make ids, the oldest first."""
    found = select(Mutation).where(Mutation.status == Status.HELD, Mutation.user_id.in_(user_ids))
    page = fetch_page(session, found, (Mutation.id,), wanted)
    return Page([_told(each) for each in page.items], page.next)


def _told(mutation: Mutation) -> HeldMutation:
    return HeldMutation(
        id=mutation.id,
        user_id=mutation.user_id,
        device_id=mutation.device_id,
        type=mutation.type,
        v=mutation.v,
        problem=mutation.outcome.get("problem", {}),
        payload=mutation.payload,
        at=mutation.at,
        received_at=mutation.received_at,
    )


def held_counts(session: Session, user_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many mutations of each person are held; no entry for none."""
    found = (
        select(Mutation.user_id, func.count())
        .where(Mutation.status == Status.HELD, Mutation.user_id.in_(user_ids))
        .group_by(Mutation.user_id)
    )
    return dict(session.execute(found).all())
