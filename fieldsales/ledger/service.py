"""Writing the ledger."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from fieldsales.db.base import new_id
from fieldsales.ledger.models import Cause, Posting
from fieldsales.ledger.rules import Transfer


@dataclass(frozen=True, slots=True)
class Event:
    """Why money moves, whose accounts it moves in, and on which day that counts."""

    cause: Cause
    source_id: uuid.UUID
    customer_id: uuid.UUID | None
    currency: str
    day: date
    at: datetime
    rep_id: uuid.UUID | None = None


def post(session: Session, event: Event, transfers: Sequence[Transfer], entry_id: uuid.UUID | None = None) -> uuid.UUID:
    """Write an event into the ledger and return the id of its entry: a new one, or that of an entry it is part of."""
    entry_id = entry_id or new_id()
    for each in transfers:
        session.add(
            Posting(
                entry_id=entry_id,
                cause=event.cause,
                source_id=event.source_id,
                day=event.day,
                at=event.at,
                currency=event.currency,
                amount_minor=each.amount_minor,
                debit=each.debit,
                credit=each.credit,
                customer_id=event.customer_id,
                rep_id=event.rep_id,
            )
        )
    return entry_id
