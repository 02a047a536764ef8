"""What a handler is given and what it gives back."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema
from sqlalchemy.orm import Session

from fieldsales.errors import Conflict


class NotHereYet(Conflict):
    """A mutation is about something that has not arrived. It is held and applied by itself when that comes."""

    code = "mutation.waiting"
    title = "Waits for something that is not here yet"

    def __init__(self, what: str, identity: uuid.UUID) -> None:
        super().__init__(f"The {what} {identity} is not here yet.", waits_for=[str(identity)])
        self.identity = identity


@dataclass(frozen=True, slots=True)
class Context:
    """Who did it, when by the server's clock, and when we heard of it.

    `skew` is how far the phone's clock was ahead, for moments inside the data; `clock_flags` go on what is made.
    """

    session: Session
    rep_id: uuid.UUID
    at: datetime
    received_at: datetime
    skew: timedelta
    clock_flags: tuple[str, ...]

    def corrected(self, wall: datetime) -> datetime:
        """Return a moment of the phone's wall clock by the server's clock; never later than the receipt."""
        return min(wall - self.skew, self.received_at)


@dataclass(frozen=True, slots=True)
class Applied:
    """A handler's answer: what the phone is told, and what was odd."""

    result: dict[str, Any]
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Handler:
    """One type of mutation in one version: the shape of its data, what it is about, and the verb that does it.

    `entity` is the type that the envelope must name and the field of the data that holds its id.
    """

    schema: Schema
    entity: tuple[str, str]
    run: Callable[[Context, dict[str, Any]], Applied]
