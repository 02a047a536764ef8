"""When each chore is due in this house: its own schedule, the policy `jobs`, and the time zones of the territories."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.chores.chore import Chore
from fieldsales.jobs.rules import JOBS, Daily, Monthly, Schedule, Series
from fieldsales.people.models import Territory
from fieldsales.people.queries import days_at
from fieldsales.policies.queries import in_force


def timetable(session: Session, chores: Iterable[Chore], now: datetime) -> list[Series]:
    """Return the series of all chores, for each time zone where they have their own, in the order of the chores."""
    zones = tuple(sorted(session.scalars(select(Territory.time_zone).distinct()))) or ("UTC",)
    times = in_force(session, JOBS, days_at(session, now)[0]).value
    return [
        Series(
            chore.code,
            zone,
            (zone,) if zone else zones,
            _timed(chore.schedule, times, chore.code),
            chore.catch_up,
            chore.lane,
            rank,
            chore.tries,
        )
        for rank, chore in enumerate(chores)
        for zone in (zones if chore.schedule.per_zone else ("",))
    ]


def _timed(schedule: Schedule, times: Mapping[str, time], code: str) -> Schedule:
    if code in times and isinstance(schedule, Daily | Monthly):
        return replace(schedule, at=times[code])
    return schedule
