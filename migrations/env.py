"""Run by Alembic: one transaction for all missing migrations, on either database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Connection

from fieldsales.changes.service import install_triggers, start_clock
from fieldsales.config import Settings
from fieldsales.db.engine import make_engine
from fieldsales.db.types import UtcDateTime
from fieldsales.rollups.service import drop_marks, install_marks
from migrations.tables import metadata


def render_plainly(kind: str, item: object, autogen: AutogenContext) -> str | Literal[False]:
    """Write our own column types as SQLAlchemy's: a migration must not change when our code does."""
    if kind == "type" and isinstance(item, UtcDateTime):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, JSON):
        autogen.imports.add("from sqlalchemy.dialects import postgresql")
        return "sa.JSON().with_variant(postgresql.JSONB(), 'postgresql')"
    return False


def migrate(connection: Connection) -> None:
    """Upgrade one connection; SQLite rebuilds a table where it cannot alter it."""
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        render_item=render_plainly,
    )
    context.run_migrations()


@contextmanager
def references_at_rest(connection: Connection) -> Iterator[None]:
    """Let SQLite rebuild a table that others refer to: dropping the old one would delete what hangs from it."""
    driver = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or driver is None:
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def check_references(connection: Connection) -> None:
    """Refuse, before anything is committed, to leave a reference to a row that is not there."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"the migration would leave {len(broken)} broken references, the first: {broken[0]}")


def is_at_head(connection: Connection) -> bool:
    """Tell whether the tables are those that the models describe: triggers may name any column of theirs."""
    return MigrationContext.configure(connection).get_current_revision() == context.get_head_revision()


engine = context.config.attributes.get("engine") or make_engine(Settings.from_environment().database_url)
with engine.connect() as connection, references_at_rest(connection), connection.begin():
    drop_marks(connection)
    migrate(connection)
    check_references(connection)
    if is_at_head(connection):
        start_clock(connection)
        install_triggers(connection)
        install_marks(connection)
