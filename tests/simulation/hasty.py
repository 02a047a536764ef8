"""Engines for databases that may forget everything in a power cut, and that do not wait: what a simulation needs."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, event, make_url

from fieldsales.db.engine import make_engine

LOCKED_MS = 30
"""How long a writer waits for a lock. In a simulation who holds one is paused: to wait longer changes nothing."""


def hasty_engine(url: str, locked_ms: int = LOCKED_MS) -> Engine:
    """Return an engine as production makes it, but without fsync and with little patience for locks."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        settings = f"-c lock_timeout={locked_ms}ms -c deadlock_timeout=10ms -c synchronous_commit=off"
        text = parsed.update_query_dict({"options": settings}).render_as_string(hide_password=False)
        return make_engine(text)
    engine = make_engine(url, busy_seconds=locked_ms / 1000)
    event.listen(engine, "connect", _without_fsync)
    return engine


def _without_fsync(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA synchronous=OFF")
