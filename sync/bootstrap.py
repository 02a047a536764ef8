"""The first load of a phone in parts that can be fetched one by one, again, and from a cache.

A manifest names the parts and has the cursor to go on from. The parts are told as they are when they are fetched, and
nothing is skipped by that: what was not written since the manifest is in its part, and what was comes with the pull
from the manifest's cursor, as do deletions and customers that came or went meanwhile.

Which part a row belongs to depends only on its customer, so that a part keeps its name while others grow.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.orm import Session

from fieldsales.changes import queries
from fieldsales.changes.models import Feed, Scope
from fieldsales.changes.queries import Frontier
from fieldsales.customers.models import Assignment
from fieldsales.errors import NotFound
from sync import columnar
from sync.cursor import Cursor
from sync.feed import served_by
from sync.pull import settled_frontier
from sync.shapes import SHAPES
from sync.stamps import Stamps, stamps_of, version_of

CATALOGUE, MINE = "catalogue", "mine"
PART_ROWS = 8000
"""About how many rows of customers make a part: some 250 kB when packed."""
MOST_PARTS = 64
_CUSTOMERS = re.compile(r"customers-([1-9]\d?)-of-([1-9]\d?)")


class PartUnknown(NotFound):
    """There is no part of that name. Take the addresses from the manifest."""

    code = "sync.part_unknown"
    title = "There is no such part"


@dataclass(frozen=True, slots=True)
class Part:
    """A part as the manifest tells it: about `rows` documents; `version` changes with anything in it."""

    name: str
    version: str
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """All parts of a user's scope, and where to go on from once they are held."""

    parts: tuple[Part, ...]
    cursor: str


@dataclass(frozen=True, slots=True)
class Share:
    """The part of a scope that a name means: one kind of scope and, of customers, which (`is_whole`: all there are)."""

    name: str
    kind: Scope
    user_id: uuid.UUID
    customers: tuple[uuid.UUID, ...] = ()
    is_whole: bool = False


def manifest(session: Session, user_id: uuid.UUID) -> Manifest:
    """Return what makes up a user's first load. `session` must be read-only, as for `pull`."""
    frontier = settled_frontier(session)
    served = _served(session, user_id)
    whole = stamps_of(session, Scope.CUSTOMER, served, frontier.horizon)
    number = min(MOST_PARTS, -(-whole.rows // PART_ROWS))
    parts = [_part(session, Share(CATALOGUE, Scope.ORG, user_id), frontier)]
    parts.append(_part(session, Share(MINE, Scope.REP, user_id), frontier))
    for bucket in range(number):
        share = _bucket(user_id, served, bucket, number)
        parts.append(_part(session, share, frontier, whole if share.is_whole else None))
    return Manifest(tuple(parts), Cursor(frontier.epoch, user_id, frontier.horizon).text())


def find_part(session: Session, user_id: uuid.UUID, name: str) -> tuple[Part, Share]:
    """Return a part as it is now, and what to load for it. Raises `PartUnknown`."""
    share = _share(session, user_id, name)
    return _part(session, share, queries.frontier(session)), share


def load_part(session: Session, share: Share) -> dict[str, Any]:
    """Return the documents of a part, column by column; in the same snapshot as `find_part`."""
    tables = (columnar.load(session, entity, SHAPES[entity], limit) for entity, limit in _conditions(share))
    return {"part": share.name} | columnar.told(tables)


def _part(session: Session, share: Share, frontier: Frontier, stamps: Stamps | None = None) -> Part:
    """Tell a part's version. The catalogue is the same for everybody; the others are one user's."""
    scopes = {Scope.ORG: None, Scope.REP: (share.user_id,), Scope.CUSTOMER: share.customers}[share.kind]
    stamps = stamps or stamps_of(session, share.kind, scopes, frontier.horizon)
    owner = None if share.kind is Scope.ORG else share.user_id
    return Part(share.name, version_of(frontier.epoch, owner, share.name, stamps), stamps.rows)


def _share(session: Session, user_id: uuid.UUID, name: str) -> Share:
    if name == CATALOGUE:
        return Share(name, Scope.ORG, user_id)
    if name == MINE:
        return Share(name, Scope.REP, user_id)
    found = _CUSTOMERS.fullmatch(name)
    if found is None or not int(found[1]) <= int(found[2]) <= MOST_PARTS:
        raise PartUnknown("There is no part of that name.", mend="Take the addresses from GET /sync/v1/bootstrap.")
    return _bucket(user_id, _served(session, user_id), int(found[1]) - 1, int(found[2]))


def _bucket(user_id: uuid.UUID, served: tuple[uuid.UUID, ...], bucket: int, number: int) -> Share:
    mine = tuple(each for each in served if each.int % number == bucket)
    return Share(f"customers-{bucket + 1}-of-{number}", Scope.CUSTOMER, user_id, mine, number == 1)


def _served(session: Session, user_id: uuid.UUID) -> tuple[uuid.UUID, ...]:
    return tuple(session.scalars(select(Assignment.customer_id).where(served_by(user_id)).distinct()))


def _conditions(share: Share) -> Iterator[tuple[str, ColumnElement[bool]]]:
    """Yield each entity of the share's kind of scope, with the condition of its rows."""
    for entity, shape in SHAPES.items():
        model = shape.columns[0].class_
        feed: Feed = model.__feed__
        if feed.scope is not share.kind:
            continue
        condition = shape.visible(share.user_id)
        if share.kind is Scope.CUSTOMER and not share.is_whole:
            condition = and_(condition, getattr(model, str(feed.scope_column)).in_(share.customers))
        yield entity, condition
