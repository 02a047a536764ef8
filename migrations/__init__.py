"""The history of the tables of all rooms, and the one way to bring a database up to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine

from fieldsales.db.session import translate_outage

if TYPE_CHECKING:  # 10 MB that a server, which only knows the tables, need not hold
    from alembic.config import Config


def alembic_config(engine: Engine | None = None) -> Config:
    """Return Alembic's configuration for our migrations, on an engine when one is given."""
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.set_main_option("path_separator", "os")
    config.attributes["engine"] = engine
    return config


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Run the migrations that are missing, then make the feed's triggers anew.

    Raises `DatabaseMissing` if the database does not answer.
    """
    from alembic import command  # noqa: PLC0415

    with translate_outage():
        command.upgrade(alembic_config(engine), revision)


def is_current(engine: Engine) -> bool:
    """Tell whether the database stands at the newest migration. Raises `DatabaseMissing`."""
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    with translate_outage(), engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    return current == ScriptDirectory.from_config(alembic_config()).get_current_head()
