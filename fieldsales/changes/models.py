"""The feed that phones pull.

`Change` holds one row for each entity in each scope: the transaction that touched it last and whether it is
still there. Database triggers keep it, so no verb has to remember it and bulk writes are seen too; a table opts
in with `Synced` (see `rules.py` for the triggers, `docs/decisions/0002-feed-by-triggers.md` for why).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base
from fieldsales.db.types import one_of

EVERYONE = uuid.UUID(int=0)


class Scope(StrEnum):
    """Whose phones hold a row: everybody's, one rep's, or those of all reps assigned to a customer."""

    ORG = "org"
    REP = "rep"
    CUSTOMER = "customer"


class Op(StrEnum):
    """What became of an entity in a scope: it is there, it was deleted, or it moved to another scope."""

    UPSERT = "upsert"
    DELETE = "delete"
    EXIT = "exit"


@dataclass(frozen=True, slots=True)
class Feed:
    """How a table takes part in the feed.

    `scope_column` names the column whose value is the scope's id (None: everybody). `alive` and `only` are SQL
    conditions over a row written with `{row}` for its name: a row for which `alive` is false counts as deleted,
    one for which `only` is false never enters the feed.
    """

    entity: str
    scope: Scope
    scope_column: str | None = None
    alive: str | None = None
    only: str | None = None


class Synced:
    """Mixin of every table whose rows phones hold."""

    __feed__: ClassVar[Feed]


class Versioned:
    """Mixin of a table whose rows have a `version`, and whose fields remember in which one each last changed.

    `__versioned__` names the columns of each field. A trigger writes the table `<table>_field` (`<table>_id`, `field`,
    `version`), so that no writer has to remember it.
    """

    __versioned__: ClassVar[Mapping[str, tuple[str, ...]]]


class Change(Base):
    """The last thing that happened to one entity in one scope. `tx` orders it: see `queries.horizon`."""

    __tablename__ = "change"
    __table_args__ = (Index(None, "tx"), Index(None, "scope_kind", "scope_id", "tx"))

    scope_kind: Mapped[Scope] = mapped_column(one_of(Scope, "scope_kind"), primary_key=True)
    scope_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    entity: Mapped[str] = mapped_column(String(32), primary_key=True)
    entity_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    tx: Mapped[int] = mapped_column(BigInteger)
    op: Mapped[Op] = mapped_column(one_of(Op, "op"))


class FeedClock(Base):
    """One row. `tx` counts write transactions on SQLite; `epoch` changes when a backup is restored."""

    __tablename__ = "feed_clock"

    id: Mapped[int] = mapped_column(primary_key=True)
    tx: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[uuid.UUID]
