"""One import in a process of its own: it takes minutes of one processor, and can then be ended without a trace.

Rows, the run, how the attempt ended and the audit trail are written in one transaction. So it does not matter when the
process is killed: either all of it is there, or the database is as before and whoever looks is told so.
"""

from __future__ import annotations

import logging
import pickle
import sqlite3
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine
from sqlalchemy.orm import Session

import migrations.tables  # noqa: F401 -- a table may refer to one that no import knows
from fieldsales.clock import Clock, utc_now
from fieldsales.db.base import new_id
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction, translate_outage
from fieldsales.errors import FieldsalesError
from fieldsales.imports.service import Prepared, run_import, save_mapping
from fieldsales.imports.tally.rules import Tally
from fieldsales.inbox import Inbox
from fieldsales.intakes.models import Intake, IntakeState
from fieldsales.intakes.queries import examined, prepared
from fieldsales.intakes.rules import Asked, IntakeOvertaken, Showing, report_of
from fieldsales.intakes.service import end, note_import, set_running
from fieldsales.people.rules import Actor
from fieldsales.tabular.rejects import write_rejects
from routing.courtesy import end_with_parent, step_back

BEAT_S = 0.5
PATIENCE_S = 900.0
"""How long an import waits for another on SQLite, where there is one writer."""
QUICK = 1 << 20
"""A file of so many bytes is over soon and somebody waits; work on a larger one leaves the processor to others."""
_log = logging.getLogger("fieldsales.api")


@dataclass(frozen=True, slots=True)
class Errand:
    """What to do, and where. `currency` is the operator's, for prices that name none."""

    database_url: str
    inbox: Inbox
    file_id: uuid.UUID
    attempt: int
    by: Actor
    currency: str


def main() -> None:
    """Do the errand that the server sends; the main function of the process."""
    errand: Errand = pickle.load(sys.stdin.buffer)  # noqa: S301 -- from the server that began this process
    end_with_parent()
    engine = make_engine(errand.database_url, PATIENCE_S)
    try:
        carry_out(engine, errand, utc_now)
    finally:
        engine.dispose()


def carry_out(engine: Engine, errand: Errand, clock: Clock) -> None:
    """Import a file, or try to, and note how that ended."""
    with _Pulse(errand) as pulse:
        _Work(engine, errand, clock, pulse).do()


FAULT_OF_OURS: dict[str, Any] = {
    "code": FieldsalesError.code,
    "title": FieldsalesError.title,
    "detail": "Something went wrong on our side; nothing was imported.",
    "mend": "Tell who runs the server.",
}


@dataclass(frozen=True, slots=True)
class _Work:
    engine: Engine
    errand: Errand
    clock: Clock
    pulse: _Pulse

    def do(self) -> None:
        try:
            self._do()
        except IntakeOvertaken:
            return
        except FieldsalesError as wrong:
            told = {"code": wrong.code, "title": wrong.title, "detail": wrong.detail, "mend": wrong.mend}
            self._fail(told)
        except Exception:
            _log.exception("The import of %s failed", self.errand.file_id)
            self._fail(FAULT_OF_OURS)

    def _do(self) -> None:
        errand = self.errand
        with transaction(self.engine) as session:
            set_running(session, errand.file_id, errand.attempt)
            intake = session.get_one(Intake, errand.file_id)
            asked, path = Asked.of(intake.asked or {}), errand.inbox.place(intake.id) / intake.file_name
            is_trial = bool(intake.dry_run)
        file = examined(path, asked.reading)
        with reading(self.engine) as session:
            ready = prepared(session, file, asked, by=errand.by, currency=errand.currency)
        self.pulse.size = file.size
        if file.size > QUICK:
            step_back()
        if is_trial:
            self._try(ready)
        else:
            self._import(ready, asked)

    def _import(self, ready: Prepared, asked: Asked) -> None:
        file_id, attempt = self.errand.file_id, self.errand.attempt
        run_id = new_id()
        with transaction(self.engine) as session:
            report = self._run(session, ready, run_id)
            if asked.save_as:
                columns = {match.field: match.column for match in ready.matches}
                save_mapping(session, asked.kind, asked.save_as, columns, asked.options, now=self.clock())
            end(session, file_id, attempt, IntakeState.IMPORTED, self.clock(), report=report, run_id=run_id)
            note_import(session, session.get_one(Intake, file_id), run_id, report, self.clock())

    def _try(self, ready: Prepared) -> None:
        file_id, attempt = self.errand.file_id, self.errand.attempt
        with (
            _where_to_try(self.engine, self.errand.inbox.copy(file_id)) as elsewhere,
            translate_outage(),
            Session(elsewhere) as session,
        ):
            report = self._run(session, ready, new_id())
            session.rollback()
        with transaction(self.engine) as session:
            end(session, file_id, attempt, IntakeState.TRIED, self.clock(), report=report)

    def _run(self, session: Session, ready: Prepared, run_id: uuid.UUID) -> dict[str, Any]:
        """Import the rows; the file of rejects is whole before anything is committed."""
        began, errand = time.monotonic(), self.errand
        with write_rejects(errand.inbox.rejects(errand.file_id, errand.attempt), ready.file.columns) as rejects:
            showing = Showing(rejects, ready.positions)
            tally = run_import(session, ready, showing, clock=self.clock, run_id=run_id, progress=self.pulse.note)
        return report_of(tally, showing.shown, holds=ready.holds, seconds=round(time.monotonic() - began, 1))

    def _fail(self, problem: dict[str, Any]) -> None:
        errand = self.errand
        with suppress(IntakeOvertaken), transaction(self.engine) as session:
            end(session, errand.file_id, errand.attempt, IntakeState.FAILED, self.clock(), problem=problem)


@contextmanager
def _where_to_try(engine: Engine, copy: Path) -> Iterator[Engine]:
    """On SQLite try on a copy: a long dry run keeps nobody from writing. PostgreSQL has room for both."""
    if engine.dialect.name != "sqlite":
        yield engine
        return
    _forget(copy)
    with closing(sqlite3.connect(str(engine.url.database))) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)
    elsewhere = make_engine(f"sqlite:///{copy}")
    try:
        yield elsewhere
    finally:
        elsewhere.dispose()
        _forget(copy)


def _forget(copy: Path) -> None:
    for each in (copy, Path(f"{copy}-wal"), Path(f"{copy}-shm")):
        each.unlink(missing_ok=True)


class _Pulse:
    """Tells twice a second that the work goes on, and how far it is."""

    def __init__(self, errand: Errand) -> None:
        self.size = 0
        self._errand = errand
        self._told: dict[str, int] = {"bytes": 0, "rows": 0, "rejects": 0}
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="pulse", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._over.set()
        self._thread.join()

    def note(self, position: int, tally: Tally) -> None:
        """Take down how far it is."""
        self._told = {"bytes": position, "rows": tally.read, "rejects": tally.rejects}

    def _beat(self) -> None:
        errand = self._errand
        while not self._over.is_set():
            errand.inbox.tell(errand.file_id, errand.attempt, self._told | {"size": self.size})
            self._over.wait(BEAT_S)
