"""Which corrections of pay there are."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from fieldsales.payruns.models import PayCorrection
from fieldsales.payruns.queries import payees
from fieldsales.people.rules import Actor


class CorrectionNotFound(NotFound):
    """There is no such correction of pay that you may see."""

    code = "pay.correction_not_found"
    title = "There is no such correction"


def find_corrections(
    session: Session, actor: Actor | None, wanted: PageWanted, now: datetime, rep_id: uuid.UUID | None = None
) -> Page[PayCorrection]:
    """Return a page of corrections, the latest first; a rep sees the own ones."""
    found = select(PayCorrection).where(PayCorrection.rep_id.in_(payees(session, actor, now)))
    if rep_id is not None:
        found = found.where(PayCorrection.rep_id == rep_id)
    return fetch_page(session, found, (PayCorrection.asked_at, PayCorrection.id), wanted, largest_first=True)


def require_correction(session: Session, correction_id: uuid.UUID, *, lock: bool = False) -> PayCorrection:
    """Return a correction; raise `CorrectionNotFound`."""
    found = session.get(PayCorrection, correction_id, with_for_update=lock or None, populate_existing=lock)
    if found is None:
        raise CorrectionNotFound(f"There is no correction {correction_id}.", id=str(correction_id))
    return found
