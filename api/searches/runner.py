"""Running searches beside a web server: each in a process of its own, watched by a thread that keeps its books.

How a search stands is in the database: any web worker can tell it, or ask for its end. The worker that runs it looks
there a few times a second, and gives a sign of life; without one for long, the search is told to have died.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Engine

from api.searches.schemas import RouteFoundSchema
from fieldsales.clock import Clock
from fieldsales.config import Settings
from fieldsales.db.engine import DatabaseMissing
from fieldsales.db.session import reading, transaction
from fieldsales.errors import FieldsalesError
from fieldsales.searches.models import SearchState
from fieldsales.searches.service import beat, end, is_wanted
from routing.child import ChildSearch, Job
from routing.errors import RoutingError
from routing.progress import Better, totals
from routing.route import DayRoute

_EXTENSION = "fieldsales-searches"
_log = logging.getLogger("fieldsales.api")

LOOK_S = 0.25
"""How often it is looked whether a search is still wanted: so long a cancelled one runs on at most."""

BEAT_S = 5.0
"""How often a search gives a sign of life that has nothing to tell."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to search for, whose days those are (None: nobody's), and what to do with the routes, in order."""

    job: Job
    reps: tuple[str | None, ...]
    keep: Callable[[list[DayRoute]], object] | None = None


@dataclass
class Searches:
    """The searches that this process runs: as many at once as it has solving processes, one at least."""

    engine: Engine
    clock: Clock
    free: threading.Semaphore
    threads: list[threading.Thread] = field(default_factory=list)

    def run(self, search_id: uuid.UUID, task: Task) -> None:
        """Begin a search as soon as a process is free; returns at once."""
        self.threads = [thread for thread in self.threads if thread.is_alive()]
        thread = threading.Thread(target=_Run(self, search_id, task).live, name=f"search {search_id}", daemon=True)
        self.threads.append(thread)
        thread.start()


@dataclass
class _Run:
    """One search on its way."""

    searches: Searches
    id: uuid.UUID
    task: Task
    best: dict[int, Better] = field(default_factory=dict)
    beaten_at: float = field(default_factory=time.monotonic)

    def live(self) -> None:
        """Wait, search, keep, tell. Whatever goes wrong is told, too."""
        try:
            if not self._wait_for_turn():
                self._end(SearchState.CANCELLED)
                return
            try:
                self._search()
            finally:
                self.searches.free.release()
        except (RoutingError, FieldsalesError) as wrong:
            self._end(SearchState.FAILED, problem=str(wrong))
        except Exception:
            _log.exception("The search %s failed", self.id)
            self._end(SearchState.FAILED, problem="Something went wrong on our side.")

    def _wait_for_turn(self) -> bool:
        while not self.searches.free.acquire(timeout=LOOK_S):
            if not self._is_wanted():
                return False
        return True

    def _search(self) -> None:
        with ChildSearch(self.task.job) as child:
            while not child.is_done:
                told = list(child.news(LOOK_S))
                for number, each in told:
                    self.best[number] = each if isinstance(each, Better) else self._found(number, each)
                if not self._is_wanted():
                    child.kill()
                    self._end(SearchState.CANCELLED)
                    return
                if told:
                    self._beat(self._progress(len(child.routes)))
            routes = [child.routes[number] for number in range(len(child.routes))]
        if self.task.keep is not None:
            self.task.keep(routes)
        self._beat(self._progress(len(routes)))
        dump = RouteFoundSchema().dump
        found = [dump(route) | {"rep_id": rep} for rep, route in zip(self.task.reps, routes, strict=True)]
        self._end(SearchState.DONE, answer={"routes": found, "kept": self.task.keep is not None})

    def _found(self, number: int, route: DayRoute) -> Better:
        """A route as the last word on its day."""
        problem, _ = self.task.job.days[number]
        visited = {visit.stop_id for visit in route.visits}
        mandatory = sum(stop.mandatory and stop.id in visited for stop in problem.stops)
        bound = route.prize if route.is_proven else self.best[number].bound
        return Better(mandatory, route.prize, route.travel_s, bound)

    def _progress(self, days_done: int) -> Mapping[str, int]:
        return {"days": len(self.task.reps), "days_done": days_done, **totals(list(self.best.values()))}

    def _is_wanted(self) -> bool:
        """Ask the books; a database that does not answer just now changes nobody's mind."""
        if time.monotonic() - self.beaten_at > BEAT_S:
            self._beat(None)
        with suppress(DatabaseMissing), reading(self.searches.engine) as session:
            return is_wanted(session, self.id)
        return True

    def _beat(self, progress: Mapping[str, int] | None) -> None:
        self.beaten_at = time.monotonic()
        told = None if progress is None else dict(progress)
        with suppress(DatabaseMissing), transaction(self.searches.engine) as session:
            beat(session, self.id, self.searches.clock(), progress=told)

    def _end(self, state: SearchState, *, answer: dict[str, Any] | None = None, problem: str | None = None) -> None:
        with suppress(DatabaseMissing), transaction(self.searches.engine) as session:
            end(session, self.id, state, self.searches.clock(), answer=answer, problem=problem)


def install_searches(app: Flask, settings: Settings, engine: Engine, clock: Clock) -> None:
    """Give an app its searches. A process starts with each, and ends with it."""
    free = threading.Semaphore(max(1, settings.solver_workers))
    app.extensions[_EXTENSION] = Searches(engine, clock, free)


def searches() -> Searches:
    """Return the searches of the current app."""
    found: Searches = current_app.extensions[_EXTENSION]
    return found
