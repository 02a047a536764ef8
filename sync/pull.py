"""Changes down: a phone that applies every page holds exactly what its user may see."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.changes import queries
from fieldsales.changes.models import Change, Op
from fieldsales.changes.queries import Frontier
from sync import documents, feed
from sync.cursor import Cursor, CursorExpired, Position, not_ours, parse_cursor
from sync.shapes import SHAPES

PAGE = 500
LARGEST_PAGE = 2000
SNAPSHOTS = 20
"""How many snapshots are tried for one that nobody's late end holds back."""


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """What a phone must do to one entity: hold `document` (upsert), or hold it no more (delete: None)."""

    entity: str
    id: uuid.UUID
    op: str
    document: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Page:
    """Changes to apply, and the cursor to keep once they are applied; with `more`, to ask with again at once."""

    changes: tuple[ChangeRow, ...]
    next_cursor: str
    more: bool


def pull(session: Session, user_id: uuid.UUID, cursor: str | None, limit: int = PAGE) -> Page:
    """Return the next page of what a user's phone has to learn. Without a cursor: the first page of everything.

    `session` must be read-only (`fieldsales.db.session.reading`): one snapshot, in which nothing below the horizon
    is still to come. Raises `CursorInvalid`, or `CursorExpired` (the feed began a new epoch, or the cursor is
    another user's).
    """
    frontier = _settled_frontier(session)
    here = _start(session, user_id) if cursor is None else _resume(session, user_id, parse_cursor(cursor), frontier)
    horizon = here.horizon if here.horizon is not None else max(here.since, frontier.horizon)
    size = max(1, min(limit, LARGEST_PAGE))
    rows = feed.looked_at(session, user_id, (here.since, horizon), here.after, size + 1)
    page = rows[:size]
    told = _told(session, user_id, page, first_load=here.since == 0)
    if len(rows) > size:
        following = Cursor(here.epoch, user_id, here.since, horizon, _position(page[-1]))
        return Page(told, following.text(), more=True)
    # The pages below a horizon may have taken their time: what came since then is the next pull.
    behind = here.after is not None and frontier.horizon > horizon
    return Page(told, Cursor(here.epoch, user_id, horizon).text(), more=behind)


def _settled_frontier(session: Session) -> Frontier:
    """Return how far this snapshot reaches; take another one while it is held back by what has ended meanwhile."""
    frontier = queries.frontier(session)
    for _ in range(SNAPSHOTS):
        if not frontier.passing:
            break
        session.rollback()
        frontier = queries.frontier(session)
    return frontier


def _start(session: Session, user_id: uuid.UUID) -> Cursor:
    return Cursor(queries.epoch(session), user_id, 0)


def _resume(session: Session, user_id: uuid.UUID, cursor: Cursor, frontier: Frontier) -> Cursor:
    if cursor.after is not None and cursor.after.entity not in SHAPES:
        raise not_ours()
    if cursor.epoch != queries.epoch(session) or cursor.user_id != user_id:
        raise _expired()
    if max(cursor.since, cursor.horizon or 0) > frontier.end:
        raise _expired()
    return cursor


def _expired() -> CursorExpired:
    return CursorExpired(
        "The feed cannot be read from that cursor.", mend="Load everything again, without a cursor; keep the queue."
    )


def _position(row: Change) -> Position:
    return Position(row.scope_kind, row.scope_id, row.entity, row.entity_id)


def _told(session: Session, user_id: uuid.UUID, rows: Sequence[Change], *, first_load: bool) -> tuple[ChangeRow, ...]:
    """Say of each entity what it is now: a row of the feed only tells where to look."""
    keys = dict.fromkeys((row.entity, row.entity_id) for row in rows)
    found = documents.visible(session, user_id, keys)
    told: list[ChangeRow] = []
    for entity, identity in keys:
        document = found.get((entity, identity))
        if document is not None:
            told.append(ChangeRow(entity, identity, Op.UPSERT.value, document))
        elif not first_load:
            told.append(ChangeRow(entity, identity, Op.DELETE.value, None))
    return tuple(told)
