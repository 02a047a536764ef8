"""Which tiers hold on a day."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from fieldsales.ladders.rules import TIERS, Ladder
from fieldsales.policies.queries import in_force


def ladder_on(session: Session, day: date) -> Ladder:
    """Return the tiers that hold on a day, those of a new house where none were set."""
    return in_force(session, TIERS, day).value
