"""How targets stand: what was reached, the working days, and where it will end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.calendars.queries import free_days
from fieldsales.customers.models import Assignment
from fieldsales.forecasts.rules import PERIODS, Forecast, WorkDays, forecast, pace_bp, share_by
from fieldsales.people.models import Role, User
from fieldsales.people.queries import territories_below
from fieldsales.people.rules import USUAL_WEEKDAYS, WEEKDAYS
from fieldsales.readings.queries import Wanted, daily, reading_of
from fieldsales.readings.rules import is_sum, measured
from fieldsales.spans.rules import Compared, compared_with
from fieldsales.targets.models import Target
from fieldsales.targets.queries import only_of, subject_of
from fieldsales.targets.rules import Subject

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Progress:
    """How a target stands on the evening of a day.

    `reached_bp` is the share of the target that was reached and `pace_bp` what was reached beside what is usual or due
    by now, in basis points. `forecast` has no end for a ratio: that is what it is.
    """

    target: Target
    reached: int | None
    days: WorkDays
    forecast: Forecast

    @property
    def reached_bp(self) -> int | None:
        """The share that was reached."""
        if self.reached is None or not self.target.value:
            return None
        return round(self.reached * 10_000 / self.target.value)

    @property
    def end_bp(self) -> int | None:
        """The share that will have been reached at the end."""
        end = self.forecast.end
        return None if end is None or not self.target.value else round(end * 10_000 / self.target.value)

    @property
    def pace_bp(self) -> int | None:
        """What was reached beside what is due by now, by the working days."""
        return None if self.reached is None else pace_bp(self.reached, self.target.value, self.days.share)


def progress_of(session: Session, targets: Sequence[Target], today: date, now: datetime) -> list[Progress]:
    """Return how targets stand; the day itself counts as over, as its work is being counted."""
    return [_progress(session, each, today, now) for each in targets]


def _progress(session: Session, target: Target, today: date, now: datetime) -> Progress:
    subject = subject_of(target)
    crew = _crew(session, subject)
    days = workdays(session, crew, target.first_day, target.last_day)
    counted = WorkDays(sum(day <= today for day in days), sum(day > today for day in days))
    if target.first_day > today:
        return Progress(target, None, counted, Forecast(None, "not_begun"))
    over = today >= target.last_day
    wanted = Wanted(target.measure, (target.first_day, min(today, target.last_day)), target.currency, now)
    reached = reading_of(session, wanted, only_of(subject))
    if not is_sum(measured(target.measure)):
        return Progress(target, reached, counted, Forecast(reached, "over" if over else "ratio"))
    if over:
        return Progress(target, reached, counted, Forecast(reached, "over"))
    return Progress(target, reached, counted, forecast(reached or 0, counted, _shares(session, target, counted, now)))


def _shares(session: Session, target: Target, counted: WorkDays, now: datetime) -> list[float]:
    """Return which share of each of the last periods had come by now; of one question for all of them."""
    subject = subject_of(target)
    periods = [(target.first_day, target.last_day)]
    for _ in range(PERIODS):
        periods.append(compared_with(*periods[-1], Compared.PREVIOUS))
    first, last = periods[-1][0], target.first_day - _DAY
    series = daily(session, Wanted(target.measure, (first, last), target.currency, now), only_of(subject))
    worked = workdays(session, _crew(session, subject), first, last)
    found = []
    for begins, ends in periods[1:]:
        mine = {day: value for day, value in series.items() if begins <= day <= ends}
        share = share_by(mine, [day for day in worked if begins <= day <= ends], counted.share)
        found += [] if share is None else [share]
    return found


def workdays(session: Session, crew: Sequence[User], first: date, last: date) -> list[date]:
    """Return the working days of some reps, each as often as somebody works on it; of nobody, Monday to Friday."""
    every = [first + _DAY * ahead for ahead in range((last - first).days + 1)]
    if not crew:
        return [day for day in every if day.weekday() < 5]
    free = free_days(session, crew, first, last)
    found = []
    for rep in crew:
        pattern = rep.work_pattern.weekdays if rep.work_pattern else USUAL_WEEKDAYS
        week = {WEEKDAYS.index(name) for name in pattern.split(",")}
        found += [day for day in every if day.weekday() in week and day not in free[rep.id]]
    return sorted(found)


def _crew(session: Session, subject: Subject) -> list[User]:
    """Return the active reps who work for a target: the rep, those of the territory, or those of the customer."""
    reps = select(User).where(User.role == Role.REP, User.active).order_by(User.id)
    if subject.rep_id is not None:
        return list(session.scalars(reps.where(User.id == subject.rep_id)))
    if subject.territory_id is not None:
        return list(session.scalars(reps.where(User.territory_id.in_(territories_below(subject.territory_id)))))
    serving = select(Assignment.rep_id).where(
        Assignment.customer_id == subject.customer_id, Assignment.ended_at.is_(None)
    )
    return list(session.scalars(reps.where(User.id.in_(serving))))
