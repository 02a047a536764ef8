"""Work that is due, is done, or was."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_RUNNING = text("state = 'running'")


class JobState(StrEnum):
    """A job is queued until its time has come, runs, and is done or has failed too often."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Job(Base):
    """One run of a chore, for one slot of its schedule or because somebody asked.

    `key` names chore, zone and slot, so that a slot is planned once. `due_at` is when it was due, `run_at` from when on
    it may run (later after a failure). `lease` is the token of the worker that has it, until `lease_until` unless that
    worker gives a sign of life. Of the jobs in a `lane` one runs at a time, in the order of `due_at` and `rank`.
    `missed` counts the earlier slots that it stands for, `asked` is true of what a person wants now, `sent_at` is when
    a broker was last told of it, `notes` is what a chore wrote down to go on from.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(None, "state", "run_at"),
        Index(None, "chore", "due_at"),
        Index("uq_job_running_lane", "lane", unique=True, sqlite_where=_RUNNING, postgresql_where=_RUNNING),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(200), unique=True)
    chore: Mapped[str] = mapped_column(String(60))
    zone: Mapped[str] = mapped_column(String(64), default="")
    day: Mapped[date]
    due_at: Mapped[datetime]
    run_at: Mapped[datetime]
    lane: Mapped[str] = mapped_column(String(130))
    rank: Mapped[int] = mapped_column(default=0)
    state: Mapped[JobState] = mapped_column(one_of(JobState, "state"), default=JobState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int]
    missed: Mapped[int] = mapped_column(default=0)
    lease: Mapped[uuid.UUID | None]
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(120))
    asked: Mapped[bool] = mapped_column(default=False)
    sent_at: Mapped[datetime | None]
    asked_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    units_done: Mapped[int | None]
    units: Mapped[int | None]
    told: Mapped[str | None] = mapped_column(String(200))
    notes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any] | None]
    error: Mapped[str | None] = mapped_column(Text)


class JobSeries(Base):
    """How far the slots of a chore are planned, for each time zone that has its own ("": for all)."""

    __tablename__ = "job_series"

    chore: Mapped[str] = mapped_column(String(60), primary_key=True)
    zone: Mapped[str] = mapped_column(String(64), primary_key=True)
    planned_to: Mapped[datetime]


class JobPause(Base):
    """A chore that rests: nothing of it is begun. What it misses meanwhile is caught up as its kind is."""

    __tablename__ = "job_pause"

    chore: Mapped[str] = mapped_column(String(60), primary_key=True)
    paused_at: Mapped[datetime]
    paused_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
