"""What to load for a day, from what its customers usually buy."""

from __future__ import annotations

import uuid
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.contexts.queries import habits_of
from fieldsales.loads.rules import Proposed, expected_sales, proposed_load
from fieldsales.planning.models import PlannedVisit, PlanStatus
from fieldsales.stock.queries import held, on_hand
from fieldsales.warehouses.models import Warehouse


def propose(session: Session, van: Warehouse, house: Warehouse | None, day: date) -> list[Proposed]:
    """Return what a van should be loaded with for the visits that are planned on a day; nothing is moved.

    Without a house to load from everything that is missing is lacking.
    """
    planned = select(PlannedVisit.customer_id).where(
        PlannedVisit.rep_id == van.rep_id, PlannedVisit.day == day, PlannedVisit.status == PlanStatus.PLANNED
    )
    customers: list[uuid.UUID] = list(session.scalars(planned))
    expected = expected_sales(sorted(habits_of(session, customers, day).items()), day)
    free = {each: there.free for each, there in held(session, house.id, list(expected)).items()} if house else {}
    return proposed_load(expected, on_hand(session, van.id), free)
