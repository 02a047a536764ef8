"""What is due, what runs, and how each chore fares."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.jobs.models import Job, JobPause, JobSeries, JobState
from fieldsales.jobs.rules import LATE, JobNotFound, JobsBehind, Series


@dataclass(frozen=True, slots=True)
class Looked:
    """How a chore fares: its last job that was begun, the last that was done, and what failed since."""

    last: Job | None = None
    last_done: Job | None = None
    running: int = 0
    queued: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class JobsWanted:
    """Which jobs: of a chore, in a state; None for any."""

    chore: str | None = None
    state: JobState | None = None


@dataclass(frozen=True, slots=True)
class JobGauges:
    """What monitoring reads of a chore. `overdue_s` is how long the oldest that could run has waited."""

    chore: str
    failed: int
    overdue_s: float
    last_done_at: datetime | None
    last_duration_s: float | None


def is_ready(now: datetime) -> ColumnElement[bool]:
    """Tell of a job whether it may be taken: its time has come and its lane is free, or its worker died."""
    other = aliased(Job)
    lane_is_taken = select(other.id).where(other.lane == Job.lane, other.state == JobState.RUNNING).exists()
    resting = select(JobPause.chore).where(JobPause.chore == Job.chore).exists()
    waits = and_(Job.state == JobState.QUEUED, Job.run_at <= now, ~lane_is_taken, or_(Job.asked, ~resting))
    return or_(waits, and_(Job.state == JobState.RUNNING, Job.lease_until < now))


def is_any_ready(session: Session, now: datetime, chores: Collection[str]) -> bool:
    """Tell whether a job of these chores may be taken."""
    return session.scalar(select(Job.id).where(is_ready(now), Job.chore.in_(chores)).limit(1)) is not None


def require_job(session: Session, job_id: uuid.UUID, *, lock: bool = False) -> Job:
    """Return a job, locked if it is to be changed; raise `JobNotFound`."""
    wanted = select(Job).where(Job.id == job_id)
    found = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if found is None:
        raise JobNotFound(f"There is no job {job_id}.", id=str(job_id))
    return found


def job_page(session: Session, wanted: JobsWanted, page: PageWanted) -> Page[Job]:
    """Return a page of jobs, what was due last first."""
    statement = select(Job)
    if wanted.chore is not None:
        statement = statement.where(Job.chore == wanted.chore)
    if wanted.state is not None:
        statement = statement.where(Job.state == wanted.state)
    return fetch_page(session, statement, (Job.due_at, Job.id), page, largest_first=True)


def paused(session: Session) -> dict[str, datetime]:
    """Return the chores that rest, each with since when."""
    return {each.chore: each.paused_at for each in session.scalars(select(JobPause))}


def planned_to(session: Session) -> dict[tuple[str, str], datetime]:
    """Return how far each series is planned, by chore and zone."""
    return {(each.chore, each.zone): each.planned_to for each in session.scalars(select(JobSeries))}


def series_due(session: Session, series: Sequence[Series], now: datetime) -> tuple[list[Series], list[Series]]:
    """Return the series that were never seen, and those that have something to plan. Writes nothing."""
    known, resting = planned_to(session), paused(session)
    unseen = [each for each in series if (each.chore, each.zone) not in known]
    due = [
        each
        for each in series
        if each not in unseen and each.chore not in resting and each.due(known[each.chore, each.zone], now)[0]
    ]
    return unseen, due


def looks(session: Session) -> dict[str, Looked]:
    """Return how each chore fares of which there ever was a job."""
    counts: dict[str, dict[JobState, int]] = defaultdict(dict)
    grouped = select(Job.chore, Job.state, func.count()).group_by(Job.chore, Job.state)
    for chore, state, many in session.execute(grouped):
        counts[chore][state] = many
    last = _latest(session, Job.started_at.is_not(None))
    done = _latest(session, Job.state == JobState.DONE)
    open_failures = failures(session)
    return {
        chore: Looked(
            last.get(chore),
            done.get(chore),
            each.get(JobState.RUNNING, 0),
            each.get(JobState.QUEUED, 0),
            open_failures.get(chore, 0),
        )
        for chore, each in counts.items()
    }


def failures(session: Session) -> Mapping[str, int]:
    """Return how many jobs of each chore failed for good after the last one that was done."""
    since = (
        select(Job.chore, Job.zone, func.max(Job.due_at).label("due_at"))
        .where(Job.state == JobState.DONE)
        .group_by(Job.chore, Job.zone)
        .subquery()
    )
    counted = (
        select(Job.chore, func.count())
        .outerjoin(since, (since.c.chore == Job.chore) & (since.c.zone == Job.zone))
        .where(Job.state == JobState.FAILED, (since.c.due_at.is_(None)) | (Job.due_at > since.c.due_at))
        .group_by(Job.chore)
    )
    return {chore: int(many) for chore, many in session.execute(counted)}


def _latest(session: Session, which: ColumnElement[bool]) -> dict[str, Job]:
    newest = select(Job.chore, func.max(Job.started_at).label("at")).where(which).group_by(Job.chore).subquery()
    rows = select(Job).join(newest, (newest.c.chore == Job.chore) & (newest.c.at == Job.started_at)).where(which)
    return {job.chore: job for job in session.scalars(rows.order_by(Job.id))}


def gauges(session: Session, now: datetime) -> list[JobGauges]:
    """Return what monitoring reads of each chore."""
    open_failures = failures(session)
    oldest = select(Job.chore, func.min(Job.run_at)).where(Job.state == JobState.QUEUED, Job.run_at <= now)
    waiting: dict[str, datetime] = {row[0]: row[1] for row in session.execute(oldest.group_by(Job.chore))}
    found = []
    for chore, look in sorted(looks(session).items()):
        done = look.last_done
        overdue = (now - waiting[chore]).total_seconds() if chore in waiting else 0.0
        found.append(
            JobGauges(
                chore,
                open_failures.get(chore, 0),
                overdue,
                done.finished_at if done else None,
                duration_s(done, now) if done else None,
            )
        )
    return found


def check_is_done(session: Session, now: datetime) -> None:
    """Raise `JobsBehind` where work has failed for good or waits for too long."""
    behind = [each.chore for each in gauges(session, now) if each.failed or each.overdue_s > LATE.total_seconds()]
    if behind:
        raise JobsBehind(f"Not done: {', '.join(behind)}.", mend="Look at: fieldsales jobs list", chores=behind)


def duration_s(job: Job, now: datetime) -> float | None:
    """Return the seconds that the last attempt took, or takes so far; None before the first."""
    if job.started_at is None:
        return None
    end = job.finished_at if job.state is not JobState.RUNNING else now
    return None if end is None else (end - job.started_at).total_seconds()
