"""Who looked at a rep's track."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.accesses.models import TrackAccess
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.people.models import User

OPERATOR = "the operator's terminal"


@dataclass(frozen=True, slots=True)
class Look:
    """Some looks of one person at one day of a rep, with the person's name."""

    access: TrackAccess
    reader: str


def looks_at(session: Session, rep_id: uuid.UUID, wanted: PageWanted) -> Page[Look]:
    """Return a page of who looked at a rep's positions, the last look first."""
    found = select(TrackAccess).where(TrackAccess.rep_id == rep_id)
    page = fetch_page(session, found, (TrackAccess.last_at, TrackAccess.id), wanted, largest_first=True)
    return Page(with_readers(session, page.items), page.next)


def all_looks_at(session: Session, rep_id: uuid.UUID) -> list[Look]:
    """Return all of them, the first look first."""
    found = select(TrackAccess).where(TrackAccess.rep_id == rep_id).order_by(TrackAccess.last_at, TrackAccess.id)
    return with_readers(session, session.scalars(found).all())


def with_readers(session: Session, accesses: Sequence[TrackAccess]) -> list[Look]:
    """Put the readers' names beside."""
    ids = {each.reader_id for each in accesses if each.reader_id}
    names = dict(session.execute(select(User.id, User.name).where(User.id.in_(ids))).all())
    return [Look(each, names[each.reader_id] if each.reader_id else OPERATOR) for each in accesses]
