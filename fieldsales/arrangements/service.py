"""Arranging visits with a customer, and taking that back."""

from __future__ import annotations

import uuid
from datetime import datetime, time

from sqlalchemy.orm import Session

from fieldsales.arrangements.models import Arrangement
from fieldsales.arrangements.rules import read_terms, told_weekdays
from fieldsales.audit.service import record
from fieldsales.customers.queries import require_customer_in_scope
from fieldsales.errors import NotFound
from fieldsales.people.rules import Actor


class NothingArranged(NotFound):
    """Nothing was arranged with the customer: the cadence of its tier holds."""

    code = "arrangement.not_found"
    title = "Nothing is arranged with this customer"


def require_arrangement(session: Session, customer_id: uuid.UUID, *, by: Actor | None) -> Arrangement:
    """Return what was arranged. Raises `CustomerNotFound`, `NothingArranged`."""
    require_customer_in_scope(session, by, customer_id)
    found = session.get(Arrangement, customer_id)
    if found is None:
        raise NothingArranged(f"Nothing is arranged with customer {customer_id}.", id=str(customer_id))
    return found


def arrange(
    session: Session,
    customer_id: uuid.UUID,
    *,
    by: Actor | None,
    now: datetime,
    rrule: str | None = None,
    minimum_gap_days: int | None = None,
    weekdays: str | None = None,
    from_time: time | None = None,
    to_time: time | None = None,
    note: str | None = None,
) -> Arrangement:
    """Arrange how often, on which weekdays and between which hours a customer is visited, in the place of what was.

    Raises `CustomerNotFound`, `BadArrangement`, `CadenceNotUnderstood`.
    """
    require_customer_in_scope(session, by, customer_id)
    terms = read_terms(rrule, minimum_gap_days, weekdays, from_time, to_time)
    row = session.get(Arrangement, customer_id)
    if row is None:
        row = Arrangement(customer_id=customer_id)
        session.add(row)
    row.rrule, row.minimum_gap_days, row.weekdays = rrule, minimum_gap_days, told_weekdays(terms.weekdays)
    row.from_time, row.to_time, row.note = from_time, to_time, note
    row.made_by, row.made_at = by.user_id if by else None, now
    session.flush()
    _note(session, "arrangement.made", row, by, now)
    return row


def drop(session: Session, customer_id: uuid.UUID, *, by: Actor | None, now: datetime) -> None:
    """Take back what was arranged: the cadence of the tier holds. Raises `CustomerNotFound`, `NothingArranged`."""
    row = require_arrangement(session, customer_id, by=by)
    _note(session, "arrangement.dropped", row, by, now)
    session.delete(row)
    session.flush()


def _note(session: Session, action: str, row: Arrangement, by: Actor | None, now: datetime) -> None:
    facts = {
        name: value if isinstance(value, int) else str(value)
        for name in ("rrule", "minimum_gap_days", "weekdays", "from_time", "to_time", "note")
        if (value := getattr(row, name)) is not None
    }
    record(session, action, ("customer", row.customer_id), actor_id=by.user_id if by else None, now=now, **facts)
