"""What every command is handed: the settings, the database, and a terminal to print on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from rich.console import Console
from rich.table import Column
from sqlalchemy import Engine, make_url

from fieldsales.config import Settings
from fieldsales.db.engine import DatabaseMissing, make_engine
from fieldsales.errors import BadSetting

PRINTED_WIDTH = 120
"""Columns of a table that goes to a file or a pipe; a terminal has its own."""


def make_console() -> Console:
    """Return the terminal, or a page of fixed width where there is none."""
    found = Console(highlight=False)
    return found if found.is_terminal else Console(highlight=False, width=PRINTED_WIDTH)


def whole(name: str) -> Column:
    """Return a column of ids that is never cut: they are copied into other commands."""
    return Column(name, no_wrap=True, min_width=36)


@dataclass
class Context:
    """Passed to commands by `click.pass_obj`."""

    settings: Settings
    console: Console = field(default_factory=make_console)

    @cached_property
    def engine(self) -> Engine:
        """The database of the settings, opened when first asked for.

        Raises `DatabaseMissing` for a file that is not there, instead of leaving an empty one.
        """
        engine = make_engine(self.settings.database_url)
        file = _file_of(engine)
        if file and not file.exists():
            raise DatabaseMissing("The database file is not there.", mend="Run: fieldsales db upgrade")
        return engine

    @property
    def address(self) -> str:
        """Which database that is, without its password."""
        return make_url(self.settings.database_url).render_as_string()

    def close(self) -> None:
        """Let go of the database's connections."""
        if "engine" in self.__dict__:
            self.engine.dispose()

    def make_folders(self) -> None:
        """Make the folders that an embedded installation keeps its files in.

        Raises `BadSetting` for an address that is none, or a place where nothing can be written.
        """
        self._make(with_file=False)

    def make_database(self) -> None:
        """Make those folders, and the database's empty file where there is none. Raises `BadSetting` likewise."""
        self._make(with_file=True)

    def _make(self, *, with_file: bool) -> None:
        file = _file_of(make_engine(self.settings.database_url))
        try:
            self.settings.data_dir.mkdir(parents=True, exist_ok=True)
            if file:
                file.parent.mkdir(parents=True, exist_ok=True)
                if with_file:
                    file.touch()
        except OSError as wrong:
            raise BadSetting(
                f"{wrong.filename} cannot be made: {wrong.strerror}.",
                mend="Choose folders that you may write to: FIELDSALES_DATA_DIR and FIELDSALES_DATABASE_URL.",
            ) from wrong


def _file_of(engine: Engine) -> Path | None:
    name = engine.url.database
    return Path(name) if engine.dialect.name == "sqlite" and name and not name.startswith((":", "file:")) else None
