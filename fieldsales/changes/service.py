"""Keeping the feed's triggers and its epoch."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.orm import Session

from fieldsales.changes.models import Feed, FeedClock, Synced
from fieldsales.changes.rules import postgresql_triggers, sqlite_triggers, trigger_name
from fieldsales.db.base import Base


def synced_tables() -> Iterator[tuple[str, Feed]]:
    """Yield each table that opted in, with how it takes part. Models must have been imported before."""
    for mapper in sorted(Base.registry.mappers, key=lambda each: each.class_.__name__):
        if issubclass(mapper.class_, Synced):
            yield str(mapper.local_table), mapper.class_.__feed__


def install_triggers(connection: Connection) -> None:
    """Make the triggers of every synced table anew.

    Run after each migration: triggers are derived from the models, and SQLite drops those of a table that a
    migration rebuilds.
    """
    present = set(inspect(connection).get_table_names())
    make = sqlite_triggers if connection.dialect.name == "sqlite" else postgresql_triggers
    for table, feed in synced_tables():
        if table in present:
            _drop(connection, table)
            for statement in make(table, feed):
                connection.exec_driver_sql(statement)


def _drop(connection: Connection, table: str) -> None:
    name = trigger_name(table)
    if connection.dialect.name == "sqlite":
        for moment in ("insert", "update", "delete"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}_{moment}")
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
