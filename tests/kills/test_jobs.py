"""Workers killed amid their jobs again and again: every unit is done, once, and nobody has to help."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select
from worlds import slow_chores
from worlds.chores import house
from worlds.killable_server import KillableServer

from fieldsales.chores.overview import ask_for_chore
from fieldsales.clock import utc_now
from fieldsales.db.session import reading, transaction
from fieldsales.jobs.models import Job, JobSeries, JobState
from fieldsales.people.models import Territory
from fieldsales.planning.models import PlannedVisit, RouteStop

NIGHTS = 3
PATIENCE_S = 120
SCRIPT = Path(slow_chores.__file__)


class Crew:
    """Workers in processes of their own."""

    def __init__(self, *arguments: str, many: int = 2) -> None:
        self.arguments = arguments
        self.all = [self._begin() for _ in range(many)]

    def _begin(self) -> subprocess.Popen[bytes]:
        command = [sys.executable, str(SCRIPT), *self.arguments]
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)

    def kill_one(self, chance: random.Random) -> None:
        """Kill one as a power cut would, and begin another."""
        number = chance.randrange(len(self.all))
        self._kill(self.all[number])
        self.all[number] = self._begin()

    @staticmethod
    def _kill(process: subprocess.Popen[bytes]) -> None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def end(self) -> None:
        """Kill all."""
        for each in self.all:
            self._kill(each)


def nights_missed(engine: Engine) -> None:
    """Let the chore have been done for the last time some nights ago."""
    long_ago = utc_now() - timedelta(days=NIGHTS)
    with transaction(engine) as session:
        session.add(JobSeries(chore="test.units", zone="", planned_to=long_ago))


def units_done(engine: Engine) -> int:
    with reading(engine) as session:
        return session.scalar(select(func.count()).select_from(Territory)) or 0


def jobs(engine: Engine) -> list[Job]:
    with reading(engine) as session:
        return list(session.scalars(select(Job).order_by(Job.due_at)))


def kill_until_all_is_done(engine: Engine, crew: Crew, chance: random.Random, kills: int) -> None:
    """Kill a worker each time after some more units, then let them end; wait until all nights are done."""
    deadline = time.monotonic() + PATIENCE_S
    for number in range(1, kills + 1):
        wanted = number * NIGHTS * slow_chores.UNITS // (kills + 2)
        while units_done(engine) < wanted and time.monotonic() < deadline:
            time.sleep(0.01)
        crew.kill_one(chance)
    while time.monotonic() < deadline:
        found = jobs(engine)
        if len(found) == NIGHTS and {job.state for job in found} == {JobState.DONE}:
            return
        time.sleep(0.1)
    raise AssertionError([(job.state, job.attempts, job.error, job.notes) for job in jobs(engine)])


def account(engine: Engine) -> None:
    """Each night is done, each unit of it once: a second time would have been refused by the database, and told."""
    found = jobs(engine)
    assert [job.result for job in found] == [{"units": slow_chores.UNITS}] * NIGHTS
    assert [job.error for job in found] == [None] * NIGHTS
    assert units_done(engine) == NIGHTS * slow_chores.UNITS
    assert sum(job.attempts for job in found) > NIGHTS, "nobody was killed amid a job"


@pytest.mark.slow
def test_missed_nights_are_caught_up_by_workers_that_are_killed(engine: Engine) -> None:
    nights_missed(engine)
    crew = Crew(engine.url.render_as_string(hide_password=False), many=2)
    try:
        kill_until_all_is_done(engine, crew, random.Random(7), kills=6)
    finally:
        crew.end()
    account(engine)


@pytest.fixture
def server(engine: Engine, tmp_path: Path) -> Iterator[KillableServer]:
    """Waitress before SQLite, two gunicorn workers before PostgreSQL; each does chores beside its requests."""
    workers = 0 if engine.dialect.name == "sqlite" else 2
    url = engine.url.render_as_string(hide_password=False)
    often = {"FIELDSALES_JOBS_SECONDS": "0.1", "FIELDSALES_JOBS_LEASE": "1", "FIELDSALES_SOLVE_SECONDS": "0.5"}
    found = KillableServer(url, tmp_path, often, workers=workers)
    yield found
    found.kill()


@pytest.mark.slow
def test_a_server_that_is_killed_while_it_plans_the_night_plans_it_when_it_is_back(
    engine: Engine, server: KillableServer
) -> None:
    town = house(engine, now=utc_now())
    server.start()
    with transaction(engine) as session:
        (job_id,) = [job.id for job in ask_for_chore(session, "plans.make", by=None, now=utc_now())]
    wait_for(engine, job_id, JobState.RUNNING)
    server.kill()
    assert state_of(engine, job_id) is JobState.RUNNING
    server.start()
    job = wait_for(engine, job_id, JobState.DONE)
    assert job.attempts == 2
    assert job.error is None
    days = (job.result or {})["days"]
    assert sum(day["visits"] for day in days.values()) > 0
    with reading(engine) as session:
        assert {str(day) for day in session.scalars(select(PlannedVisit.day))} <= days.keys()
        stops = session.scalars(select(RouteStop.planned_visit_id)).all()
        assert len(stops) == len(set(stops)) > 0
    server.kill()
    town.now = utc_now()
    with transaction(engine) as session:
        (again,) = [job.id for job in ask_for_chore(session, "plans.make", by=None, now=town.now)]
    assert town.worker().work_once(again) is not None
    unchanged = wait_for(engine, again, JobState.DONE).result or {}
    assert {day["changed"] for day in unchanged["days"].values()} == {0}


def state_of(engine: Engine, job_id: uuid.UUID) -> JobState:
    with reading(engine) as session:
        return session.get_one(Job, job_id).state


def wait_for(engine: Engine, job_id: uuid.UUID, state: JobState) -> Job:
    deadline = time.monotonic() + PATIENCE_S
    while state_of(engine, job_id) is not state and time.monotonic() < deadline:
        time.sleep(0.02)
    with reading(engine) as session:
        job = session.get_one(Job, job_id)
        assert job.state is state, (job.state, job.error)
        return job
