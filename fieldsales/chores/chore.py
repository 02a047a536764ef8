"""What a chore is: work that the house does by itself, by a schedule, and what it is handed for that.

A new chore is a function and one line in `registry.py`:

    def tidy(context: Context) -> Result:
        with context.transaction() as session:
            return {"deleted": forget_old(session, context.now())}

    Chore("things.tidy", "Forget old things", Daily(time(4, 30)), tidy)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsales.clock import Clock
from fieldsales.config import Settings
from fieldsales.db.session import reading, transaction
from fieldsales.jobs.rules import TRIES, CatchUp, Schedule, Slot

Result = Mapping[str, Any]
"""What came of it, as JSON: numbers and short texts by name, such as {"moved": 3}."""


class Hold(Protocol):
    """A worker's hold on the job that it does."""

    def check(self, session: Session) -> None:
        """Keep others from taking the job until the transaction ends. Raises `JobLost` if somebody has."""

    def tell(self, done: int, total: int | None, text: str) -> None:
        """Note how far it is. May be lost."""

    def keep(self, session: Session, notes: Mapping[str, Any]) -> None:
        """Write notes in the transaction."""


class Unheld:
    """No hold: for tests, and for whoever runs a chore by hand without a job."""

    def check(self, session: Session) -> None:
        """Let it pass."""

    def tell(self, done: int, total: int | None, text: str) -> None:
        """Tell nobody."""

    def keep(self, session: Session, notes: Mapping[str, Any]) -> None:
        """Keep nothing."""


@dataclass(frozen=True, slots=True)
class Context:
    """What a chore is handed.

    Attributes:
        engine: The database; use `reading` and `transaction` below.
        settings: The operator's settings.
        clock: Tells the time; `now()` is the same.
        slot: When this was due, and the day that it is for. `context.day` is that of the time zone(s) of the job:
            for a nightly chore the day that began with this night.
        zone: The time zone that this job is for, "" where it is for all.
        notes: What the chore wrote down with `remember` before it was killed; empty in the first attempt.
    """

    engine: Engine
    settings: Settings
    clock: Clock
    slot: Slot
    zone: str = ""
    notes: dict[str, Any] = field(default_factory=dict)
    hold: Hold = field(default_factory=Unheld)

    @property
    def day(self) -> date:
        """The day that this is for."""
        return self.slot.day

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return self.clock()

    def reading(self) -> AbstractContextManager[Session]:
        """Open a session that sees one snapshot and can write nothing."""
        return reading(self.engine)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session for one unit of work, committed at its end.

        It is undone, with `JobLost`, if another worker has taken the job: so no unit is ever done by two.
        """
        with transaction(self.engine) as session:
            self.hold.check(session)
            yield session

    def progress(self, done: int, total: int | None = None, text: str = "") -> None:
        """Say how far it is. Between transactions only: within one it would wait for itself on SQLite."""
        self.hold.tell(done, total, text)

    def remember(self, session: Session, **notes: Any) -> None:
        """Write down how far it is in the transaction of a unit, for whoever goes on after this worker was killed."""
        self.notes.update(notes)
        self.hold.keep(session, self.notes)


Run = Callable[[Context], Result]
Wanted = Callable[[Session, datetime, Settings], bool]


@dataclass(frozen=True, slots=True)
class Chore:
    """Work that the house does by itself.

    `run` must be idempotent: done twice for the same slot it changes nothing the second time, and killed at any point
    it can begin again. It commits in units (`context.transaction()`); whatever it raises is told and tried again later.

    Attributes:
        code: Its name in addresses, commands and tables, such as `tiers.refresh`.
        title: What it does, in a few words of English.
        schedule: `Daily`, `Monthly` or `Every` of `fieldsales.jobs.rules`.
        run: Does it and returns what came of it.
        catch_up: After the house was away: `EACH` missed day has its own run, or only the `LATEST` is done.
        lane: Chores of one lane wait for each other, in the order of when they were due, then of the registry.
        tries: After so many attempts it has failed until a person says otherwise.
        wanted: Asked in a reading session before a job is made; for frequent chores that mostly find nothing to do.
    """

    code: str
    title: str
    schedule: Schedule
    run: Run
    catch_up: CatchUp = CatchUp.LATEST
    lane: str = ""
    tries: int = TRIES
    wanted: Wanted | None = None
