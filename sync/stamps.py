"""A text that changes whenever anything in some scopes does, found without reading what is in them.

Two snapshots with the same stamps hold the same rows. A change between them was made by a transaction that the first
did not see yet, whose number is therefore not below the first's horizon. The row that it left in the feed, or a later
one in its place, is thus either above the second's horizon and counted there row by row, or is a newer last number
than the first could have. For this the feed keeps a row for every entity that ever was.
"""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, select
from sqlalchemy.orm import Session

from fieldsales.changes.models import Change, Op, Scope
from sync.rows import as_list, listed
from sync.shapes import SHAPES

FORMAT = 1
"""Goes up with any change of how parts are written."""


@dataclass(frozen=True, slots=True)
class Stamps:
    """What the feed says of some scopes.

    `rows` counts what is there, `last` has each scope's last transaction below the horizon, `above` each row above it.
    """

    rows: int
    last: tuple[tuple[str, int | None], ...]
    above: tuple[tuple[str, str, str, int], ...]


def stamps_of(session: Session, kind: Scope, scopes: Collection[uuid.UUID] | None, horizon: int) -> Stamps:
    """Return the stamps of the scopes of a kind (None: all of them), in one snapshot with its horizon."""
    connection = session.connection()
    asked: dict[str, Any] = {"kind": kind, "horizon": horizon}
    if scopes is not None:
        asked["ids"] = as_list(scopes, connection.dialect.name)
    known, fresh = _statements(scopes is None, connection.dialect.name)
    found, above = connection.execute(known, asked).all(), connection.execute(fresh, asked).all()
    return Stamps(
        sum(rows for _, rows, _ in found),
        tuple(sorted((scope.hex, tx) for scope, _, tx in found)),
        tuple(sorted((scope.hex, name, entity.hex, tx) for scope, name, entity, tx in above)),
    )


@cache
def _statements(is_all: bool, dialect: str) -> tuple[Select[Any], Select[Any]]:
    """Return what to select of each scope, and of each row above the horizon."""
    column = Change.__table__.c
    here: ColumnElement[bool] = column.scope_kind == bindparam("kind")
    if not is_all:
        here = and_(here, listed(column.scope_id, dialect))
    there = func.count().filter(column.op == Op.UPSERT)
    last = func.max(case((column.tx < bindparam("horizon"), column.tx)))
    fresh = select(column.scope_id, column.entity, column.entity_id, column.tx)
    return (
        select(column.scope_id, there, last).where(here).group_by(column.scope_id),
        fresh.where(here, column.tx >= bindparam("horizon")),
    )


def version_of(epoch: uuid.UUID, owner: uuid.UUID | None, name: str, stamps: Stamps) -> str:
    """Return the version of what `owner` (None: anybody) may see of a part, as 32 hexadecimal digits."""
    return _digest([_form(), epoch.hex, owner.hex if owner else None, name, stamps.last, stamps.above])


@cache
def _form() -> str:
    """Return what changes with the columns that are told, and so with a newer server."""
    lists = [
        (entity, name, [str(column) for column in columns])
        for entity, shape in SHAPES.items()
        for name, columns in (("", shape.columns), *((each.name, each.columns) for each in shape.children))
    ]
    return _digest([FORMAT, lists])


def _digest(facts: list[object]) -> str:
    return hashlib.blake2b(json.dumps(facts).encode(), digest_size=16).hexdigest()
