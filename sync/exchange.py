"""One round trip of a phone: its mutations up, and the first page of changes down if it asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from fieldsales.db.session import insist, reading
from fieldsales.errors import Unavailable
from sync.batch import Batch, Phone
from sync.cursor import CursorExpired, CursorInvalid
from sync.outcomes import BatchResult
from sync.pull import Page, pull
from sync.push import push


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a phone gets for a batch. `changes` is None unless wanted; `lost` says why they cannot be told."""

    pushed: BatchResult
    changes: Page | None = None
    lost: CursorExpired | CursorInvalid | Unavailable | None = None


def exchange(engine: Engine, phone: Phone, batch: Batch, now: datetime) -> Exchange:
    """Push a batch in one transaction, anew where it collides; once that is durable, pull the first page in another.

    A cursor that is worthless does not undo the push, nor does a database that stumbles after it: what was durable
    is answered.
    """
    pushed = insist(engine, lambda session: push(session, phone, batch, now))
    if not batch.want_changes:
        return Exchange(pushed)
    try:
        with reading(engine) as session:
            return Exchange(pushed, pull(session, phone.user_id, batch.cursor))
    except (CursorExpired, CursorInvalid, Unavailable) as lost:
        return Exchange(pushed, lost=lost)
