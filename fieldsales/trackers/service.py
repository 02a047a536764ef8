"""Giving a tracking app a key, counting what it sends, and taking the key away."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.people.models import User
from fieldsales.people.rules import Actor, check_may_lock_out, check_may_manage
from fieldsales.trackers.models import Tracker
from fieldsales.trackers.queries import count_in_use, require_tracker
from fieldsales.trackers.rules import MOST, TooManyTrackers, hashed, new_key


@dataclass(frozen=True, slots=True)
class NewTracker:
    """A tracker that was just made, with its key, which nobody can be told again."""

    tracker: Tracker
    rep: User
    key: str


def add_tracker(session: Session, rep: User, name: str, *, by: Actor | None, now: datetime) -> NewTracker:
    """Give a tracking app of a rep a key. Raises `TooManyTrackers`, `MayNotManage`."""
    if by is not None and by.user_id != rep.id:
        check_may_manage(by, rep.role)
    if count_in_use(session, rep.id) >= MOST:
        raise TooManyTrackers(f"{rep.name} has {MOST} trackers.", mend="Revoke one that is not used any more.")
    key = new_key()
    by_id = by.user_id if by else None
    tracker = Tracker(rep_id=rep.id, name=name, key_hash=hashed(key), created_at=now, created_by=by_id)
    session.add(tracker)
    session.flush()
    record(session, "tracker.add", ("person", rep.id), actor_id=by_id, now=now, tracker=str(tracker.id), name=name)
    return NewTracker(tracker, rep, key)


def revoke_tracker(session: Session, tracker_id: uuid.UUID, *, by: Actor | None, now: datetime) -> Tracker:
    """Take a tracker's key away for good; a second time changes nothing.

    Reps may do that to their own, and whoever may lock out a rep's phone. Raises `TrackerNotFound`, `MayNotManage`.
    """
    tracker = require_tracker(session, by, tracker_id)
    if by is not None and by.user_id != tracker.rep_id:
        check_may_lock_out(by, session.get_one(User, tracker.rep_id).role)
    if tracker.revoked_at is None:
        by_id = by.user_id if by else None
        tracker.revoked_at, tracker.revoked_by = now, by_id
        record(session, "tracker.revoke", ("person", tracker.rep_id), actor_id=by_id, now=now, tracker=str(tracker.id))
    session.flush()
    return tracker


def count_positions(
    session: Session,
    tracker_id: uuid.UUID,
    *,
    kept: int,
    without_consent: int,
    off_shift: int,
    out_of_time: int,
    now: datetime,
) -> None:
    """Note what became of positions that a tracker sent."""
    session.execute(
        update(Tracker)
        .where(Tracker.id == tracker_id)
        .values(
            kept=Tracker.kept + kept,
            without_consent=Tracker.without_consent + without_consent,
            off_shift=Tracker.off_shift + off_shift,
            out_of_time=Tracker.out_of_time + out_of_time,
            last_seen_at=now,
        )
        .execution_options(synchronize_session=False)
    )
