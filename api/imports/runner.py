"""Running imports beside a web server: each in a process of its own, watched by a thread.

How an import stands is in the database and in the inbox: any web worker can tell it, or ask for its end. If the worker
that watches it is killed, its process ends and nothing is kept; whoever asks is told that it died.
"""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Engine

from api.imports.work import FAULT_OF_OURS, Errand
from fieldsales.clock import Clock
from fieldsales.config import Settings
from fieldsales.db.session import transaction
from fieldsales.errors import FieldsalesError
from fieldsales.inbox import Inbox
from fieldsales.intakes.models import Intake, IntakeState
from fieldsales.intakes.service import end
from fieldsales.people.rules import Actor

LOOK_S = 0.25
"""How often it is looked whether an import is to stop."""
_EXTENSION = "fieldsales-imports"
_MAIN = "from api.imports.work import main; main()"
"""What the process runs: it loads what an import needs, which is a third of what a server has loaded."""
_log = logging.getLogger("fieldsales.api")


@dataclass
class Imports:
    """The imports of this process, one at a time, as they would only wait for each other; and one dry run beside."""

    engine: Engine
    inbox: Inbox
    clock: Clock
    currency: str
    turns: dict[bool, threading.Lock] = field(default_factory=lambda: {True: threading.Lock(), False: threading.Lock()})

    def run(self, intake: Intake, by: Actor) -> None:
        """Begin work on a file as soon as it is its turn; returns at once."""
        turn = self.turns[bool(intake.dry_run)]
        url = self.engine.url.render_as_string(hide_password=False)
        errand = Errand(url, self.inbox, intake.id, intake.attempt, by, self.currency)
        threading.Thread(target=self._live, args=(errand, turn), name=f"import {intake.id}", daemon=True).start()

    def _live(self, errand: Errand, turn: threading.Lock) -> None:
        try:
            if not self._wait_for_turn(errand, turn):
                self._end(errand, IntakeState.CANCELLED)
                return
            try:
                self._watch(errand)
            finally:
                turn.release()
        except Exception:
            _log.exception("The import of %s could not be watched", errand.file_id)
            self._end(errand, IntakeState.FAILED, FAULT_OF_OURS)

    def _wait_for_turn(self, errand: Errand, turn: threading.Lock) -> bool:
        while not turn.acquire(timeout=LOOK_S):
            self.inbox.beat(errand.file_id, errand.attempt)
            if self.inbox.is_to_stop(errand.file_id, errand.attempt):
                return False
        return True

    def _watch(self, errand: Errand) -> None:
        with subprocess.Popen([sys.executable, "-c", _MAIN], stdin=subprocess.PIPE) as process:  # noqa: S603 -- ours
            _hand(process, errand)
            while process.poll() is None:
                with suppress(subprocess.TimeoutExpired):
                    process.wait(LOOK_S)
                self.inbox.beat(errand.file_id, errand.attempt)
                if self.inbox.is_to_stop(errand.file_id, errand.attempt):
                    process.kill()
                    process.wait()
                    self._end(errand, IntakeState.CANCELLED)
                    return
        if process.returncode:  # else it has told by itself how it ended
            self._end(errand, IntakeState.FAILED, FAULT_OF_OURS)

    def _end(self, errand: Errand, state: IntakeState, problem: dict[str, Any] | None = None) -> None:
        with suppress(FieldsalesError), transaction(self.engine) as session:
            end(session, errand.file_id, errand.attempt, state, self.clock(), problem=problem)


def _hand(process: subprocess.Popen[bytes], errand: Errand) -> None:
    if process.stdin is not None:
        with suppress(BrokenPipeError), process.stdin as ears:
            ears.write(pickle.dumps(errand))


def install_imports(app: Flask, settings: Settings, engine: Engine, clock: Clock) -> None:
    """Give an app its imports; nothing is begun yet."""
    inbox = Inbox(settings.data_dir.absolute() / "imports")
    app.extensions[_EXTENSION] = Imports(engine, inbox, clock, settings.currency)


def imports() -> Imports:
    """Return the imports of the current app."""
    found: Imports = current_app.extensions[_EXTENSION]
    return found
