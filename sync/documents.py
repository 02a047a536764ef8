"""Loading what phones hold, in a number of queries that does not grow with the number of entities."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, Uuid, bindparam, select
from sqlalchemy.orm import Session

from sync.rows import as_list, as_told, fetched, finish, listed, tellers
from sync.shape import Children
from sync.shapes import SHAPES

Document = dict[str, Any]
Key = tuple[str, uuid.UUID]


def visible(session: Session, user_id: uuid.UUID, keys: Iterable[Key]) -> dict[Key, Document]:
    """Return the JSON-ready document of each entity that exists and that the user may see, by (entity, id)."""
    wanted: dict[str, dict[str, uuid.UUID]] = defaultdict(dict)
    for entity, identity in keys:
        wanted[entity][identity.hex] = identity
    return {
        (entity, ids[digits]): document
        for entity, ids in wanted.items()
        for digits, document in _load(session, user_id, entity, ids.values()).items()
    }


def _load(session: Session, user_id: uuid.UUID, entity: str, ids: Collection[uuid.UUID]) -> dict[str, Document]:
    connection = session.connection()
    dialect = connection.dialect.name
    shape, statements = SHAPES[entity], _statements(entity, dialect)
    names, places = [column.key for column in shape.columns], tellers(shape.columns)
    rows = fetched(connection, statements[0], {"ids": as_list(ids, dialect), "user_id": user_id})
    found = {row[0]: dict(zip(names, finish(row, places), strict=True)) for row in rows}
    there = as_list([each for each in ids if each.hex in found], dialect)
    for children, statement in zip(shape.children, statements[1:], strict=True):
        _hang(connection, children, statement, found, there)
    return found


def _hang(
    connection: Connection,
    children: Children,
    statement: Select[Any],
    parents: dict[str, Document],
    ids: str | list[uuid.UUID],
) -> None:
    for document in parents.values():
        document[children.name] = []
    if not parents:
        return
    names, places = [column.key for column in children.columns], tellers(children.columns)
    for parent_id, *values in fetched(connection, statement, {"ids": ids}):
        parents[parent_id][children.name].append(dict(zip(names, finish(values, places), strict=True)))


@cache
def _statements(entity: str, dialect: str) -> tuple[Select[Any], ...]:
    """Return what to select for an entity, and for each list that hangs from it: made once, asked with `ids`."""
    shape = SHAPES[entity]
    user: Any = bindparam("user_id", type_=Uuid())
    own = select(*as_told(shape.columns, dialect)).where(listed(shape.columns[0], dialect), shape.visible(user))
    lists = (
        select(*as_told((each.parent, *each.columns), dialect))
        .where(listed(each.parent, dialect))
        .order_by(*each.order)
        for each in shape.children
    )
    return (own, *lists)
