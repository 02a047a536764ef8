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
    SELECT coalesce(min(running.xid::text::bigint), pg_snapshot_xmax(pg_current_snapshot())::text::bigint),
           pg_snapshot_xmax(pg_current_snapshot())::text::bigint
    FROM pg_snapshot_xip(pg_current_snapshot()) AS running(xid)
    WHERE running.xid::xid NOT IN (
        SELECT backend_xid FROM pg_stat_activity
        WHERE backend_xid IS NOT NULL
          AND (datname <> current_database() OR backend_type = 'autovacuum worker')
    )
""")


@dataclass(frozen=True, slots=True)
class Frontier:
    """How far the feed has come, as transaction numbers.

    Every transaction below `horizon` has ended: rows stamped below it are all visible, and none will follow. No
    transaction has reached `end` yet. The horizon may seem to step back for a moment, never below what was true.
    """

    horizon: int
    end: int


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
    oldest, end = session.execute(_POSTGRESQL).one()
    return Frontier(oldest, end)


def horizon(session: Session) -> int:
    """Return the first transaction number that a reader must not yet count on."""
    return frontier(session).horizon
