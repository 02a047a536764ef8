"""What changed in which scope, below a horizon under which nothing can appear any more."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from fieldsales.changes.models import FeedClock


def epoch(session: Session) -> uuid.UUID:
    """Return the feed's epoch; a cursor of another epoch is worthless."""
    return session.scalars(select(FeedClock.epoch)).one()


def horizon(session: Session) -> int:
    """Return the first transaction number that a reader must not yet count on.

    Every transaction below it has ended, so rows stamped below it are all visible and none will follow. On
    PostgreSQL this is the oldest transaction still running (`pg_snapshot_xmin`); on SQLite, where writers queue,
    the number after the last commit.
    """
    if session.get_bind().dialect.name == "sqlite":
        return session.scalars(select(FeedClock.tx)).one() + 1
    found: Sequence[int] = session.scalars(text("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint")).all()
    return found[0]
