"""The life of a job: planned, claimed by one worker, kept by signs of life, done or failed and tried again.

Each verb is one short transaction of whoever runs jobs. A worker that is killed says nothing more; its lease ends, and
another worker claims the job anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.db.base import new_id
from fieldsales.jobs.models import Job, JobPause, JobSeries, JobState
from fieldsales.jobs.queries import is_ready, paused, require_job
from fieldsales.jobs.rules import (
    KEPT,
    KEPT_OFTEN,
    LEASE,
    TOLD_AGAIN,
    CatchUp,
    Held,
    JobLost,
    JobNotOver,
    JobsAreForAll,
    Progress,
    Series,
    Slot,
    wait_after,
)
from fieldsales.people.queries import covers_everything
from fieldsales.people.rules import Actor

DIED = "The worker died: no sign of life came from it."


def check_may_manage(session: Session, by: Actor | None) -> None:
    """Raise `JobsAreForAll` unless somebody sees all territories."""
    if not covers_everything(session, by):
        raise JobsAreForAll("Jobs concern all territories.", mend="Ask a manager who sees all of them.")


def plan_due(session: Session, series: Sequence[Series], now: datetime) -> list[Job]:
    """Queue what has become due since the last look, what was missed included; a second look queues nothing.

    A series that was never seen begins now. One that is paused is looked at when it goes on. Where only the latest
    counts, earlier slots that nobody began are dropped.
    """
    resting, made = paused(session), []
    for each in series:
        known = session.get(JobSeries, (each.chore, each.zone), with_for_update=True)
        if known is None:
            session.add(JobSeries(chore=each.chore, zone=each.zone, planned_to=now))
        elif each.chore not in resting and known.planned_to < now:
            made += _queue(session, each, *each.due(known.planned_to, now), now)
            known.planned_to = now
    session.flush()
    return made


def _queue(session: Session, series: Series, slots: Sequence[Slot], passed_over: int, now: datetime) -> list[Job]:
    if slots and series.catch_up is CatchUp.LATEST:
        passed_over += _drop_waiting(session, series)
    keys = [series.key(slot) for slot in slots]
    there = set(session.scalars(select(Job.key).where(Job.key.in_(keys))))
    jobs = [
        _job(series, slot, key, now, passed_over if slot is slots[0] else 0)
        for slot, key in zip(slots, keys, strict=True)
        if key not in there
    ]
    session.add_all(jobs)
    return jobs


def _drop_waiting(session: Session, series: Series) -> int:
    """Drop what waits of a series and was overtaken by a later slot; one that failed before is told as failed."""
    waiting = (Job.chore == series.chore, Job.zone == series.zone, Job.state == JobState.QUEUED)
    failed = update(Job).where(*waiting, Job.attempts > 0)
    session.execute(failed.values(state=JobState.FAILED))
    dropped = session.execute(delete(Job).where(*waiting, ~Job.asked).returning(Job.missed)).scalars()
    return sum(missed + 1 for missed in dropped)


def _job(series: Series, slot: Slot, key: str, now: datetime, missed: int = 0) -> Job:
    return Job(
        id=new_id(),
        key=key,
        chore=series.chore,
        zone=series.zone,
        day=slot.day,
        due_at=slot.due_at,
        run_at=slot.due_at,
        lane=series.own_lane,
        rank=series.rank,
        tries=series.tries,
        missed=missed,
        made_at=now,
    )


def ask_for(session: Session, series: Series, *, by: Actor | None, now: datetime) -> Job:
    """Have a chore done now, even one that rests; a job of it that waits already is brought forward instead."""
    actor_id = by.user_id if by else None
    waiting = select(Job).where(Job.chore == series.chore, Job.zone == series.zone, Job.state == JobState.QUEUED)
    job = session.scalars(waiting.order_by(Job.due_at.desc()).limit(1).with_for_update()).first()
    if job is None:
        job = _job(series, Slot(now, series.last(now).day), f"{series.chore}:{series.zone}:asked:{new_id()}", now)
        session.add(job)
    job.run_at, job.asked, job.asked_by, job.sent_at = now, True, actor_id, None
    session.flush()
    record(session, "job.ask", ("job", job.id), actor_id=actor_id, now=now, chore=job.chore, zone=job.zone)
    return job


def claim(
    session: Session,
    worker: str,
    now: datetime,
    *,
    chores: Collection[str],
    job_id: uuid.UUID | None = None,
    lease: timedelta = LEASE,
) -> Job | None:
    """Take the job that is to be done next, or that one, of chores that the worker knows; None where there is none.

    Also one whose worker died; if that came of it too often, it has failed. Two workers never take the same job (on
    PostgreSQL they pass each other's over, on SQLite one writes at a time), nor two jobs of one lane.
    """
    busy: set[str] = set()
    while True:
        job = _next(session, now, chores, busy, job_id)
        if job is None:
            return None
        if job.state is JobState.RUNNING and job.attempts >= job.tries:
            _give_up(job, DIED, now)
            session.flush()
            continue
        try:
            with session.begin_nested():
                _take(job, worker, now, lease)
        except IntegrityError:  # another worker has taken a job of that lane in this moment
            busy.add(job.lane)
            continue
        return job


def _next(
    session: Session, now: datetime, chores: Collection[str], busy: Collection[str], job_id: uuid.UUID | None
) -> Job | None:
    ready = select(Job).where(is_ready(now), Job.chore.in_(chores))
    if busy:
        ready = ready.where(Job.lane.not_in(busy))
    if job_id is not None:
        ready = ready.where(Job.id == job_id)
    one = ready.order_by(Job.due_at, Job.rank, Job.id).limit(1).with_for_update(skip_locked=True, of=Job)
    return session.scalars(one.execution_options(populate_existing=True)).first()


def _take(job: Job, worker: str, now: datetime, lease: timedelta) -> None:
    job.state, job.lease, job.lease_until, job.worker = JobState.RUNNING, uuid.uuid4(), now + lease, worker[:120]
    job.attempts += 1
    job.started_at, job.finished_at, job.error, job.sent_at = now, None, None, None
    job.units_done = job.units = job.told = None


def note_sent(session: Session, chores: Collection[str], now: datetime) -> list[uuid.UUID]:
    """Return the jobs of which a broker is to be told now, noted as told: of each lane the one that comes next.

    One that nobody took is told of again after `TOLD_AGAIN`: a broker may lose what it was told, the books do not.
    """
    ready = select(Job).where(is_ready(now), Job.chore.in_(chores)).order_by(Job.due_at, Job.rank, Job.id)
    first: dict[str, Job] = {}
    for job in session.scalars(ready.with_for_update(skip_locked=True, of=Job)):
        first.setdefault(job.lane, job)
    unsent = [job for job in first.values() if job.sent_at is None or job.sent_at < now - TOLD_AGAIN]
    for job in unsent:
        job.sent_at = now
    session.flush()
    return [job.id for job in unsent]


def renew(session: Session, held: Held, now: datetime, lease: timedelta = LEASE) -> bool:
    """Give a sign of life; tell whether the job is still the worker's."""
    mine = update(Job).where(_held(held)).values(lease_until=now + lease)
    return bool(session.execute(mine.returning(Job.id)).first())


def check_hold(session: Session, held: Held) -> None:
    """Keep a job from being taken by others until the transaction ends. Raises `JobLost`.

    The lock lets signs of life pass, which change no key, and turns away whoever claims.
    """
    row = select(Job.id).where(_held(held)).with_for_update(read=True, key_share=True)
    if session.execute(row).first() is None:
        raise JobLost("The job was taken by another worker.", mend="Nothing needs to be done.", id=str(held.job_id))


def tell_progress(session: Session, held: Held, progress: Progress) -> None:
    """Note how far a job is."""
    told = {"units_done": progress.done, "units": progress.total, "told": progress.text[:200] or None}
    session.execute(update(Job).where(_held(held)).values(told))


def keep_notes(session: Session, held: Held, notes: Mapping[str, Any]) -> None:
    """Write down what a chore goes on from if its worker is killed."""
    session.execute(update(Job).where(_held(held)).values(notes=dict(notes)))


def finish(session: Session, held: Held, result: Mapping[str, Any], now: datetime) -> None:
    """Note that a job is done, and what came of it. Raises `JobLost`."""
    done = {"state": JobState.DONE, "finished_at": now, "result": dict(result), "lease": None, "lease_until": None}
    mine = update(Job).where(_held(held)).values(done)
    if session.execute(mine.returning(Job.id)).first() is None:
        raise JobLost("The job was taken by another worker.", mend="Nothing needs to be done.", id=str(held.job_id))


def fail(session: Session, held: Held, error: str, now: datetime) -> JobState | None:
    """Note that an attempt failed: it is tried again later, or was the last; None where somebody else has the job."""
    job = session.scalars(select(Job).where(_held(held)).with_for_update()).one_or_none()
    if job is None:
        return None
    if job.attempts >= job.tries:
        _give_up(job, error, now)
    else:
        job.state, job.run_at = JobState.QUEUED, now + wait_after(job.attempts)
        _let_go(job, error, now)
    session.flush()
    return job.state


def _give_up(job: Job, error: str, now: datetime) -> None:
    job.state = JobState.FAILED
    _let_go(job, error, now)


def _let_go(job: Job, error: str, now: datetime) -> None:
    job.lease = job.lease_until = job.sent_at = None
    job.finished_at, job.error = now, error[:4000]


def retry(session: Session, job_id: uuid.UUID, *, by: Actor | None, now: datetime) -> Job:
    """Try a job again at once that failed, or that waits after a failure. Raises `JobNotFound`, `JobNotOver`."""
    job = require_job(session, job_id, lock=True)
    if job.state not in {JobState.FAILED, JobState.QUEUED}:
        raise JobNotOver(f"The job is {job.state}.", mend="Have the chore run anew instead.", state=str(job.state))
    if job.state is JobState.FAILED:
        job.attempts = 0
    job.state, job.run_at, job.sent_at = JobState.QUEUED, now, None
    session.flush()
    actor_id = by.user_id if by else None
    record(session, "job.retry", ("job", job.id), actor_id=actor_id, now=now, chore=job.chore)
    return job


def pause(session: Session, chore: str, *, by: Actor | None, now: datetime) -> None:
    """Let a chore rest: no job of it begins until it is resumed. One that runs is not broken off."""
    actor_id = by.user_id if by else None
    if session.get(JobPause, chore) is None:
        session.add(JobPause(chore=chore, paused_at=now, paused_by=actor_id))
        session.flush()
        record(session, "job.pause", ("chore", _CHORE), actor_id=actor_id, now=now, chore=chore)


def resume(session: Session, chore: str, *, by: Actor | None, now: datetime) -> None:
    """Let a chore go on; what it missed is caught up."""
    resting = session.get(JobPause, chore)
    if resting is not None:
        session.delete(resting)
        session.flush()
        actor_id = by.user_id if by else None
        record(session, "job.resume", ("chore", _CHORE), actor_id=actor_id, now=now, chore=chore)


_CHORE = uuid.UUID(int=0)
"""Chores have codes and no ids; the code is among the facts."""


def forget_old(session: Session, often: Collection[str], now: datetime) -> int:
    """Delete what was over long ago, earlier for chores that come often; never one that is open. Return how many."""
    over = Job.state.in_((JobState.DONE, JobState.FAILED))
    old = or_(Job.finished_at < now - KEPT, and_(Job.chore.in_(often), Job.finished_at < now - KEPT_OFTEN))
    return len(session.execute(delete(Job).where(over, old).returning(Job.id)).all())


def _held(held: Held) -> ColumnElement[bool]:
    return and_(Job.id == held.job_id, Job.lease == held.token, Job.state == JobState.RUNNING)
