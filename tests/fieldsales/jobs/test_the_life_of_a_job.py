"""Planned once, claimed by one, kept by signs of life, tried again: on both databases."""

from __future__ import annotations

import threading
import uuid
from datetime import UTC, datetime, time, timedelta

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fieldsales.db.session import transaction
from fieldsales.jobs.models import Job, JobState
from fieldsales.jobs.queries import failures, gauges, looks
from fieldsales.jobs.rules import LEASE, CatchUp, Daily, Held, JobLost, JobNotOver, Progress, Series
from fieldsales.jobs.service import (
    ask_for,
    check_hold,
    claim,
    fail,
    finish,
    forget_old,
    keep_notes,
    pause,
    plan_due,
    renew,
    resume,
    retry,
    tell_progress,
)

MONDAY = datetime(2026, 3, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TIERS = Series("tiers", "", ("UTC",), Daily(time(2)), lane="night", rank=1)
PAY = Series("pay", "", ("UTC",), Daily(time(2)), CatchUp.EACH, lane="night", rank=0, tries=2)
MAIL = Series("mail", "", ("UTC",), Daily(time(2)))
ALL = ("tiers", "pay", "mail")


def take(session: Session, now: datetime) -> Job | None:
    return claim(session, "a worker", now, chores=ALL)


def held(job: Job) -> Held:
    assert job.lease is not None
    return Held(job.id, job.lease)


def taken(session: Session, now: datetime) -> Job:
    job = take(session, now)
    assert job is not None
    return job


def test_a_chore_that_was_never_seen_begins_with_its_next_time(session: Session) -> None:
    assert plan_due(session, [TIERS], MONDAY) == []
    assert [job.day.day for job in plan_due(session, [TIERS], MONDAY + DAY)] == [3]
    assert plan_due(session, [TIERS], MONDAY + DAY) == []


def test_missed_nights_are_caught_up_as_the_chore_wants_it(session: Session) -> None:
    plan_due(session, [TIERS, PAY], MONDAY)
    made = plan_due(session, [TIERS, PAY], MONDAY + 4 * DAY)
    assert [(job.chore, job.day.day, job.missed) for job in made] == [
        ("tiers", 6, 3),
        ("pay", 3, 0),
        ("pay", 4, 0),
        ("pay", 5, 0),
        ("pay", 6, 0),
    ]


def test_a_night_that_nobody_began_is_overtaken_by_the_next_where_only_the_latest_counts(session: Session) -> None:
    for days in range(4):
        plan_due(session, [TIERS, PAY], MONDAY + days * DAY)
    left = session.scalars(select(Job).order_by(Job.chore, Job.due_at)).all()
    assert [(job.chore, job.day.day, job.missed) for job in left] == [
        ("pay", 3, 0),
        ("pay", 4, 0),
        ("pay", 5, 0),
        ("tiers", 5, 2),
    ]


def test_jobs_of_one_lane_are_done_one_by_one_in_their_order(session: Session) -> None:
    now = MONDAY + DAY
    plan_due(session, [TIERS, PAY, MAIL], MONDAY)
    plan_due(session, [TIERS, PAY, MAIL], now)
    first, second = taken(session, now), taken(session, now)
    assert (first.chore, second.chore) == ("mail", "pay") or (first.chore, second.chore) == ("pay", "mail")
    assert take(session, now) is None
    pay = first if first.chore == "pay" else second
    finish(session, held(pay), {"runs": 1}, now)
    assert taken(session, now).chore == "tiers"


def test_a_worker_takes_only_what_it_knows(session: Session) -> None:
    plan_due(session, [MAIL], MONDAY)
    plan_due(session, [MAIL], MONDAY + DAY)
    assert claim(session, "an older worker", MONDAY + DAY, chores=["tiers"]) is None


def test_a_sign_of_life_keeps_a_job_and_silence_loses_it(session: Session) -> None:
    now = MONDAY + DAY
    plan_due(session, [MAIL], MONDAY)
    plan_due(session, [MAIL], now)
    mine = held(taken(session, now))
    keep_notes(session, mine, {"sent": 7})
    later = now + LEASE * 0.9
    assert renew(session, mine, later)
    assert take(session, now + LEASE * 1.5) is None
    again = taken(session, later + LEASE * 1.1)
    assert (again.id, again.attempts, again.notes) == (mine.job_id, 2, {"sent": 7})
    assert not renew(session, mine, later)
    with pytest.raises(JobLost):
        check_hold(session, mine)
    with pytest.raises(JobLost):
        finish(session, mine, {}, later)
    assert fail(session, mine, "late", later) is None
    check_hold(session, held(again))


def test_a_job_whose_workers_die_again_and_again_has_failed(session: Session) -> None:
    plan_due(session, [PAY], MONDAY)
    plan_due(session, [PAY], MONDAY + DAY)
    now = MONDAY + DAY
    job = taken(session, now)
    assert taken(session, now + 2 * LEASE).id == job.id
    assert take(session, now + 4 * LEASE) is None
    session.refresh(job)
    assert job.state is JobState.FAILED
    assert "died" in (job.error or "")


def test_what_failed_is_tried_again_later_and_given_up_in_the_end(session: Session) -> None:
    now = MONDAY + DAY
    plan_due(session, [PAY], MONDAY)
    plan_due(session, [PAY], now)
    job = taken(session, now)
    assert fail(session, held(job), "the disk is full", now) is JobState.QUEUED
    assert take(session, now) is None
    now = job.run_at
    assert fail(session, held(taken(session, now)), "the disk is full", now) is JobState.FAILED
    assert failures(session) == {"pay": 1}
    assert retry(session, job.id, by=None, now=now).attempts == 0
    finish(session, held(taken(session, now)), {"paid": 3}, now)
    assert failures(session) == {}
    assert (job.state, job.result) == (JobState.DONE, {"paid": 3})
    with pytest.raises(JobNotOver):
        retry(session, job.id, by=None, now=now)


def test_a_failure_that_waits_holds_up_no_other_job_of_its_lane(session: Session) -> None:
    now = MONDAY + DAY
    plan_due(session, [PAY, TIERS], MONDAY)
    plan_due(session, [PAY, TIERS], now)
    fail(session, held(taken(session, now)), "no", now)
    assert taken(session, now).chore == "tiers"


def test_a_chore_that_rests_begins_nothing_and_catches_up(session: Session) -> None:
    plan_due(session, [PAY], MONDAY)
    pause(session, "pay", by=None, now=MONDAY)
    assert plan_due(session, [PAY], MONDAY + 2 * DAY) == []
    resume(session, "pay", by=None, now=MONDAY + 2 * DAY)
    assert [job.day.day for job in plan_due(session, [PAY], MONDAY + 2 * DAY)] == [3, 4]
    pause(session, "pay", by=None, now=MONDAY + 2 * DAY)
    assert take(session, MONDAY + 2 * DAY) is None
    asked = ask_for(session, PAY, by=None, now=MONDAY + 2 * DAY)
    assert asked.day.day == 4
    assert taken(session, MONDAY + 2 * DAY).id == asked.id


def test_asking_is_for_the_last_day_that_was_due(session: Session) -> None:
    job = ask_for(session, TIERS, by=None, now=MONDAY.replace(hour=1))
    assert job.day.day == 1
    assert ask_for(session, TIERS, by=None, now=MONDAY).id == job.id


def test_progress_is_told(session: Session) -> None:
    job = ask_for(session, TIERS, by=None, now=MONDAY)
    mine = taken(session, MONDAY)
    tell_progress(session, held(mine), Progress(3, 9, "Athens"))
    session.refresh(job)
    assert (job.units_done, job.units, job.told) == (3, 9, "Athens")


def test_monitoring_sees_failures_and_what_waits_too_long(session: Session) -> None:
    now = MONDAY + DAY
    plan_due(session, [MAIL, PAY], MONDAY)
    plan_due(session, [MAIL, PAY], now)
    job = taken(session, now)
    finish(session, held(job), {}, now + timedelta(seconds=7))
    found = {each.chore: each for each in gauges(session, now + timedelta(seconds=20))}
    other = next(chore for chore in ("mail", "pay") if chore != job.chore)
    assert found[job.chore].last_duration_s == 7
    assert found[other].overdue_s == pytest.approx(10 * 3600 + 20)
    assert looks(session)[other].queued == 1


def test_old_jobs_are_forgotten_and_open_ones_never(session: Session) -> None:
    plan_due(session, [MAIL, PAY], MONDAY)
    plan_due(session, [MAIL, PAY], MONDAY + DAY)
    finish(session, held(taken(session, MONDAY + DAY)), {}, MONDAY + DAY)
    assert forget_old(session, [], MONDAY + 3 * DAY + DAY) == 0
    assert forget_old(session, ["mail", "pay"], MONDAY + 4 * DAY) == 1
    assert forget_old(session, ["mail", "pay"], MONDAY + 900 * DAY) == 0


def test_many_workers_at_once_never_take_the_same_job_nor_two_of_one_lane(engine: Engine) -> None:
    now = MONDAY + DAY
    many = [Series(f"c{number}", "", ("UTC",), Daily(time(2)), lane=f"lane {number % 4}") for number in range(12)]
    codes = [each.chore for each in many]
    for moment in (MONDAY, now):
        with transaction(engine) as session:
            plan_due(session, many, moment)
    begun: list[tuple[uuid.UUID, str]] = []

    def work() -> None:
        while True:
            with transaction(engine) as session:
                job = claim(session, threading.current_thread().name, now, chores=codes)
                if job is None:
                    return
                begun.append((job.id, job.lane))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(lane for _, lane in begun) == ["lane 0", "lane 1", "lane 2", "lane 3"]
    assert len({job_id for job_id, _ in begun}) == 4


def test_who_works_on_a_unit_cannot_lose_the_job_in_the_midst_of_it(postgresql_engine: Engine) -> None:
    """The lock of the unit turns claimers away even after the lease; signs of life pass it. On SQLite one writes."""
    engine, now = postgresql_engine, MONDAY + DAY
    with transaction(engine) as session:
        ask_for(session, MAIL, by=None, now=now)
        mine = held(taken(session, now))
    with transaction(engine) as unit:
        check_hold(unit, mine)
        with transaction(engine) as other:
            assert take(other, now + 2 * LEASE) is None
        with transaction(engine) as other:
            assert renew(other, mine, now)
    with transaction(engine) as other:
        assert taken(other, now + 2 * LEASE).id == mine.job_id
