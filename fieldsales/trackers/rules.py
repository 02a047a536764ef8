"""Keys of tracking apps, and what can be wrong with one."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from fieldsales.errors import Conflict, Invalid, NotFound, Unauthorized

MOST = 5
"""So many trackers a rep may have at once."""
_LETTERS = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32, without the letters that are taken for digits: some type a key on a phone."""
_LONG = 26
OLDEST, NEWEST = timedelta(days=366), timedelta(days=1)
"""How far back, and ahead, a position may lie: as for our own app."""


class TrackerUnknown(Unauthorized):
    """The key of a tracking app is wrong, was revoked, or its rep was switched off. Make a new one, and enter it."""

    code = "tracker.unknown"
    title = "This tracker is not known"


class TrackerNotFound(NotFound):
    """There is no such tracker of anybody whom you may see."""

    code = "tracker.not_found"
    title = "There is no such tracker"


class TooManyTrackers(Conflict):
    """A rep has five trackers at most. Revoke one that is not used any more."""

    code = "tracker.too_many"
    title = "There are too many trackers"


class NotAPosition(Invalid):
    """What a tracking app sent has no position that could be kept: the detail says what is wrong with it."""

    code = "tracker.no_position"
    title = "This is no position"
    status = 400


def is_in_time(at: datetime, now: datetime) -> bool:
    """Tell whether a position can be kept as of its moment: a phone's clock may be years off."""
    return now - OLDEST <= at <= now + NEWEST


def new_key() -> str:
    """Return a key that nobody guesses: 130 bits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LONG))


def hashed(key: str) -> str:
    """Return what is kept of a key, however it was typed."""
    return hashlib.sha256(key.strip().lower().encode()).hexdigest()
