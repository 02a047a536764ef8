"""Pulling a collection: what changed since a checkpoint, as documents with `_deleted`."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.documents import Document
from sync.faces.records import shown_by
from sync.faces.rxdb.collections import OUTBOX, SENT, as_held, canonical, looked_for, visible
from sync.models import Mutation, Status, Way
from sync.pull import Page, pull

Rows = Mapping[uuid.UUID, Document | None]


@dataclass(frozen=True, slots=True)
class Pulled:
    """Documents as RxDB takes them, and the checkpoint to keep once they are stored."""

    documents: tuple[Document, ...]
    checkpoint: str


def pull_documents(session: Session, user_id: uuid.UUID, entity: str, checkpoint: str | None, limit: int) -> Pulled:
    """Return the next documents of a collection; fewer than `limit` only if these are all, as RxDB then stops asking.

    There may be more than `limit`. Otherwise this is `sync.pull.pull`, and raises what that raises.
    """
    found: dict[uuid.UUID, Document | None] = {}
    more = True
    while more and len(found) < limit:
        page = pull(session, user_id, checkpoint, limit, looked_for(entity))
        found |= _rows(session, user_id, entity, page)
        checkpoint, more = page.next_cursor, page.more
    told = tuple(as_held(str(identity), document) for identity, document in found.items())
    return Pulled(told, str(checkpoint))


def _rows(session: Session, user_id: uuid.UUID, entity: str, page: Page) -> Rows:
    rows = {row.id: row.document for row in page.changes if row.entity == entity}
    if entity == OUTBOX:
        return _with_what_was_sent(session, rows)
    ended = [row.id for row in page.changes if row.entity == OUTBOX and row.document and not _held(row.document)]
    again = _wanted(session, ended, entity) - rows.keys()
    return rows | dict.fromkeys(again) | visible(session, user_id, entity, again)


def _held(mutation: Document) -> bool:
    return bool(mutation["status"] == Status.HELD.value)


def _wanted(session: Session, mutation_ids: Collection[uuid.UUID], entity: str) -> set[uuid.UUID]:
    """Return what RxDB may hold as these mutations wanted it, now that they have ended one way or the other."""
    if not mutation_ids:
        return set()
    ended = select(Mutation.payload).where(Mutation.id.in_(mutation_ids), Mutation.way == Way.RXDB, Mutation.type != "")
    shown = [shown_by(payload["entity"], payload["data"]) for payload in session.scalars(ended)]
    return {identity for kind, text in shown if kind == entity and (identity := canonical(text))}


def _with_what_was_sent(session: Session, rows: Rows) -> Rows:
    """Add to mutations what they were to do: an app reads there what a refused document held."""
    found = session.execute(select(Mutation.id, Mutation.payload).where(Mutation.id.in_(rows)))
    sent: dict[uuid.UUID, Document] = {identity: payload for identity, payload in found}  # noqa: C416
    return {
        identity: document and {name: sent[identity].get(name) for name in SENT} | document
        for identity, document in rows.items()
    }
