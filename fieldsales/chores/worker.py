"""A worker: plans what is due, claims one job after the other, and does it while signs of life go out.

Any number may run at once, in web servers and by themselves: the books are in the database. One that is killed leaves
its job to another, once its lease is over.
"""

from __future__ import annotations

import logging
import os
import socket
import threading
import traceback
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from fieldsales.chores.chore import Chore, Context
from fieldsales.chores.registry import CHORES, by_code
from fieldsales.chores.timetable import timetable
from fieldsales.clock import Clock, utc_now
from fieldsales.config import Settings
from fieldsales.db.engine import DatabaseMissing
from fieldsales.db.session import hasty, insist, reading, transaction
from fieldsales.errors import FieldsalesError, Unavailable
from fieldsales.jobs.models import Job, JobState
from fieldsales.jobs.queries import is_any_ready, series_due
from fieldsales.jobs.rules import LEASE, Held, JobLost, Progress, Slot
from fieldsales.jobs.service import (
    check_hold,
    claim,
    fail,
    finish,
    keep_notes,
    note_sent,
    plan_due,
    renew,
    tell_progress,
)

_log = logging.getLogger("fieldsales.jobs")
_PATIENCE_MS = 5000
"""So long a sign of life waits for whoever writes; the next one comes soon."""


@dataclass(frozen=True, slots=True)
class Done:
    """What became of one attempt at a job."""

    job_id: uuid.UUID
    chore: str
    state: JobState | None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class Grip:
    """A worker's hold on a job, as its chore sees it."""

    engine: Engine
    clock: Clock
    held: Held
    lease: timedelta = LEASE

    def check(self, session: Session) -> None:
        """Keep others from taking the job until the transaction ends. Raises `JobLost` if somebody has."""
        check_hold(session, self.held)

    def tell(self, done: int, total: int | None, text: str = "") -> None:
        """Note how far it is, unless somebody writes just now."""
        with suppress(DatabaseMissing), hasty(self.engine) as session:
            tell_progress(session, self.held, Progress(done, total, text))

    def keep(self, session: Session, notes: Mapping[str, Any]) -> None:
        """Write notes in the transaction."""
        keep_notes(session, self.held, notes)

    def renew(self) -> None:
        """Give a sign of life; a database that does not answer just now hears the next one."""
        with suppress(Unavailable), hasty(self.engine, _PATIENCE_MS) as session:
            renew(session, self.held, self.clock(), self.lease)


@dataclass(frozen=True, slots=True)
class Worker:
    """Does what is due, of the chores that it knows."""

    engine: Engine
    settings: Settings
    chores: Sequence[Chore] = field(default_factory=lambda: CHORES)
    clock: Clock = utc_now
    name: str = field(default_factory=lambda: f"{socket.gethostname()}:{os.getpid()}")

    def plan(self) -> int:
        """Queue what has become due; return how many jobs. Writes nothing while nothing is due."""
        now = self.clock()
        with reading(self.engine) as session:
            unseen, due = series_due(session, timetable(session, self.chores, now), now)
            known = by_code(self.chores)
            found = unseen + [each for each in due if self._is_wanted(session, known[each.chore])]
        if not found:
            return 0
        return insist(self.engine, lambda session: len(plan_due(session, found, now)))

    def _is_wanted(self, session: Session, chore: Chore) -> bool:
        return chore.wanted is None or chore.wanted(session, self.clock(), self.settings)

    def work_once(self, job_id: uuid.UUID | None = None) -> Done | None:
        """Do one job, that one or the next; None where none is to be done."""
        known = by_code(self.chores)
        with reading(self.engine) as session:
            if not is_any_ready(session, self.clock(), known):
                return None
        job = insist(self.engine, lambda session: self._claim(session, known, job_id))
        return None if job is None else self._do(job, known[job.chore])

    def _claim(self, session: Session, known: Mapping[str, Chore], job_id: uuid.UUID | None) -> Job | None:
        job = claim(session, self.name, self.clock(), chores=known.keys(), job_id=job_id, lease=self._lease)
        if job is not None:
            session.flush()
            session.expunge(job)
        return job

    @property
    def _lease(self) -> timedelta:
        return timedelta(seconds=self.settings.jobs_lease)

    def _do(self, job: Job, chore: Chore) -> Done:
        assert job.lease is not None
        held = Held(job.id, job.lease)
        grip = Grip(self.engine, self.clock, held, self._lease)
        slot = Slot(job.due_at, job.day)
        context = Context(self.engine, self.settings, self.clock, slot, job.zone, dict(job.notes), grip)
        try:
            with _heartbeat(grip):
                result = chore.run(context)
            with transaction(self.engine) as session:
                finish(session, held, result, self.clock())
        except JobLost:
            _log.warning("%s was taken by another worker", chore.code)
            return Done(job.id, chore.code, None)
        except Exception as wrong:
            error = explained(wrong)
            _log.log(logging.WARNING if isinstance(wrong, Unavailable) else logging.ERROR, "%s: %s", chore.code, error)
            state = insist(self.engine, lambda session: fail(session, held, error, self.clock()))
            return Done(job.id, chore.code, state, error)
        return Done(job.id, chore.code, JobState.DONE)

    def to_send(self) -> list[uuid.UUID]:
        """Return the jobs of which a broker is to be told now."""
        known = by_code(self.chores)
        with reading(self.engine) as session:
            if not is_any_ready(session, self.clock(), known):
                return []
        return insist(self.engine, lambda session: note_sent(session, known, self.clock()))

    def work_off(self) -> Sequence[Done]:
        """Plan, then do all that is due; return what became of it."""
        self.plan()
        done: list[Done] = []
        while (one := self.work_once()) is not None:
            done.append(one)
        return done

    def keep_on(self, stop: threading.Event, seconds: float) -> None:
        """Go on until told to stop, looking again every so many seconds. Nothing that goes wrong ends it."""
        while not stop.is_set():
            try:
                self.plan()
                while not stop.is_set() and self.work_once() is not None:
                    self.plan()
            except Unavailable as away:
                _log.warning("%s", away)
            except Exception:
                _log.exception("The worker stumbled")
            stop.wait(seconds)


def explained(wrong: Exception) -> str:
    """Say what went wrong: by its code if it is a rule of ours, else by kind and place."""
    if isinstance(wrong, FieldsalesError):
        return f"{wrong} [{wrong.code}]"
    frames = traceback.extract_tb(wrong.__traceback__)
    place = f" ({os.path.relpath(frames[-1].filename)}:{frames[-1].lineno})" if frames else ""
    return f"{type(wrong).__name__}: {wrong}{place}"


@contextmanager
def _heartbeat(grip: Grip) -> Iterator[None]:
    """Give signs of life while a job is done."""
    over = threading.Event()

    def beat() -> None:
        while not over.wait(grip.lease.total_seconds() / 4):
            grip.renew()

    thread = threading.Thread(target=beat, name="sign of life", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
