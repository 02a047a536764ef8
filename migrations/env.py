"""Run by Alembic: one transaction for all missing migrations, on either database."""

from __future__ import annotations

from typing import Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import JSON, Connection

from fieldsales.changes.service import install_triggers, start_clock
from fieldsales.config import Settings
from fieldsales.db.engine import make_engine
from fieldsales.db.types import UtcDateTime
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


engine = context.config.attributes.get("engine") or make_engine(Settings.from_environment().database_url)
with engine.connect() as connection, connection.begin():
    migrate(connection)
    if not context.is_offline_mode() and engine.dialect.has_table(connection, "feed_clock"):
        start_clock(connection)
        install_triggers(connection)
