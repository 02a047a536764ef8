"""Keeping where a rep's phone was."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from operator import attrgetter

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fieldsales.tracks.models import TrackPoint
from fieldsales.tracks.rules import Point

_NAMES = tuple(each.name for each in fields(Point))
_facts = attrgetter(*_NAMES)


@dataclass(frozen=True, slots=True)
class Track:
    """Points of one rep as they came in together."""

    track_id: uuid.UUID
    rep_id: uuid.UUID
    received_at: datetime
    points: Sequence[Point]


def keep(session: Session, track: Track) -> int:
    """Keep the points of a track in one statement; return how many of them were new.

    A rep is at one place at a time: of two points of one moment the first that came stands.
    """
    shared = {"track_id": track.track_id, "rep_id": track.rep_id, "received_at": track.received_at}
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(TrackPoint.__table__).on_conflict_do_nothing(index_elements=["rep_id", "at"])  # type: ignore[arg-type]
    # In one order of moments for everybody, so that two devices of a rep cannot wait for each other.
    points = sorted(track.points, key=attrgetter("at"))
    rows = [dict(zip(_NAMES, _facts(point), strict=True)) | shared for point in points]
    return len(session.execute(statement.returning(TrackPoint.__table__.c.at), rows).all())
