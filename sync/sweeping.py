"""Throwing away what uploads leave behind: rows that nobody goes on with, and files that belong to none."""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, delete, select

from fieldsales.db.bulk import slices
from fieldsales.db.session import reading, transaction
from sync.models import Upload
from sync.parts import parts_in, remove_part

SWEPT_EVERY = timedelta(hours=1)
log = logging.getLogger(__name__)


@dataclass(slots=True)
class Broom:
    """Remembers when this process last swept."""

    last: datetime | None = None

    def sweep(self, engine: Engine, folder: Path, now: datetime) -> None:
        """Throw away what is due, at most once in a while; nobody's request fails for it."""
        if self.last is not None and now - self.last < SWEPT_EVERY:
            return
        self.last = now
        try:
            expire(engine, now)
            tidy(engine, folder)
        except Exception:
            log.exception("expired uploads could not be thrown away")


def expire(engine: Engine, now: datetime) -> int:
    """Forget uploads, finished or not, that nobody went on with for a day; return how many. Photos stay."""
    with transaction(engine) as session:
        return len(session.scalars(delete(Upload).where(Upload.expires_at <= now).returning(Upload.id)).all())


def tidy(engine: Engine, folder: Path) -> int:
    """Delete files of uploads that are finished or forgotten; return how many.

    The row of an upload is always there before its file: a file without one is of no use to anybody.
    """
    there = parts_in(folder)
    going: set[uuid.UUID] = set()
    with reading(engine) as session:
        for some in slices(there):
            going |= set(session.scalars(select(Upload.id).where(Upload.id.in_(some), Upload.completed_at.is_(None))))
    left = set(there) - going
    for upload_id in left:
        remove_part(folder, upload_id)
    return len(left)
