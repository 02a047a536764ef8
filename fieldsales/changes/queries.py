"""What changed in which scope, below a horizon under which nothing can appear any more."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fieldsales.changes.models import FeedClock

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
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    FROM running LEFT JOIN seen ON backend_xid = xid
""")


@dataclass(frozen=True, slots=True)
class Frontier:
    """How far the feed has come, as transaction numbers.

    Every transaction below `horizon` has ended: rows stamped below it are all visible, and none will follow. No
    transaction has reached `end` yet. The horizon may seem to step back for a moment, never below what was true:
    `passing` tells that only transactions which have ended since the snapshot hold it back, so that a snapshot taken
    now would see further.
    """

    horizon: int
    end: int
    passing: bool = False


def epoch(session: Session) -> uuid.UUID:
    """Return the feed's epoch; a cursor of another epoch is worthless."""
    return session.scalars(select(FeedClock.epoch)).one()


def frontier(session: Session) -> Frontier:
    """Return how far a reader of this snapshot may count on the feed.

    On PostgreSQL the horizon is the oldest transaction still running in this database; on SQLite, where writers
    queue, the number after the last commit.
    """
    if session.get_bind().dialect.name == "sqlite":
        following = session.scalars(select(FeedClock.tx)).one() + 1
        return Frontier(following, following)
    oldest, ours, end = session.execute(_POSTGRESQL).one()
    if oldest is None:
        return Frontier(end, end)
    return Frontier(oldest, end, passing=ours is None or oldest < ours)


def horizon(session: Session) -> int:
    """Return the first transaction number that a reader must not yet count on."""
    return frontier(session).horizon
