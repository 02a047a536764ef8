"""When work is due, what is caught up, when it is tried again. No database, no clock."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Any, Protocol

from fieldsales.clock import at_second, local_day, second_of_day
from fieldsales.errors import Conflict, Forbidden, NotFound, Unavailable
from fieldsales.policies.rules import Body, Kind

LEASE = timedelta(seconds=60)
"""A worker of which nothing was heard for so long has died: another takes its job."""
TOLD_AGAIN = timedelta(seconds=60)
"""After so long a broker is told again of a job that nobody took."""
LATE = timedelta(hours=1)
"""Work that could be done for so long and was not is late."""
FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
TRIES = 8
"""Some two hours, within which most things that were away come back. Then a person is told."""
MOST_MISSED = 62
"""Two months of nights at most are caught up one by one."""
KEPT = timedelta(days=120)
"""For so long it can be read what became of a job."""
KEPT_OFTEN = timedelta(days=2)
"""The same for work that is done every few minutes."""


class JobNotFound(NotFound):
    """There is no such job. What is over is kept for some months, what is done every few minutes for two days."""

    code = "job.not_found"
    title = "There is no such job"


class ChoreUnknown(NotFound):
    """No chore has that code. `fieldsales jobs list` and `GET /api/v1/jobs/chores` list those there are."""

    code = "job.chore_unknown"
    title = "There is no such chore"


class JobsAreForAll(Forbidden):
    """What the house does by itself concerns every territory. Ask a manager who sees all of them."""

    code = "job.for_all"
    title = "Jobs concern every territory"


class JobsBehind(Unavailable):
    """Work has failed for good, or nobody does it though it is due. `fieldsales jobs list` tells more."""

    code = "job.behind"
    title = "Work that is due is not done"


class JobNotOver(Conflict):
    """The job waits or runs: only one that failed can be tried again."""

    code = "job.not_over"
    title = "The job is not over"


class JobLost(Conflict):
    """Somebody else has the job by now, as no sign of life came for too long. What was not committed is undone."""

    code = "job.lost"
    title = "Somebody else has the job"


class CatchUp(StrEnum):
    """What becomes of times that were missed: each is done for its own day, or the latest alone."""

    EACH = "each"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Slot:
    """A time at which work is due, and the day in the territory that it belongs to."""

    due_at: datetime
    day: date


@dataclass(frozen=True, slots=True)
class Held:
    """A job in the hands of a worker, by the token of its lease."""

    job_id: uuid.UUID
    token: uuid.UUID


@dataclass(frozen=True, slots=True)
class Progress:
    """How many units of a job are done, of how many if that is known, and a few words."""

    done: int
    total: int | None = None
    text: str = ""


class Schedule(Protocol):
    """When something is due.

    `per_zone`: once for each time zone that there are territories in, instead of once for the whole house.
    """

    @property
    def per_zone(self) -> bool:
        """Whether each time zone has its own."""

    @property
    def is_often(self) -> bool:
        """Whether it comes several times a day."""

    def slots(self, after: datetime, until: datetime, zones: Sequence[str]) -> Iterator[Slot]:
        """Yield the times after one moment and up to another, in order. What holds for several zones waits for all."""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values, `kind` and what belongs to that."""

    def __str__(self) -> str:
        """Say it for people."""


