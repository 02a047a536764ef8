"""The history of the tables of all rooms, and the one way to bring a database up to it."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine

from fieldsales.db.session import translate_outage


def alembic_config(engine: Engine | None = None) -> Config:
    """Return Alembic's configuration for our migrations, on an engine when one is given."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing, then make the feed's triggers anew.

    Raises `DatabaseMissing` if the database does not answer.
    """
    with translate_outage():
        command.upgrade(alembic_config(engine), revision)


def is_current(engine: Engine) -> bool:
    """Tell whether the database stands at the newest migration. Raises `DatabaseMissing`."""
    with translate_outage(), engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(alembic_config()).get_current_head()
