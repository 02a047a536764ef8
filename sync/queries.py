"""What became of a mutation, for the phone that sent it."""

from __future__ import annotations

import uuid

from sqlalchemy.orm import Session

from fieldsales.errors import NotFound
from sync.models import Mutation
from sync.outcomes import ItemResult, recorded


class MutationUnknown(NotFound):
    """No mutation of this user has that id. The phone still holds the only copy, and sends it again."""

    code = "mutation.not_found"
    title = "There is no such mutation"


def outcome_of(session: Session, mutation_id: uuid.UUID, user_id: uuid.UUID) -> ItemResult:
    """Return the recorded answer to a user's mutation. Raises `MutationUnknown`, also for another user's."""
    mutation = session.get(Mutation, mutation_id)
    if mutation is None or mutation.user_id != user_id:
        raise MutationUnknown(f"There is no mutation {mutation_id} of yours.", mend="Send it (again).")
    return recorded(mutation, 0, replayed=True)
