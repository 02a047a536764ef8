"""How many positions are kept, since when, and which have been kept long enough."""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from fieldsales.accesses.models import TrackAccess
from fieldsales.people.models import User
from fieldsales.people.queries import days_at
from fieldsales.privacy.queries import terms_of_all, tracking_on
from fieldsales.tracks.models import TrackPoint


@dataclass(frozen=True, slots=True)
class Expired:
    """How much is older than the policy keeps it."""

    points: int
    accesses: int


@dataclass(frozen=True, slots=True)
class Holding:
    """How many positions of a rep are kept, and from when to when."""

    points: int
    first_at: datetime | None
    last_at: datetime | None


def holding_of(session: Session, rep_id: uuid.UUID) -> Holding:
    """Return what is kept of a rep's positions."""
    found = select(func.count(), func.min(TrackPoint.at), func.max(TrackPoint.at)).where(TrackPoint.rep_id == rep_id)
    return Holding(*session.execute(found).one())


def count_points(session: Session, rep_id: uuid.UUID, until: datetime | None = None) -> int:
    """Return how many positions of a rep are kept, all of them or those before a moment."""
    found = select(func.count()).select_from(TrackPoint).where(TrackPoint.rep_id == rep_id)
    return session.scalars(found if until is None else found.where(TrackPoint.at < until)).one()


def kept_since(session: Session, now: datetime) -> dict[datetime, list[uuid.UUID]]:
    """Return since when positions are kept, for everybody: those who were switched off or are no reps any more too."""
    people = session.scalars(select(User).order_by(User.id)).all()
    found: dict[datetime, list[uuid.UUID]] = defaultdict(list)
    for rep_id, terms in terms_of_all(session, people, now).items():
        found[now - timedelta(days=terms.keep_days)].append(rep_id)
    return dict(found)


def accesses_kept_since(session: Session, now: datetime) -> datetime:
    """Return since when it is kept who looked at tracks."""
    return now - timedelta(days=tracking_on(session, days_at(session, now)[0]).keep_access_days)


def expired(session: Session, now: datetime) -> Expired:
    """Return how much `erase_expired` would erase."""
    old = [
        (TrackPoint.rep_id.in_(rep_ids)) & (TrackPoint.at < since)
        for since, rep_ids in kept_since(session, now).items()
    ]
    points = session.scalars(select(func.count()).select_from(TrackPoint).where(or_(False, *old))).one()
    looks = select(func.count()).where(TrackAccess.last_at < accesses_kept_since(session, now))
    return Expired(points, session.scalars(looks).one())
