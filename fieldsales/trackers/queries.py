"""Which tracking apps there are, and whose a key is."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.people.models import Role, User
from fieldsales.people.queries import visible_people
from fieldsales.people.rules import Actor
from fieldsales.trackers.models import Tracker
from fieldsales.trackers.rules import TrackerNotFound, TrackerUnknown, hashed


def tracker_of_key(session: Session, key: str) -> tuple[Tracker, User]:
    """Return the tracker whose key this is, and its rep. Raises `TrackerUnknown`, whatever is wrong with it."""
    found = session.execute(
        select(Tracker, User)
        .join(User, User.id == Tracker.rep_id)
        .where(Tracker.key_hash == hashed(key), Tracker.revoked_at.is_(None), User.active, User.role == Role.REP)
    ).one_or_none()
    if found is None:
        raise TrackerUnknown("This tracker is not known.", mend="Make a new one, and enter its key in the app.")
    return found[0], found[1]


def trackers_of(session: Session, rep_id: uuid.UUID) -> Sequence[Tracker]:
    """Return the trackers that a rep has and had, the first one first."""
    return session.scalars(select(Tracker).where(Tracker.rep_id == rep_id).order_by(Tracker.id)).all()


def count_in_use(session: Session, rep_id: uuid.UUID) -> int:
    """Return how many trackers of a rep are not revoked."""
    found = select(func.count()).where(Tracker.rep_id == rep_id, Tracker.revoked_at.is_(None))
    return session.scalars(found).one()


def require_tracker(session: Session, actor: Actor | None, tracker_id: uuid.UUID) -> Tracker:
    """Return a tracker of somebody whom the actor may see; raise `TrackerNotFound`."""
    of_them = Tracker.rep_id.in_(visible_people(actor).with_only_columns(User.id))
    found = session.scalars(select(Tracker).where(Tracker.id == tracker_id, of_them)).one_or_none()
    if found is None:
        raise TrackerNotFound(f"There is no tracker {tracker_id}.", id=str(tracker_id))
    return found