@dataclass(frozen=True, slots=True)
class Every:
    """Every so many minutes or seconds, by the whole house's clock."""

    interval: timedelta
    per_zone: bool = False
    is_often: bool = True

    def slots(self, after: datetime, until: datetime, zones: Sequence[str]) -> Iterator[Slot]:
        """Yield whole multiples of the interval since 1970."""
        step = self.interval.total_seconds()
        number = int(after.timestamp() // step) + 1
        while (due := datetime.fromtimestamp(number * step, UTC)) <= until:
            yield Slot(due, due.date())
            number += 1

    def as_json(self) -> dict[str, Any]:
        """Return `seconds`."""
        return {"kind": "every", "seconds": self.interval.total_seconds()}

    def __str__(self) -> str:
        seconds = round(self.interval.total_seconds())
        return f"every {seconds // 60} min" if seconds % 60 == 0 else f"every {seconds} s"


@dataclass(frozen=True, slots=True)
class Daily:
    """At a wall-clock time of each day, or of some weekdays (0 is Monday)."""

    at: time
    weekdays: frozenset[int] = frozenset(range(7))
    per_zone: bool = False
    is_often: bool = False

    def slots(self, after: datetime, until: datetime, zones: Sequence[str]) -> Iterator[Slot]:
        """Yield each day once it is that time in all of the zones."""
        for day in _days(after, until):
            due = due_on(day, self.at, zones)
            if day.weekday() in self.weekdays and after < due <= until:
                yield Slot(due, day)

    def as_json(self) -> dict[str, Any]:
        """Return `at` and, unless it is every day, `weekdays` (0 is Monday)."""
        days = {} if len(self.weekdays) == 7 else {"weekdays": sorted(self.weekdays)}
        return {"kind": "daily", "at": f"{self.at:%H:%M}", **days}

    def __str__(self) -> str:
        names = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
        days = "daily" if len(self.weekdays) == 7 else ", ".join(names[each] for each in sorted(self.weekdays))
        return f"{days} at {self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Monthly:
    """At a wall-clock time of one day of each month, 1 to 28."""

    day_of_month: int
    at: time
    per_zone: bool = False
    is_often: bool = False

    def slots(self, after: datetime, until: datetime, zones: Sequence[str]) -> Iterator[Slot]:
        """Yield that day of each month once it is that time in all of the zones."""
        for day in _days(after, until):
            if day.day == self.day_of_month and after < (due := due_on(day, self.at, zones)) <= until:
                yield Slot(due, day)

    def as_json(self) -> dict[str, Any]:
        """Return `at` and `day_of_month`."""
        return {"kind": "monthly", "at": f"{self.at:%H:%M}", "day_of_month": self.day_of_month}

    def __str__(self) -> str:
        return f"monthly on day {self.day_of_month} at {self.at:%H:%M}"


def due_on(day: date, at: time, zones: Sequence[str]) -> datetime:
    """Return the moment from which it is that wall-clock time of a day, or later, in all of the zones."""
    return max(at_second(day, second_of_day(at), zone) for zone in zones or ("UTC",))


def _days(after: datetime, until: datetime) -> Iterator[date]:
    """Yield each day that it is anywhere on earth between two moments."""
    day, last = local_day(after, "Etc/GMT+12"), local_day(until, "Etc/GMT-14")
    while day <= last:
        yield day
        day += timedelta(days=1)


def wait_after(attempts: int) -> timedelta:
    """Return how long to wait after so many attempts: half a minute, doubling up to an hour."""
    return min(FIRST_WAIT * (1 << max(0, min(attempts - 1, 16))), LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class Series:
    """A chore in one time zone ("": for all of `zones`), as far as planning its slots needs to know it."""

    chore: str
    zone: str
    zones: tuple[str, ...]
    schedule: Schedule
    catch_up: CatchUp = CatchUp.LATEST
    lane: str = ""
    rank: int = 0
    tries: int = TRIES

    @property
    def own_lane(self) -> str:
        """The lane: of its own unless the chore names one."""
        return self.lane or f"{self.chore}:{self.zone}"

    def key(self, slot: Slot) -> str:
        """Return the name under which a slot is planned once."""
        return f"{self.chore}:{self.zone}:{slot.due_at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"

    def due(self, after: datetime, until: datetime) -> tuple[list[Slot], int]:
        """Return the slots to be done of those after one moment and up to another, and how many are passed over.

        Work that comes often looks back a few of its steps, and not over all the time that the house was away.
        """
        if isinstance(self.schedule, Every):
            after = max(after, until - 2 * self.schedule.interval)
        slots = list(self.schedule.slots(after, until, self.zones))
        keep = MOST_MISSED if self.catch_up is CatchUp.EACH else 1
        return slots[-keep:], max(0, len(slots) - keep)

    def next(self, after: datetime) -> Slot | None:
        """Return the next slot after a moment, within forty days."""
        span = self.schedule.interval * 2 if isinstance(self.schedule, Every) else timedelta(days=40)
        return next(iter(self.schedule.slots(after, after + span, self.zones)), None)

    def last(self, until: datetime) -> Slot:
        """Return the latest slot up to a moment; where there is none, today."""
        span = self.schedule.interval * 2 if isinstance(self.schedule, Every) else timedelta(days=40)
        found = list(self.schedule.slots(until - span, until, self.zones))
        return found[-1] if found else Slot(until, min(local_day(until, zone) for zone in self.zones or ("UTC",)))


def _read_times(body: Body) -> Mapping[str, time]:
    return {code: time.fromisoformat(at) for code, at in body["times"].items()}


_AT: Mapping[str, Any] = {
    "type": "string",
    "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$",
    "description": "a time of day in the territory, such as 02:30",
}
JOBS: Kind[Mapping[str, time]] = Kind(
    name="jobs",
    about="At what time of day the house does what it does by itself, by the code of the chore.",
    schema={
        "type": "object",
        "required": ["times"],
        "additionalProperties": False,
        "properties": {"times": {"type": "object", "maxProperties": 100, "additionalProperties": _AT}},
    },
    default={"times": {}},
    parse=_read_times,
)
"""Only of what is done at a time of day; codes that no chore has are passed over."""
