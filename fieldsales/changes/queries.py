"""What changed in which scope, below a horizon under which nothing can appear any more."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fieldsales.changes.models import FeedClock

_SQLITE = select(FeedClock.__table__.c.tx, FeedClock.__table__.c.epoch)

# Transactions of another database of the same cluster, and autovacuum, never write to our feed. One that cannot be
# shown to be such (it has just ended, or the role may not see it) counts as ours.
_POSTGRESQL = text("""
    WITH running AS (
        SELECT xid::xid AS xid, xid::text::bigint AS tx FROM pg_snapshot_xip(pg_current_snapshot()) AS xip(xid)
    ), seen AS (
        SELECT backend_xid, datname = current_database() AND backend_type <> 'autovacuum worker' AS ours
        FROM pg_stat_activity WHERE backend_xid IS NOT NULL
    )
    SELECT min(tx) FILTER (WHERE ours IS NOT FALSE), min(tx) FILTER (WHERE ours),
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint, (SELECT epoch FROM feed_clock)
    FROM running LEFT JOIN seen ON backend_xid = xid
""")

_STALL = text("""
    SELECT clock_timestamp() - xact_start FROM pg_stat_activity
    WHERE backend_xid IS NOT NULL AND datname = current_database() AND backend_type <> 'autovacuum worker'
    ORDER BY age(backend_xid) DESC LIMIT 1
""")


@dataclass(frozen=True, slots=True)
class Frontier:
    """How far the feed has come, as transaction numbers of its `epoch`; a cursor of another epoch is worthless.

    Every transaction below `horizon` has ended: rows stamped below it are all visible, and none will follow. No
    transaction has reached `end` yet. The horizon may seem to step back for a moment, never below what was true:
    `passing` tells that only transactions which have ended since the snapshot hold it back, so that a snapshot taken
    now would see further.
    """

    horizon: int
    end: int
    epoch: uuid.UUID
    passing: bool = False


def frontier(session: Session) -> Frontier:
    """Return how far a reader of this snapshot may count on the feed.

    On PostgreSQL the horizon is the oldest transaction still running in this database; on SQLite, where writers
    queue, the number after the last commit.
    """
    connection = session.connection()
    if connection.dialect.name == "sqlite":
        last, epoch = connection.execute(_SQLITE).one()
        return Frontier(last + 1, last + 1, epoch)
    oldest, ours, end, epoch = connection.execute(_POSTGRESQL).one()
    if oldest is None:
        return Frontier(end, end, epoch)
    return Frontier(oldest, end, epoch, passing=ours is None or oldest < ours)


def stall(session: Session) -> timedelta:
    """Return for how long the oldest open write transaction has held the horizon back; zero if none does.

    On SQLite none ever does: what is not committed has no number yet. On PostgreSQL the role may have to be a member
    of `pg_read_all_stats` to see when transactions of other roles began.
    """
    if session.get_bind().dialect.name == "sqlite":
        return timedelta(0)
    found: timedelta | None = session.execute(_STALL).scalar()
    return max(found or timedelta(0), timedelta(0))


def epoch(session: Session) -> uuid.UUID:
    """Return the feed's epoch."""
    return frontier(session).epoch


def horizon(session: Session) -> int:
    """Return the first transaction number that a reader must not yet count on."""
    return frontier(session).horizon
