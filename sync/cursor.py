"""Where a phone stands in the feed, as an opaque text that it hands back.

A cursor is no secret and opens nothing: what a phone may see is decided by who asks. Its check finds a garbled one, and
anybody can compute it: what a cursor says is therefore looked at like any other input.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import uuid
from dataclasses import dataclass, replace

from fieldsales.changes.models import Scope
from fieldsales.errors import Conflict, Invalid

_CHECK_BYTES = 6
_WITH_NAMES = (4, 9)
"""How many parts a cursor has, resting or amid pages, that is of some entities only."""
_BEYOND = 2**63
"""No database numbers a transaction so high."""


class CursorInvalid(Invalid):
    """A text that is no cursor of ours. Hand back exactly the last one received, or none to load everything."""

    code = "sync.cursor_invalid"
    title = "That is not a cursor"


class CursorExpired(Conflict):
    """The feed can no longer be read from there. The phone loads its scope afresh and keeps its unsent queue."""

    code = "sync.cursor_expired"
    title = "The cursor is worthless by now"
    status = 410


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """The last change row that a page looked at, by the primary key of the feed."""

    scope_kind: Scope
    scope_id: uuid.UUID
    entity: str
    entity_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Cursor:
    """A phone has all that was written before transaction `since`, of the entities `only` (None: of all).

    Amid the pages of one pull, `horizon` is where that pull ends and `after` the last row looked at.
    """

    epoch: uuid.UUID
    user_id: uuid.UUID
    since: int
    horizon: int | None = None
    after: Position | None = None
    only: frozenset[str] | None = None

    def text(self) -> str:
        """Return the cursor as a phone keeps it: URL-safe, at most some 200 characters."""
        parts: list[object] = [self.epoch.hex, self.user_id.hex, self.since]
        if self.horizon is not None and self.after is not None:
            after = self.after
            parts += [self.horizon, after.scope_kind.value, after.scope_id.hex, after.entity, after.entity_id.hex]
        if self.only is not None:
            parts.append(sorted(self.only))
        body = json.dumps(parts, separators=(",", ":")).encode()
        return base64.urlsafe_b64encode(_check(body) + body).rstrip(b"=").decode()


def parse_cursor(text: str) -> Cursor:
    """Read a cursor back; raise `CursorInvalid` if it is not one of ours, whole and unchanged.

    That its position is in an entity of the feed is for the reader of the feed to find out.
    """
    try:
        raw = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
        check, body = raw[:_CHECK_BYTES], raw[_CHECK_BYTES:]
        if check != _check(body):
            raise ValueError("the check does not fit")
        return _read(json.loads(body))
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError) as wrong:
        raise not_ours() from wrong


def not_ours() -> CursorInvalid:
    """Return the error for a cursor that this server never gave out."""
    return CursorInvalid(
        "The cursor is not one that this server gave out.",
        mend="Hand back exactly the last one received, or none to load everything.",
    )


def _read(parts: list[object]) -> Cursor:
    only = _names(parts.pop()) if len(parts) in _WITH_NAMES else None
    epoch, user_id, since, *paging = parts
    cursor = Cursor(uuid.UUID(str(epoch)), uuid.UUID(str(user_id)), _number(since), only=only)
    if not paging:
        return cursor
    horizon, kind, scope_id, entity, entity_id = paging
    after = Position(Scope(str(kind)), uuid.UUID(str(scope_id)), str(entity), uuid.UUID(str(entity_id)))
    return replace(cursor, horizon=_number(horizon, cursor.since), after=after)


def _names(told: object) -> frozenset[str]:
    if not isinstance(told, list) or not all(isinstance(name, str) for name in told):
        raise ValueError("those are no names of entities")
    return frozenset(told)


def _number(told: object, least: int = 0) -> int:
    if type(told) is not int or not least <= told < _BEYOND:  # a bool is an int, but no number of a transaction
        raise ValueError("that is no number of a transaction")
    return told


def _check(body: bytes) -> bytes:
    return hashlib.sha256(b"fieldsales cursor 1:" + body).digest()[:_CHECK_BYTES]
