"""How each chore fares, for the terminal, the API and the console."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.chores.chore import Chore
from fieldsales.chores.registry import CHORES, by_code
from fieldsales.chores.timetable import timetable
from fieldsales.jobs.models import Job
from fieldsales.jobs.queries import Looked, looks, paused
from fieldsales.jobs.rules import CatchUp, ChoreUnknown, Schedule, Series
from fieldsales.jobs.service import ask_for
from fieldsales.people.rules import Actor


@dataclass(frozen=True, slots=True)
class Standing:
    """A chore, when it comes next, and how it fares. `zones` are those that have their own, () for the whole house."""

    code: str
    title: str
    schedule: Schedule
    catch_up: CatchUp
    zones: tuple[str, ...]
    next_at: datetime | None
    paused_at: datetime | None
    last: Job | None
    last_done: Job | None
    running: int
    queued: int
    failed: int


def standings(session: Session, now: datetime, chores: Sequence[Chore] = CHORES) -> list[Standing]:
    """Return all chores and how they fare, in the order of the registry."""
    seen, resting = looks(session), paused(session)
    plan: dict[str, list[Series]] = {each.code: [] for each in chores}
    for each in timetable(session, chores, now):
        plan[each.chore].append(each)
    found = []
    for chore in chores:
        series, look = plan[chore.code], seen.get(chore.code, Looked())
        coming = [slot.due_at for each in series if (slot := each.next(now))]
        found.append(
            Standing(
                chore.code,
                chore.title,
                series[0].schedule,
                chore.catch_up,
                tuple(each.zone for each in series if each.zone),
                None if chore.code in resting else min(coming, default=None),
                resting.get(chore.code),
                look.last,
                look.last_done,
                look.running,
                look.queued,
                look.failed,
            )
        )
    return found


def series_of(session: Session, code: str, now: datetime, chores: Sequence[Chore] = CHORES) -> list[Series]:
    """Return the series of one chore. Raises `ChoreUnknown`."""
    require_chore(code, chores)
    return [each for each in timetable(session, chores, now) if each.chore == code]


def require_chore(code: str, chores: Sequence[Chore] = CHORES) -> Chore:
    """Return a chore; raise `ChoreUnknown` naming those there are."""
    known = by_code(chores)
    if code not in known:
        raise ChoreUnknown(f"There is no chore “{code}”.", mend=f"There are: {', '.join(known)}.", chore=code)
    return known[code]


def ask_for_chore(
    session: Session, code: str, *, by: Actor | None, now: datetime, chores: Sequence[Chore] = CHORES
) -> Sequence[Job]:
    """Have a chore done now, in each time zone that has its own. Raises `ChoreUnknown`."""
    return [ask_for(session, each, by=by, now=now) for each in series_of(session, code, now, chores)]
