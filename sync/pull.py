"""Changes down: a phone that applies every page holds exactly what its user may see."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.changes import queries
from fieldsales.changes.models import Op
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


def pull(
    session: Session,
    user_id: uuid.UUID,
    cursor: str | None,
    limit: int = PAGE,
    entities: frozenset[str] | None = None,
) -> Page:
    """Return the next page of what a user's phone has to learn. Without a cursor: the first page of everything.

    With `entities`, only of those; the cursor then goes on with the same ones only. `session` must be read-only
    (`fieldsales.db.session.reading`): one snapshot, in which nothing below the horizon is still to come. Raises
    `CursorInvalid` (also for a cursor of other entities), or `CursorExpired` (the feed began a new epoch, or the
    cursor is another user's).
    """
    return _page(session, user_id, cursor, limit=limit, entities=entities, frontier=settled_frontier(session))


def pull_all(
    session: Session, user_id: uuid.UUID, cursor: str | None, entities: frozenset[str] | None = None
) -> Iterator[Page]:
    """Yield every page there is, all of one snapshot; only the last one's cursor is for keeping. Raises as `pull`."""
    frontier = settled_frontier(session)
    more = True
    while more:
        page = _page(session, user_id, cursor, limit=LARGEST_PAGE, entities=entities, frontier=frontier)
        cursor, more = page.next_cursor, page.more
        yield page


def settled_frontier(session: Session) -> Frontier:
    """Return how far this snapshot reaches; take another one while it is held back by what has ended meanwhile."""
    frontier = queries.frontier(session)
    for _ in range(SNAPSHOTS):
        if not frontier.passing:
            break
        session.rollback()
        frontier = queries.frontier(session)
    return frontier


def _page(
    session: Session,
    user_id: uuid.UUID,
    cursor: str | None,
    *,
    limit: int,
    entities: frozenset[str] | None,
    frontier: Frontier,
) -> Page:
    here = _start(user_id, entities, frontier) if cursor is None else _resume(user_id, cursor, frontier)
    if here.only != entities:
        raise not_ours()
    horizon = here.horizon if here.horizon is not None else max(here.since, frontier.horizon)
    size = max(1, min(limit, LARGEST_PAGE))
    rows = feed.looked_at(session, user_id, (here.since, horizon), here.after, size + 1, entities=entities)
    page = rows[:size]
    told = _told(session, user_id, page, first_load=here.since == 0)
    if len(rows) > size:
        following = replace(here, horizon=horizon, after=page[-1])
        return Page(told, following.text(), more=True)
    # The pages below a horizon may have taken their time: what came since then is the next pull.
    behind = here.after is not None and frontier.horizon > horizon
    return Page(told, Cursor(here.epoch, user_id, horizon, only=entities).text(), more=behind)


def _start(user_id: uuid.UUID, entities: frozenset[str] | None, frontier: Frontier) -> Cursor:
    return Cursor(frontier.epoch, user_id, 0, only=entities)


def _resume(user_id: uuid.UUID, text: str, frontier: Frontier) -> Cursor:
    cursor = parse_cursor(text)
    if cursor.after is not None and cursor.after.entity not in SHAPES:
        raise not_ours()
    if cursor.epoch != frontier.epoch or cursor.user_id != user_id:
        raise _expired()
    if max(cursor.since, cursor.horizon or 0) > frontier.end:
        raise _expired()
    return cursor


def _expired() -> CursorExpired:
    return CursorExpired(
        "The feed cannot be read from that cursor.", mend="Load everything again, without a cursor; keep the queue."
    )


def _told(session: Session, user_id: uuid.UUID, rows: Sequence[Position], *, first_load: bool) -> tuple[ChangeRow, ...]:
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
