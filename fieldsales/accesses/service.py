"""Writing down who looked at whose track."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from fieldsales.accesses.models import TrackAccess
from fieldsales.accesses.rules import Way, hour_of
from fieldsales.clock import local_day
from fieldsales.db.base import new_id
from fieldsales.people.models import User


def note_looks(
    session: Session, rep_ids: Iterable[uuid.UUID], day: date, way: Way, *, by: uuid.UUID | None, now: datetime
) -> None:
    """Note that somebody looked at positions of reps; nobody is noted for the own ones.

    Looks of the same hour by the same way at the same day are one row.
    """
    # In one order for everybody, so that two readers cannot wait for each other.
    others = sorted({rep_id for rep_id in rep_ids if rep_id != by})
    if not others:
        return
    if by is None:  # a unique constraint holds no two empty readers to be the same
        session.add_all(
            TrackAccess(rep_id=each, day=day, route=way, since=hour_of(now), last_at=now) for each in others
        )
        return
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    statement = insert(TrackAccess)
    again = {"times": TrackAccess.times + 1, "last_at": statement.excluded.last_at}
    keys = ["rep_id", "reader_id", "day", "route", "since"]
    session.execute(
        statement.on_conflict_do_update(index_elements=keys, set_=again),
        [
            {
                "id": new_id(),
                "rep_id": each,
                "reader_id": by,
                "day": day,
                "route": way.value,
                "since": hour_of(now),
                "last_at": now,
                "times": 1,
            }
            for each in others
        ],
    )


def note_looks_at_moments(
    session: Session, moments: Mapping[uuid.UUID, datetime], way: Way, *, by: uuid.UUID | None, now: datetime
) -> None:
    """Note that somebody looked at where reps were at some moment each, as the day that it was there."""
    days: dict[date, list[uuid.UUID]] = defaultdict(list)
    for rep in session.scalars(select(User).where(User.id.in_(moments))):
        zone = rep.territory.time_zone if rep.territory else "UTC"
        days[local_day(moments[rep.id], zone)].append(rep.id)
    for day, rep_ids in sorted(days.items()):
        note_looks(session, rep_ids, day, way, by=by, now=now)
