"""Workers: what fails is told and tried again, what takes long is kept, what is lost changes nothing."""

from __future__ import annotations

import threading
import time as clocks
from dataclasses import replace
from datetime import timedelta

from sqlalchemy import Engine, func, select
from worlds.chores import DAY, TUESDAY_MORNING, House, house, nightly

from fieldsales.chores.chore import Chore, Context, Result
from fieldsales.chores.overview import ask_for_chore
from fieldsales.clock import utc_now
from fieldsales.config import Settings
from fieldsales.db.session import reading, transaction
from fieldsales.errors import Invalid
from fieldsales.jobs.models import Job, JobState
from fieldsales.jobs.rules import CatchUp, Every
from fieldsales.jobs.service import claim
from fieldsales.people.models import Territory


class TooHot(Invalid):
    code = "oven.too_hot"


def test_what_fails_is_told_in_words_and_tried_again(engine: Engine) -> None:
    heat = [True]

    def bake(context: Context) -> Result:
        if heat:
            raise TooHot("The oven is too hot.", mend="Wait.")
        return {"bread": 3}

    town = house(engine, nightly(bake))
    assert town.pass_to(TUESDAY_MORNING) == ["test.chore queued"]
    (job,) = town.jobs()
    assert job.error == "The oven is too hot. Wait. [oven.too_hot]"
    assert town.pass_to(TUESDAY_MORNING + timedelta(seconds=29)) == []
    heat.clear()
    assert town.pass_to(TUESDAY_MORNING + timedelta(seconds=31)) == ["test.chore done"]
    (job,) = town.jobs()
    assert (job.result, job.error, job.attempts) == ({"bread": 3}, None, 2)


def test_an_error_of_ours_names_its_place(engine: Engine) -> None:
    town = house(engine, nightly(lambda context: {"share": 1 / 0}))
    town.pass_to(TUESDAY_MORNING)
    (job,) = town.jobs()
    assert job.error is not None
    assert job.error.startswith("ZeroDivisionError: division by zero (")
    assert "test_a_worker.py" in job.error


def test_each_missed_day_has_its_own_run_where_the_chore_is_for_the_day(engine: Engine) -> None:
    days: list[int] = []

    def note(context: Context) -> Result:
        days.append(context.day.day)
        return {}

    town = house(engine, nightly(note, catch_up=CatchUp.EACH))
    town.pass_to(TUESDAY_MORNING + 3 * DAY)
    assert days == [3, 4, 5, 6]


def test_nothing_is_queued_while_nothing_is_wanted(engine: Engine) -> None:
    wanted: list[bool] = []
    chore = Chore("test.often", "", Every(timedelta(seconds=10)), lambda context: {}, wanted=lambda *_: bool(wanted))
    town = house(engine, chore)
    assert town.pass_to(TUESDAY_MORNING) == []
    assert town.jobs() == []
    wanted.append(True)
    assert town.pass_to(TUESDAY_MORNING) == ["test.often done"]
    assert town.pass_to(TUESDAY_MORNING + timedelta(seconds=9)) == []
    assert town.pass_to(TUESDAY_MORNING + timedelta(seconds=10)) == ["test.often done"]


def test_a_chore_goes_on_from_what_it_wrote_down(engine: Engine) -> None:
    """Three units, one for each attempt: a unit and the note of it are one transaction."""

    def units(context: Context) -> Result:
        for number in range(context.notes.get("done", 0), 3):
            with context.transaction() as session:
                session.add(
                    Territory(code=f"unit {number}", name="", time_zone="Europe/Athens", region="GR", currency="EUR")
                )
                context.remember(session, done=number + 1)
            raise TooHot("Again.")
        return {"units": context.notes["done"]}

    town = house(engine, nightly(units))
    told = [town.pass_to(TUESDAY_MORNING + timedelta(hours=hour)) for hour in range(4)]
    assert told == [["test.chore queued"]] * 3 + [["test.chore done"]]
    with reading(engine) as session:
        assert session.scalar(select(func.count()).where(Territory.code.startswith("unit "))) == 3


def test_signs_of_life_keep_a_job_that_takes_longer_than_its_lease(engine: Engine) -> None:
    asked_meanwhile: list[object] = []
    town = house(engine, nightly(lambda context: {}))
    real = House(engine, (nightly(lambda context: _wait(town, asked_meanwhile)),), settings=Settings(jobs_lease=1.0))
    with transaction(engine) as session:
        ask_for_chore(session, "test.chore", by=None, now=utc_now(), chores=real.chores)
    worker = replace(real.worker(), clock=utc_now)
    done = worker.work_once()
    assert done is not None
    assert done.state is JobState.DONE
    assert asked_meanwhile == [None]


def _wait(town: House, asked: list[object]) -> Result:
    clocks.sleep(2)
    with transaction(town.engine) as session:
        asked.append(claim(session, "another", utc_now(), chores=["test.chore"]))
    return {}


def test_a_worker_that_lost_its_job_commits_nothing_more(engine: Engine) -> None:
    def slow(context: Context) -> Result:
        with context.transaction() as session:
            session.add(_territory("first"))
        town.now += timedelta(hours=1)
        with transaction(engine) as session:
            assert claim(session, "another", town.now, chores=["test.chore"]) is not None
        with context.transaction() as session:
            session.add(_territory("second"))
        return {}

    town = house(engine, nightly(slow))
    assert town.pass_to(TUESDAY_MORNING) == ["test.chore None"]
    (job,) = town.jobs()
    assert (job.state, job.worker, job.attempts) == (JobState.RUNNING, "another", 2)
    with reading(engine) as session:
        assert list(session.scalars(select(Territory.code).where(Territory.code.in_(["first", "second"])))) == ["first"]


def test_workers_at_once_do_each_job_once(engine: Engine) -> None:
    begun: list[str] = []

    def note(context: Context) -> Result:
        begun.append(threading.current_thread().name)
        clocks.sleep(0.01)
        return {}

    town = house(engine, *(nightly(note, f"test.{number}") for number in range(12)))
    town.now = TUESDAY_MORNING
    threads = [threading.Thread(target=town.worker().work_off) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(begun) == 12
    with reading(engine) as session:
        assert set(session.scalars(select(Job.attempts))) == {1}


def _territory(code: str) -> Territory:
    return Territory(code=code, name="", time_zone="Europe/Athens", region="GR", currency="EUR")
