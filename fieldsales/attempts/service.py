"""Noting each attempt to deliver something."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.attempts.models import DeliveryAttempt


def note_attempt(
    session: Session,
    *,
    at: datetime,
    taken: bool,
    answer: str | None,
    status: int | None = None,
    letter_id: uuid.UUID | None = None,
    webhook_delivery_id: uuid.UUID | None = None,
) -> None:
    """Note what came of one attempt to hand over a letter, or an event to a webhook: one of the two."""
    session.add(
        DeliveryAttempt(
            letter_id=letter_id,
            webhook_delivery_id=webhook_delivery_id,
            at=at,
            taken=taken,
            status=status,
            answer=answer[:500] if answer else None,
        )
    )
