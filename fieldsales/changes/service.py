"""Keeping the feed's triggers and its epoch."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Iterator, Mapping

from sqlalchemy import Connection, inspect, select, text, tuple_, update
from sqlalchemy.orm import Session

from fieldsales.changes.models import Change, Feed, FeedClock, Op, Synced, Versioned
from fieldsales.changes.rules import (
    TX,
    postgresql_triggers,
    postgresql_versioning,
    sqlite_triggers,
    sqlite_versioning,
    trigger_name,
    versioning_trigger_name,
)
from fieldsales.db.base import Base


def synced_tables() -> Iterator[tuple[str, Feed]]:
    """Yield each table that opted in, with how it takes part. Models must have been imported before."""
    for mapper in sorted(Base.registry.mappers, key=lambda each: each.class_.__name__):
        if issubclass(mapper.class_, Synced):
            yield str(mapper.local_table), mapper.class_.__feed__


def versioned_tables() -> Iterator[tuple[str, Mapping[str, tuple[str, ...]]]]:
    """Yield each table whose fields remember their versions, with the columns of each field."""
    for mapper in sorted(Base.registry.mappers, key=lambda each: each.class_.__name__):
        if issubclass(mapper.class_, Versioned):
            yield str(mapper.local_table), mapper.class_.__versioned__


def install_triggers(connection: Connection) -> None:
    """Make the triggers of every synced and every versioned table anew.

    Run after each migration: triggers are derived from the models, and SQLite drops those of a table that a
    migration rebuilds.
    """
    present = set(inspect(connection).get_table_names())
    sqlite = connection.dialect.name == "sqlite"
    make, version = (sqlite_triggers, sqlite_versioning) if sqlite else (postgresql_triggers, postgresql_versioning)
    for table, feed in synced_tables():
        if table in present:
            _drop(connection, trigger_name(table))
            _run(connection, make(table, feed))
    for table, fields in versioned_tables():
        if f"{table}_field" in present:
            _drop(connection, versioning_trigger_name(table))
            _run(connection, version(table, fields))


def _run(connection: Connection, statements: Iterable[str]) -> None:
    for statement in statements:
        connection.exec_driver_sql(statement)


def _drop(connection: Connection, name: str) -> None:
    if connection.dialect.name == "sqlite":
        for moment in ("", "_insert", "_update", "_delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}{moment}")
    else:
        connection.exec_driver_sql(f"DROP FUNCTION IF EXISTS {name}() CASCADE")


def start_clock(connection: Connection) -> None:
    """Put the one row of the feed clock in place, unless it is there."""
    if connection.scalar(select(FeedClock.id)) is None:
        connection.execute(FeedClock.__table__.insert().values(id=1, tx=1, epoch=uuid.uuid4()))  # type: ignore[attr-defined]


def new_epoch(session: Session) -> uuid.UUID:
    """Start a new epoch after a backup was restored: every phone will load its scope afresh."""
    clock = session.scalars(select(FeedClock)).one()
    clock.epoch = uuid.uuid4()
    if session.get_bind().dialect.name == "sqlite":
        session.execute(text("UPDATE feed_clock SET tx = max(tx, (SELECT coalesce(max(tx), 0) FROM change)) + 1"))
    else:
        # The server that the backup was restored into counts on its own: it may not have come so far yet.
        session.execute(text("UPDATE change SET tx = 0"))
    return clock.epoch


def tell_again(session: Session, keys: Collection[tuple[str, uuid.UUID]]) -> None:
    """Let the phones that hold these (entity, id) be told of them once more, although nothing changed.

    For a phone whose own copy is not what it should be.
    """
    if not keys:
        return
    now = text(TX[session.get_bind().dialect.name])
    there = tuple_(Change.entity, Change.entity_id).in_(list(keys))
    session.execute(
        update(Change).where(there, Change.op == Op.UPSERT).values(tx=now).execution_options(synchronize_session=False)
    )
