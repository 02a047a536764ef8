"""Noting which devices pull, now and then: a read must stay a read, fast and without a lock."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from api.database import db
from api.guard import actor
from api.settings import now
from fieldsales.db.session import hasty
from fieldsales.errors import FieldsalesError
from sync.batch import Phone
from sync.devices import hear_pull
from sync.pull import Page

EVERY = timedelta(minutes=1)
"""How often one process notes one device."""
MOST = 10_000
_KEY = "fieldsales-sightings"
_log = logging.getLogger("fieldsales.api")


class Sightings:
    """When this process last noted each device."""

    def __init__(self) -> None:
        self._noted: dict[uuid.UUID, datetime] = {}
        self._lock = threading.Lock()

    def due(self, device_id: uuid.UUID, at: datetime) -> bool:
        """Tell whether a device is to be noted again, and count it as noted if so."""
        with self._lock:
            if device_id in self._noted and at - self._noted[device_id] < EVERY:
                return False
            if len(self._noted) >= MOST:
                self._noted.clear()
            self._noted[device_id] = at
            return True


def install_sightings(app: Flask) -> None:
    """Give an app a memory of whom it noted."""
    app.extensions[_KEY] = Sightings()


def note_pull(page: Page | None = None) -> None:
    """Note that the calling device has everything up to now, if this was the last page.

    Where each collection has a place of its own in the feed there is no such page: only the time is noted then.
    The last thing that a view does: it may give the request's snapshot back. It never fails, and hardly waits.
    """
    pull_noter(db.session.rollback)(page)  # else a request would hold two connections at once


def pull_noter(before: Callable[[], None] = lambda: None) -> Callable[[Page | None], None]:
    """Return `note_pull` for an answer that is still being written when its request is over.

    `before` is called if there is something to write.
    """
    user_id, device_id, at, engine = actor().user_id, actor().device_id, now(), db.engine
    sightings: Sightings = current_app.extensions[_KEY]

    def note(page: Page | None) -> None:
        if (page is not None and page.more) or device_id is None or not sightings.due(device_id, at):
            return
        before()
        try:
            with hasty(engine) as session:
                hear_pull(session, Phone(user_id, device_id), page.next_cursor if page else None, at)
        except (FieldsalesError, SQLAlchemyError) as busy:
            _log.debug("a pull went unnoted: %s", busy)

    return note
