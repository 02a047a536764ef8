"""What a handler is given and what it gives back."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from marshmallow import Schema
from sqlalchemy.orm import Session

from fieldsales.db.desk import Desk
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
    """Who did it on which device, when by the server's clock, and when we heard of it.

    `base_version` is of the entity as the phone held it when it was edited. `skew` is how far the phone's clock was
    ahead, for moments inside the data; `clock_flags` go on what is made. `approved` are the codes of what a person let
    pass although it leaves the policy. What verbs read and write by the `desk` is read and written for many mutations
    at once; what else a handler does goes through the `session`.
    """

    desk: Desk
    mutation_id: uuid.UUID
    rep_id: uuid.UUID
    device_id: uuid.UUID
    at: datetime
    received_at: datetime
    skew: timedelta
    clock_flags: tuple[str, ...]
    base_version: int | None = None
    approved: frozenset[str] = frozenset()

    @property
    def session(self) -> Session:
        """The transaction that all this happens in."""
        return self.desk.session

    def corrected(self, wall: datetime) -> datetime:
        """Return a moment of the phone's wall clock by the server's clock; never later than the receipt."""
        return min(wall - self.skew, self.received_at)


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A mutation that is about to be done."""

    rep_id: uuid.UUID
    at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Applied:
    """A handler's answer: what the phone is told, what was odd, and whether a person should look at it all the same."""

    result: dict[str, Any]
    flags: tuple[str, ...] = ()
    review: bool = False


@dataclass(frozen=True, slots=True)
class Handler:
    """One type of mutation in one version: the shape of its data, what it is about, and the verb that does it.

    `entity` is the type that the envelope must name and the field of the data that holds its id. A handler whose verb
    reads and writes by the desk alone, and refuses before it writes, may say what it will want to know: `foresee` is
    given many mutations of the type and lays their facts out. All others run in a savepoint of their own.
    """

    schema: Schema
    entity: tuple[str, str]
    run: Callable[[Context, dict[str, Any]], Applied]
    foresee: Callable[[Desk, Sequence[Foreseen]], None] | None = None
