"""Which disputes about pay there are."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.disputes.models import DisputeState, PayDispute
from fieldsales.errors import NotFound
from fieldsales.payruns.queries import payees
from fieldsales.people.rules import Actor


class DisputeNotFound(NotFound):
    """There is no such dispute that you may see."""

    code = "pay.dispute_not_found"
    title = "There is no such dispute"


def find_disputes(
    session: Session, actor: Actor | None, wanted: PageWanted, now: datetime, state: DisputeState | None = None
) -> Page[PayDispute]:
    """Return a page of disputes, the oldest first; a rep sees the own ones."""
    found = select(PayDispute).where(PayDispute.rep_id.in_(payees(session, actor, now)))
    if state is not None:
        found = found.where(PayDispute.state == state)
    return fetch_page(session, found, (PayDispute.raised_at, PayDispute.id), wanted)


def require_dispute(session: Session, dispute_id: uuid.UUID) -> PayDispute:
    """Return a dispute, locked; raise `DisputeNotFound`."""
    lock = {"of": PayDispute}
    found = session.get(PayDispute, dispute_id, with_for_update=lock, populate_existing=True)
    if found is None:
        raise DisputeNotFound(f"There is no dispute {dispute_id}.", id=str(dispute_id))
    return found
