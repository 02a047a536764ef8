"""What every command is handed: the settings, the database, and a terminal to print on."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from rich.console import Console
from sqlalchemy import Engine

from fieldsales.config import Settings
from fieldsales.db.engine import make_engine


@dataclass
class Context:
    """Passed to commands by `click.pass_obj`."""

    settings: Settings
    console: Console = field(default_factory=lambda: Console(highlight=False))

    @cached_property
    def engine(self) -> Engine:
        """The database of the settings, opened when first asked for."""
        return make_engine(self.settings.database_url)
