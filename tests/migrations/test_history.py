"""The migrations lead to exactly the tables that the models describe, on both databases."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, inspect

from fieldsales.changes.rules import trigger_name
from fieldsales.changes.service import synced_tables
from fieldsales.db.engine import DatabaseMissing, make_engine
from migrations import alembic_config, is_current, upgrade
from migrations.tables import metadata


def test_migrations_match_the_models(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_migrated_database_is_current_and_upgrading_again_changes_nothing(engine: Engine) -> None:
    upgrade(engine)
    assert is_current(engine)
    assert set(metadata.tables) <= set(inspect(engine).get_table_names())


def test_every_synced_table_has_its_triggers(engine: Engine) -> None:
    catalogue = {
        "sqlite": "SELECT name FROM sqlite_master WHERE type = 'trigger'",
        "postgresql": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    }
    with engine.connect() as connection:
        names = [row[0] for row in connection.exec_driver_sql(catalogue[engine.dialect.name])]
    for table, _feed in synced_tables():
        assert any(name.startswith(trigger_name(table)) for name in names), table


def test_there_is_one_line_of_history() -> None:
    assert len(ScriptDirectory.from_config(alembic_config()).get_heads()) == 1


def test_every_models_module_is_registered() -> None:
    root = Path(__file__).parents[2]
    registered = (root / "migrations" / "tables.py").read_text()
    for room in ("fieldsales", "sync"):
        for path in (root / room).rglob("models.py"):
            module = ".".join(path.relative_to(root).with_suffix("").parts)
            assert f"import {module}" in registered


def test_a_file_that_is_no_database_is_told_plainly(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite3"
    path.write_text("shopping list, " * 100)
    with pytest.raises(DatabaseMissing, match="not an SQLite database"):
        upgrade(make_engine(f"sqlite:///{path}"))


def test_a_server_that_is_not_there_is_told_plainly() -> None:
    with pytest.raises(DatabaseMissing, match="does not answer"):
        is_current(make_engine("postgresql://nobody@127.0.0.1:1/nowhere"))
