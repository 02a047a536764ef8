"""Questions about what was remembered of customers."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.notes.models import Note
from fieldsales.people.models import User

MOST = 100
"""How many notes of a customer are shown; the latest."""


def notes_of(session: Session, customer_id: uuid.UUID) -> Sequence[tuple[Note, str]]:
    """Return a customer's latest notes with the name of who made each, the latest first."""
    rows = session.execute(
        select(Note, User.name)
        .join(User, User.id == Note.rep_id)
        .where(Note.customer_id == customer_id)
        .order_by(Note.noted_at.desc(), Note.id.desc())
        .limit(MOST)
    )
    return [(note, name) for note, name in rows]
