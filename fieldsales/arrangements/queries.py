"""What was arranged with whom."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.arrangements.models import Arrangement
from fieldsales.arrangements.rules import Terms, read_terms


def arranged(session: Session, among: Collection[uuid.UUID] | None = None) -> dict[uuid.UUID, Terms]:
    """Return what was arranged, by customer; with everybody, or with some."""
    statement = select(Arrangement)
    if among is not None:
        statement = statement.where(Arrangement.customer_id.in_(among))
    return {each.customer_id: terms_of(each) for each in session.scalars(statement)}


def terms_of(row: Arrangement) -> Terms:
    """Return a stored arrangement as a value."""
    return read_terms(row.rrule, row.minimum_gap_days, row.weekdays, row.from_time, row.to_time)
