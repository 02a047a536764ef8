"""Chores beside a server, or in a process of their own: a thread that looks again and again whether work is due."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fieldsales.chores.chore import Chore
from fieldsales.chores.registry import CHORES
from fieldsales.chores.worker import Worker
from fieldsales.config import Settings
from fieldsales.db.engine import make_engine
from fieldsales.errors import BadSetting

if TYPE_CHECKING:
    from fieldsales.chores.broker import Dispatcher


@dataclass
class Background:
    """A thread that does chores, or tells Celery's broker of them, until it is told to stop."""

    settings: Settings
    chores: Sequence[Chore] = field(default_factory=lambda: CHORES)
    stop: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread | None = None

    def begin(self) -> None:
        """Start. Raises `BadSetting` where Celery is wanted and not installed."""
        worker = Worker(make_engine(self.settings.database_url), self.settings, self.chores)
        keep_on = worker.keep_on
        if self.settings.celery_broker:
            keep_on = dispatcher(worker).keep_on
        rhythm = (self.stop, self.settings.jobs_seconds)
        self.thread = threading.Thread(target=keep_on, name="chores", args=rhythm, daemon=True)
        self.thread.start()

    def end(self, patience_s: float = 5.0) -> None:
        """Begin nothing more, and wait a moment for what is under way; what is not done then is done by another."""
        self.stop.set()
        if self.thread is not None:
            self.thread.join(patience_s)


def dispatcher(worker: Worker) -> Dispatcher:
    """Return what tells Celery's broker. Raises `BadSetting` where Celery is not installed."""
    try:
        from fieldsales.chores.broker import Dispatcher  # noqa: PLC0415 -- only where Celery is wanted
    except ImportError as missing:
        raise BadSetting(
            "FIELDSALES_CELERY_BROKER is set, and Celery is not installed.",
            mend="Run: pip install 'fieldsales[celery]'. Or leave the setting out.",
            setting="celery_broker",
        ) from missing
    return Dispatcher(worker)


def begin_in_server(settings: Settings) -> Background | None:
    """Do chores in this process, if that is where they are done."""
    if settings.jobs != "here":
        return None
    background = Background(settings)
    background.begin()
    return background
