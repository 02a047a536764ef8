"""Planning behind a web server: routes are searched for while no transaction is open."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock

from flask import Flask, current_app
from sqlalchemy import Engine

from fieldsales.accounts.service import end_expired
from fieldsales.config import Settings
from fieldsales.dayplans.rules import PlanOutdated
from fieldsales.dayplans.service import DayPlanned, gather, prepare, solve, store
from fieldsales.db.session import reading, transaction
from fieldsales.drafts.rules import Draft
from fieldsales.driving.rules import Driving
from fieldsales.driving.service import driving_of
from fieldsales.journeys.rules import Sketch
from fieldsales.journeys.service import solve_journeys
from fieldsales.planning.queries import routed_days
from routing.pool import SolverPool

_EXTENSION = "fieldsales-planner"

TRIES = 3
"""How often a day is planned anew because others changed it while its routes were searched for."""


@dataclass
class Planner:
    """Plans days with one pool of solving processes. One plan is searched for at a time: each uses every core."""

    engine: Engine
    driving: Driving
    pool: SolverPool
    one_at_a_time: Lock = field(default_factory=Lock)

    def plan(
        self,
        day: date,
        rep_ids: Collection[uuid.UUID],
        *,
        now: datetime,
        with_anomalies: bool = False,
        only_new: bool = False,
    ) -> DayPlanned:
        """Plan and route a day of some reps and commit it; begin anew, a few times, if it changes meanwhile.

        What reps want to know before orders is written down afterwards; with `only_new` where nothing is yet.

        Raises `PlanOutdated`, `SolverUnavailable`, `DayTooFar`.
        """
        done = self._plan(day, rep_ids, now=now, with_anomalies=with_anomalies)
        with transaction(self.engine) as session:
            prepare(session, day, rep_ids, now=now, only_new=only_new)
        return done

    def _plan(self, day: date, rep_ids: Collection[uuid.UUID], *, now: datetime, with_anomalies: bool) -> DayPlanned:
        for _ in range(TRIES - 1):
            with suppress(PlanOutdated):
                return self._plan_once(day, rep_ids, now=now, with_anomalies=with_anomalies)
        return self._plan_once(day, rep_ids, now=now, with_anomalies=with_anomalies)

    def _plan_once(
        self, day: date, rep_ids: Collection[uuid.UUID], *, now: datetime, with_anomalies: bool
    ) -> DayPlanned:
        with reading(self.engine) as snapshot:
            draft = gather(snapshot, day, driving=self.driving, now=now, rep_ids=rep_ids, with_anomalies=with_anomalies)
        solved = self._solve(draft)
        with transaction(self.engine) as session:
            done = store(session, solved)
            end_expired(session, now, rep_ids)
            return done

    def replan(self, rep_ids: Collection[uuid.UUID], *, now: datetime, only: date | None = None) -> None:
        """Plan again the coming days for which these reps have a route and that they have not begun, or one of them.

        Raises as `plan` does.
        """
        yesterday = now.date() - timedelta(days=1)
        with reading(self.engine) as snapshot:
            stale = routed_days(snapshot, rep_ids, yesterday)
        for day, reps in stale.items():
            if only in {None, day}:
                self.plan(day, reps, now=now, only_new=True)

    def journeys(self, sketches: Sequence[Sketch]) -> list[Sketch]:
        """Search for journey plans. Raises `JourneysUnavailable`."""
        with self.one_at_a_time:
            return solve_journeys(sketches, self.pool, self.driving)

    def _solve(self, draft: Draft) -> Draft:
        with self.one_at_a_time:
            return solve(draft, self.pool, self.driving)


def install_planner(app: Flask, settings: Settings, engine: Engine) -> None:
    """Give an app its planner. Solving processes start with the first plan and live as long as the app."""
    app.extensions[_EXTENSION] = Planner(engine, driving_of(settings), SolverPool(settings.solver_workers))


def planner() -> Planner:
    """Return the planner of the current app."""
    found: Planner = current_app.extensions[_EXTENSION]
    return found
