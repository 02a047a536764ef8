"""Letting work on a database die, or wait, at any one of its statements: the places where real servers stop."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from sqlalchemy import Engine, event
from sqlalchemy.exc import OperationalError

T = TypeVar("T")
PATIENCE_S = 20.0
"""Longer than anything here takes; a test that gets there is stuck."""


class Died(BaseException):
    """The server process is gone, amid whatever it did."""


class Stop:
    """The n-th moment of a piece of work, its statements and its commit being counted; what happens there."""

    def __init__(self, at: int) -> None:
        self.left, self.committing = at, False

    def pass_by(self, *, commit: bool = False) -> None:
        """Count a moment."""
        self.left -= 1
        if self.left == 0:
            self.here()
        self.committing = self.committing or commit

    def here(self) -> None:
        """Do nothing in particular."""


class Death(Stop):
    """The server dies there."""

    def here(self) -> None:
        """Die."""
        raise Died


class Stumble(Stop):
    """The database cannot do that statement and some that follow, and all is well again."""

    def __init__(self, at: int, statements: int) -> None:
        super().__init__(at)
        self.end = -statements

    def pass_by(self, *, commit: bool = False) -> None:
        """Fail as a driver fails, for a while."""
        self.left -= 1
        if not commit and self.end < self.left <= 0:
            raise OperationalError("a statement", {}, TimeoutError("too busy"))


class Pause(Stop):
    """The work waits there until it may go on."""

    def __init__(self, at: int) -> None:
        super().__init__(at)
        self.arrived, self.may_go_on = threading.Event(), threading.Event()

    def here(self) -> None:
        """Wait."""
        self.arrived.set()
        self.may_go_on.wait(PATIENCE_S)


class Moments:
    """Watches an engine for what passes in each thread's work."""

    def __init__(self, engine: Engine) -> None:
        self._here = threading.local()
        event.listen(engine, "before_cursor_execute", self._statement)
        event.listen(engine, "commit", lambda _: self._passed(commit=True))

    def _statement(self, _connection: object, _cursor: object, statement: str, *_more: object) -> None:
        # To end a savepoint cannot fail by itself: whatever fails there has ended the whole transaction.
        if not statement.startswith(("RELEASE", "ROLLBACK TO")):
            self._passed()

    def _passed(self, *, commit: bool = False) -> None:
        stop: Stop | None = getattr(self._here, "stop", None)
        if stop is not None:
            stop.pass_by(commit=commit)

    def run(self, work: Callable[[], T], stop: Stop) -> T:
        """Do the work in this thread, with a stop on its way."""
        self._here.stop = stop
        try:
            return work()
        finally:
            self._here.stop = None

    @contextmanager
    def paused(self, work: Callable[[], Any], at: int) -> Iterator[None]:
        """Do the work in a thread of its own up to its n-th moment, then the block, then the rest of the work.

        Only one of the two runs at any time. What the work raises is raised after the block.
        """
        stop, raised = Pause(at), list[BaseException]()

        def in_thread() -> None:
            try:
                self.run(work, stop)
            except BaseException as error:
                raised.append(error)
            finally:
                stop.arrived.set()

        thread = threading.Thread(target=in_thread)
        thread.start()
        stop.arrived.wait(PATIENCE_S)
        try:
            yield
        finally:
            stop.may_go_on.set()
            thread.join(PATIENCE_S)
        if raised:
            raise raised[0]
