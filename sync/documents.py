"""Loading what phones hold, in a number of queries that does not grow with the number of entities."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from sync.shapes import SHAPES, Children, Shape

Document = dict[str, Any]
Key = tuple[str, uuid.UUID]


def visible(session: Session, user_id: uuid.UUID, keys: Iterable[Key]) -> dict[Key, Document]:
    """Return the JSON-ready document of each entity that exists and that the user may see, by (entity, id)."""
    wanted: dict[str, list[uuid.UUID]] = defaultdict(list)
    for entity, identity in keys:
        wanted[entity].append(identity)
    return {
        (entity, identity): document
        for entity, ids in wanted.items()
        for identity, document in _load(session, user_id, SHAPES[entity], ids).items()
    }


def _load(session: Session, user_id: uuid.UUID, shape: Shape, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Document]:
    names = [column.key for column in shape.columns]
    rows = session.execute(select(*shape.columns).where(shape.columns[0].in_(ids), shape.visible(user_id)))
    found = {row[0]: dict(zip(names, map(plain, row), strict=True)) for row in rows}
    for children in shape.children:
        _hang(session, children, found)
    return found


def _hang(session: Session, children: Children, parents: dict[uuid.UUID, Document]) -> None:
    for document in parents.values():
        document[children.name] = []
    if not parents:
        return
    names = [column.key for column in children.columns]
    rows = session.execute(
        select(children.parent, *children.columns).where(children.parent.in_(parents)).order_by(*children.columns[:2])
    )
    for parent_id, *values in rows:
        parents[parent_id][children.name].append(dict(zip(names, map(plain, values), strict=True)))


def plain(value: Any) -> Any:
    """Return a value as JSON has it: ids, days, moments (UTC, ISO 8601) and kinds as text."""
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, StrEnum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
