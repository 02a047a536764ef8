"""The books: which mutations are known, what was answered, and who waits for what."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from sync.models import Mutation, Status, Wait
from sync.outcomes import Outcome

SETTLED = (Status.APPLIED, Status.REJECTED)


def claim(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[uuid.UUID, Mutation]:
    """Write down mutations that nobody has written down yet and return those, by id.

    The unique id decides: of two that come at the same moment one waits for the other's commit and then gets
    nothing back.
    """
    if not rows:
        return {}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(Mutation).values(list(rows)).on_conflict_do_nothing(index_elements=["id"])
    return {each.id: each for each in session.scalars(statement.returning(Mutation))}


def known(session: Session, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Mutation]:
    """Return the mutations that are in the books already, by id."""
    if not ids:
        return {}
    return {each.id: each for each in session.scalars(select(Mutation).where(Mutation.id.in_(ids)))}


def unsettled(session: Session, user_id: uuid.UUID, ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return which of these are no mutations of the user that are here and settled."""
    if not ids:
        return set()
    found = select(Mutation.id).where(Mutation.id.in_(ids), Mutation.user_id == user_id, Mutation.status.in_(SETTLED))
    return set(ids) - set(session.scalars(found))


def record(session: Session, mutation: Mutation, outcome: Outcome, now: datetime) -> None:
    """Write an outcome down beside the effect that it tells of."""
    mutation.status = outcome.status
    mutation.outcome = outcome.as_json()
    if outcome.status is Status.HELD:
        mutation.held_at = mutation.held_at or now
        session.add_all(Wait(mutation_id=mutation.id, waits_for=each) for each in sorted(outcome.waits_for))
    else:
        mutation.settled_at = now


def set_free(session: Session, user_id: uuid.UUID, settled: Collection[uuid.UUID]) -> list[Mutation]:
    """Strike out the waits for what is now here; return the user's held mutations that wait for nothing more."""
    if not settled:
        return []
    mine = select(Mutation.id).where(Mutation.user_id == user_id)
    waiting = select(Wait.mutation_id).where(Wait.waits_for.in_(settled), Wait.mutation_id.in_(mine))
    found = set(session.scalars(waiting))
    if not found:
        return []
    session.execute(delete(Wait).where(Wait.waits_for.in_(settled), Wait.mutation_id.in_(found)))
    free = select(Mutation).where(Mutation.id.in_(found), ~exists().where(Wait.mutation_id == Mutation.id))
    return list(session.scalars(free.order_by(Mutation.seq, Mutation.id)))
