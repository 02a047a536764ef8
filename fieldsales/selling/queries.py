"""Which switches hold, and how many photos a visit has."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.policies.queries import in_force
from fieldsales.selling.rules import SELLING, Selling
from fieldsales.visits.models import Photo


def switches_set(session: Session, days: Collection[date]) -> dict[date, Selling]:
    """Return the policy of each day on which somebody has set one; no entry where the built-in one holds."""
    found = {day: in_force(session, SELLING, day) for day in days}
    return {day: each.value for day, each in found.items() if each.version is not None}


def photos_of(session: Session, visit_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, int]:
    """Return how many photos each visit has; no entry where there is none."""
    counted = select(Photo.visit_id, func.count()).where(Photo.visit_id.in_(visit_ids)).group_by(Photo.visit_id)
    return dict(session.execute(counted).all())
