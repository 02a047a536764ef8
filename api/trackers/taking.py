"""Taking what a tracking app sent, as our own app's positions are taken."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.integrity.service import mark_days_due
from fieldsales.privacy.rules import withheld
from fieldsales.trackers.queries import tracker_of_key
from fieldsales.trackers.rules import is_in_time
from fieldsales.trackers.service import count_positions
from fieldsales.tracks.models import Source
from fieldsales.tracks.rules import Point, track_flags
from fieldsales.tracks.service import Track, take


def take_from(session: Session, key: str, points: Sequence[Point], source: Source, now: datetime) -> dict[str, object]:
    """Keep what may be kept of the positions that a key's tracker sent; return what became of them.

    The same consent, the same shift and the same flags as for our own app. What lies too far from now is dropped and
    counted, not refused: the apps would send it again for ever, and nothing after it. Raises `TrackerUnknown`.
    """
    tracker, rep = tracker_of_key(session, key)
    in_time = [point for point in points if is_in_time(point.at, now)]
    taken = take(session, Track(tracker.id, rep.id, now, in_time, source))
    if taken.points:
        moments = [point.at for point in taken.points]
        mark_days_due(session, rep.id, min(moments), max(moments), now)
    counts = {"without_consent": taken.without_consent, "off_shift": taken.off_shift}
    out_of_time = len(points) - len(in_time)
    count_positions(session, tracker.id, kept=taken.new, **counts, out_of_time=out_of_time, now=now)
    flags = [*track_flags(taken.points, now), *withheld(**counts)]
    return {"points": len(points), "new": taken.new, **counts, "out_of_time": out_of_time, "flags": flags}
