"""Keeping where a rep's phone was, as far as that may be kept, and erasing it again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fieldsales.accesses.models import TrackAccess
from fieldsales.audit.service import record
from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.privacy.queries import sift_for
from fieldsales.tracks.models import Source, TrackPoint
from fieldsales.tracks.queries import accesses_kept_since, count_points, kept_since
from fieldsales.tracks.rules import Point, ReasonMissing

AT_ONCE = 10_000
"""So many rows one call of `erase_expired` erases at most: some tenths of a second."""
_NAMES = tuple(each.name for each in fields(Point))
_facts = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True)
class Track:
    """Points of one rep as they came in together."""

    track_id: uuid.UUID
    rep_id: uuid.UUID
    received_at: datetime
    points: Sequence[Point]
    source: Source = Source.APP


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a track: the points that may be kept, how many of them were new, and how many may not be kept."""

    points: tuple[Point, ...]
    new: int
    without_consent: int
    off_shift: int


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased, and whether there is more."""

    points: int
    accesses: int
    more: bool


def take(session: Session, track: Track) -> Taken:
    """Keep what may be kept of a track, by the policy `tracking`: with consent, and in the shift."""
    rep = session.get_one(User, track.rep_id)
    sifted = sift_for(session, rep, [point.at for point in track.points], track.received_at)
    points = tuple(track.points[place] for place in sifted.kept)
    kept = Track(track.track_id, track.rep_id, track.received_at, points, track.source)
    return Taken(points, keep(session, kept) if points else 0, sifted.without_consent, sifted.off_shift)


def keep(session: Session, track: Track) -> int:
    """Keep the points of a track in one statement, whatever the policy; return how many of them were new.

    A rep is at one place at a time: of two points of one moment the first that came stands.
    """
    shared = {"track_id": track.track_id, "rep_id": track.rep_id, "received_at": track.received_at}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(TrackPoint.__table__).on_conflict_do_nothing(index_elements=["rep_id", "at"])  # type: ignore[arg-type]
    # In one order of moments for everybody, so that two devices of a rep cannot wait for each other.
    points = sorted(track.points, key=attrgetter("at"))
    rows = [dict(zip(_NAMES, _facts(point), strict=True)) | shared | {"source": track.source} for point in points]
    return len(session.execute(statement.returning(TrackPoint.__table__.c.at), rows).all())


def erase_expired(session: Session, now: datetime, limit: int = AT_ONCE) -> Erased:
    """Erase positions, and rows of who looked at them, that are older than the policy `tracking` keeps them.

    At most `limit` rows of each in one call. The caller commits, and calls again while there is `more`; to call it once
    too often, twice at once, or again after a crash does no harm.
    """
    points = 0
    for since, rep_ids in sorted(kept_since(session, now).items()):
        points += _erase_points(session, rep_ids, since, limit - points)
        if points >= limit:
            break
    old = select(TrackAccess.id).where(TrackAccess.last_at < accesses_kept_since(session, now)).limit(limit)
    looks = session.scalars(delete(TrackAccess).where(TrackAccess.id.in_(old)).returning(TrackAccess.id)).all()
    return Erased(points, len(looks), points >= limit or len(looks) >= limit)


def erase_person(
    session: Session,
    rep: User,
    reason: str,
    *,
    until: datetime | None = None,
    dry_run: bool,
    by: Actor | None,
    now: datetime,
) -> int:
    """Erase all positions of a rep's tracks, or those before a moment; return how many. With `dry_run` only count.

    Consents, who looked, and visits with their check-ins stay: they prove what was done. Raises `ReasonMissing`.
    """
    if not reason.strip():
        raise ReasonMissing("There is no reason.", mend="Say why the positions are erased.", field="reason")
    if dry_run:
        return count_points(session, rep.id, until)
    gone = delete(TrackPoint).where(TrackPoint.rep_id == rep.id)
    if until is not None:
        gone = gone.where(TrackPoint.at < until)
    erased = int(session.execute(gone.execution_options(synchronize_session=False)).rowcount)  # type: ignore[attr-defined]
    before = until.isoformat() if until else None
    facts = {"points": erased, "reason": reason.strip(), "until": before}
    record(session, "track.erase", ("person", rep.id), actor_id=by.user_id if by else None, now=now, **facts)
    return erased


def _erase_points(session: Session, rep_ids: Sequence[uuid.UUID], since: datetime, limit: int) -> int:
    key = tuple_(TrackPoint.rep_id, TrackPoint.at)
    old = select(TrackPoint.rep_id, TrackPoint.at).where(TrackPoint.rep_id.in_(rep_ids), TrackPoint.at < since)
    some = old.order_by(TrackPoint.rep_id, TrackPoint.at).limit(limit)
    gone = delete(TrackPoint).where(key.in_(some)).execution_options(synchronize_session=False)
    return int(session.execute(gone).rowcount)  # type: ignore[attr-defined]
