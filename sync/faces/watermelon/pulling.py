"""Changes down as `synchronize()` of WatermelonDB wants them: all at once, by table, with a number to return with."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.changes import queries
from fieldsales.visits.models import Photo
from sync import documents
from sync.cursor import Cursor, CursorExpired, parse_cursor
from sync.faces.watermelon.tables import TABLE_OF, TABLES
from sync.models import Mutation, Status
from sync.pull import LARGEST_PAGE, ChangeRow, pull
from sync.shapes import SHAPES

_CHECK_BITS = 14
"""What is left of the 53 bits that JavaScript keeps exact if 39 count transactions: 17 years of 1,000 a second."""


@dataclass(slots=True)
class TableChanges:
    """What a phone must hold of one table, by id, and what it must not hold."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Pulled:
    """By table the records to hold and the ids to hold no more; `timestamp` is handed back with the next pull.

    `cursor` says the same as `timestamp`, as a phone of our own protocol would hand it back.
    """

    tables: Mapping[str, TableChanges]
    timestamp: int
    cursor: str

    @property
    def changes(self) -> dict[str, dict[str, list[Any]]]:
        """The changes in the library's own shape. Whatever is to be held is told as `updated`."""
        return {
            name: {"created": [], "updated": list(each.held.values()), "deleted": sorted(each.gone - each.held.keys())}
            for name, each in self.tables.items()
        }


def pull_tables(session: Session, user_id: uuid.UUID, last_pulled_at: int | None, anew: Collection[str] = ()) -> Pulled:
    """Return all that a user's phone has to learn since `last_pulled_at` (None: everything), in one answer.

    The tables `anew` are told whole: an update of the app brought them, or columns of them, to the phone. `session`
    must be read-only. Raises `CursorExpired` if the number is of another database, of one restored since, or another
    user's.
    """
    epoch = queries.epoch(session)
    start = None if last_pulled_at is None else _cursor(epoch, user_id, last_pulled_at)
    rows, horizon = _all_pages(session, user_id, start)
    if start is not None and anew:
        entities = frozenset("visit" if name == "photos" else TABLES[name].entity for name in anew)
        rows += _all_pages(session, user_id, None, entities)[0]
    told = {name: TableChanges() for name in TABLES} if start is None else {}
    _sort_in(told, rows)
    if start is not None:
        _take_back(session, user_id, told, rows)
    timestamp = (horizon << _CHECK_BITS) + _check(epoch, user_id)
    return Pulled(told, timestamp, Cursor(epoch, user_id, horizon).text())


def _cursor(epoch: uuid.UUID, user_id: uuid.UUID, last_pulled_at: int) -> str:
    since, check = divmod(last_pulled_at, 1 << _CHECK_BITS)
    if check != _check(epoch, user_id) or since == 0:
        raise CursorExpired(
            "The changes since then cannot be told.",
            mend="Pull once more without last_pulled_at, and return it with experimentalStrategy “replacement”.",
        )
    return Cursor(epoch, user_id, since).text()


def _check(epoch: uuid.UUID, user_id: uuid.UUID) -> int:
    """Return a number of a few bits that most likely differs for another database, or another user."""
    digest = hashlib.sha256(epoch.bytes + user_id.bytes).digest()
    return int.from_bytes(digest[:4]) % (1 << _CHECK_BITS)


def _all_pages(
    session: Session, user_id: uuid.UUID, cursor: str | None, entities: frozenset[str] | None = None
) -> tuple[list[ChangeRow], int]:
    """Return the rows of every page below one horizon, and that horizon. What came meanwhile is the next pull's."""
    rows: list[ChangeRow] = []
    while True:
        page = pull(session, user_id, cursor, LARGEST_PAGE, entities)
        rows += page.changes
        cursor = page.next_cursor
        reached = parse_cursor(cursor)
        if reached.after is None:
            return rows, reached.since


def _sort_in(told: dict[str, TableChanges], rows: Iterable[ChangeRow]) -> None:
    for row in rows:
        if row.document is None:
            told.setdefault(TABLE_OF[row.entity], TableChanges()).gone.add(str(row.id))
            continue
        _hold(told, TABLE_OF[row.entity], row.document)
        for photo in row.document.get("photos", ()) if row.entity == "visit" else ():
            _hold(told, "photos", photo | {"visit_id": row.document["id"]})


def _hold(told: dict[str, TableChanges], name: str, document: Mapping[str, Any]) -> None:
    told.setdefault(name, TableChanges()).held[str(document["id"])] = TABLES[name].down(document)


def _take_back(session: Session, user_id: uuid.UUID, told: dict[str, TableChanges], rows: Sequence[ChangeRow]) -> None:
    """Tell what goes with something else: the photos of visits, and what was held and is refused in the end."""
    visits = [row.id for row in rows if row.entity == "visit" and row.document is None]
    if visits:
        photos = session.scalars(select(Photo.id).where(Photo.visit_id.in_(visits)))
        told.setdefault("photos", TableChanges()).gone.update(map(str, photos))
    refused = [row.id for row in rows if row.entity == "mutation" and _refused(row)]
    if not refused:
        return
    # What was refused at once stays on the phone: only there can it be mended.
    once_held = select(Mutation.payload).where(Mutation.id.in_(refused), Mutation.held_at.is_not(None))
    made = [_made(payload) for payload in session.scalars(once_held)]
    keys = {(kind, identity) for kind, identity in made if kind in SHAPES}
    for kind, identity in {*made} - documents.visible(session, user_id, keys).keys():
        if kind in TABLE_OF:
            told.setdefault(TABLE_OF[kind], TableChanges()).gone.add(str(identity))


def _refused(row: ChangeRow) -> bool:
    return row.document is not None and row.document["status"] == Status.REJECTED


def _made(payload: Mapping[str, Any]) -> tuple[str, uuid.UUID]:
    about = payload["entity"]
    return ("order" if about["type"] in ("return", "gift") else str(about["type"])), uuid.UUID(about["id"])
