"""Bugs in how changes are noted: on SQLite, whose triggers lie in the file that each seed begins with."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from simulation.planted.plant import plant
from sqlalchemy import Engine, event


@contextmanager
def _triggers(engine: Engine, names: str, change: Callable[[str], str | None]) -> Iterator[None]:
    """Rewrite triggers (None: drop) in every file that the engine opens."""

    def rewrite(connection: sqlite3.Connection, _record: object) -> None:
        found = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE ?", [names]
        )
        for name, sql in found.fetchall():
            changed = change(sql)
            if changed != sql:
                connection.execute(f"DROP TRIGGER {name}")
                if changed:
                    connection.execute(changed)

    event.listen(engine, "connect", rewrite)
    try:
        yield
    finally:
        event.remove(engine, "connect", rewrite)


@plant("A row that moves is told where it is now.")
def exit_row_is_missing(engine: Engine) -> Iterator[None]:
    with _triggers(engine, "feed_%_update", lambda sql: re.sub(r"INSERT INTO change [^;]*'exit'[^;]*; ", "", sql)):
        yield


@plant("A row that is gone needs no mention.")
def tombstone_is_missing(engine: Engine) -> Iterator[None]:
    with _triggers(engine, "feed_%_delete", lambda _: None):
        yield


@plant("A phone that has forgotten a held mutation need not hear how it ended.")
def end_of_a_held_mutation_is_not_noted(engine: Engine) -> Iterator[None]:
    with _triggers(engine, "feed_mutation_update", lambda sql: sql.replace("held_at IS NOT NULL", "status = 'held'")):
        yield


@plant("The number of a transaction is taken when somebody asks, so two of them may share one.")
def transactions_share_a_number(engine: Engine) -> Iterator[None]:
    def counting(_c: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: Any) -> tuple[str, Any]:
        return statement.replace("SET tx = tx + 1", "SET tx = tx"), parameters

    event.listen(engine, "before_cursor_execute", counting, retval=True)
    try:
        yield
    finally:
        event.remove(engine, "before_cursor_execute", counting)
