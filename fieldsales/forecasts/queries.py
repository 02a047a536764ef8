"""How targets stand: what was reached, the working days, and where it will end."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence
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
from fieldsales.readings.queries import Wanted
from fieldsales.readings.rules import is_sum, measured
from fieldsales.spans.rules import Compared, compared_with
from fieldsales.targets.models import Target
from fieldsales.targets.queries import daily_of, dimension_of, readings_of, shared_of, subject_of
from fieldsales.targets.rules import Subject

_DAY = timedelta(days=1)
TOGETHER = 400
"""So many targets are asked about in one question."""


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
    """Return how targets stand; the day itself counts as over, as its work is being counted.

    Targets of the same measure, days and kind of subject, as the parts of a division are, are one question together.
    """
    found: dict[uuid.UUID, Progress] = {}
    for alike in _alike(targets):
        found |= {each.target.id: each for each in _progress(session, alike, today, now)}
    return [found[each.id] for each in targets]


def _alike(targets: Sequence[Target]) -> list[list[Target]]:
    """Targets that one question answers: of reps, of customers, or of the goods of one subject. Others stand alone."""
    groups: dict[Hashable, list[Target]] = {}
    for each in targets:
        subject = subject_of(each)
        by = dimension_of(subject)
        key = (each.measure, each.currency, each.first_day, each.last_day, by, shared_of(subject)) if by else each.id
        groups.setdefault(key, []).append(each)
    return [every[begin : begin + TOGETHER] for every in groups.values() for begin in range(0, len(every), TOGETHER)]


def _progress(session: Session, targets: Sequence[Target], today: date, now: datetime) -> list[Progress]:
    """How targets stand that are alike in all but whom they are about."""
    first, last, subjects = targets[0].first_day, targets[0].last_day, [subject_of(each) for each in targets]
    crews = _crews(session, subjects)
    counted = {
        subject: WorkDays(sum(day <= today for day in days), sum(day > today for day in days))
        for subject, days in _worked(session, crews, first, last).items()
    }
    if first > today:
        return [Progress(each, None, counted[subject_of(each)], Forecast(None, "not_begun")) for each in targets]
    over, measure = today >= last, measured(targets[0].measure)
    wanted = Wanted(targets[0].measure, (first, min(today, last)), targets[0].currency, now)
    reached = readings_of(session, wanted, subjects)
    if over or not is_sum(measure):
        how = "over" if over else "ratio"
        return [_stands(each, reached, counted, how) for each in targets]
    shares = _shares(session, targets, crews, counted, now)
    return [
        Progress(
            each,
            reached[subject],
            counted[subject],
            forecast(reached[subject] or 0, counted[subject], shares[subject]),
        )
        for each, subject in zip(targets, subjects, strict=True)
    ]


def _stands(
    target: Target, reached: Mapping[Subject, int | None], counted: Mapping[Subject, WorkDays], how: str
) -> Progress:
    subject = subject_of(target)
    return Progress(target, reached[subject], counted[subject], Forecast(reached[subject], how))


def _shares(
    session: Session,
    targets: Sequence[Target],
    crews: Mapping[Subject, Sequence[User]],
    counted: Mapping[Subject, WorkDays],
    now: datetime,
) -> dict[Subject, list[float]]:
    """Return which share of each of the last periods had come by now; of one question for all of them."""
    one = targets[0]
    periods = [(one.first_day, one.last_day)]
    for _ in range(PERIODS):
        periods.append(compared_with(*periods[-1], Compared.PREVIOUS))
    first, last = periods[-1][0], one.first_day - _DAY
    series = daily_of(session, Wanted(one.measure, (first, last), one.currency, now), list(counted))
    worked = _worked(session, crews, first, last)
    found: dict[Subject, list[float]] = {}
    for subject, days in counted.items():
        mine = worked[subject]
        parts = (
            share_by(_between(series[subject], *span), [day for day in mine if span[0] <= day <= span[1]], days.share)
            for span in periods[1:]
        )
        found[subject] = [share for share in parts if share is not None]
    return found


def _between(series: Mapping[date, int], first: date, last: date) -> dict[date, int]:
    return {day: value for day, value in series.items() if first <= day <= last}


def workdays(crew: Sequence[User], free: Mapping[uuid.UUID, Collection[date]], first: date, last: date) -> list[date]:
    """Return the working days of some reps, each as often as somebody works on it; of nobody, Monday to Friday.

    `free` are the days off of each.
    """
    every = [first + _DAY * ahead for ahead in range((last - first).days + 1)]
    if not crew:
        return [day for day in every if day.weekday() < 5]
    found = []
    for rep in crew:
        pattern = rep.work_pattern.weekdays if rep.work_pattern else USUAL_WEEKDAYS
        week = {WEEKDAYS.index(name) for name in pattern.split(",")}
        found += [day for day in every if day.weekday() in week and day not in free[rep.id]]
    return sorted(found)


def _worked(
    session: Session, crews: Mapping[Subject, Sequence[User]], first: date, last: date
) -> dict[Subject, list[date]]:
    people = {rep.id: rep for crew in crews.values() for rep in crew}
    free = free_days(session, people.values(), first, last) if people else {}
    return {subject: workdays(crew, free, first, last) for subject, crew in crews.items()}


def _crews(session: Session, subjects: Sequence[Subject]) -> dict[Subject, list[User]]:
    """Return the active reps who work for each target: the rep, those of the territory, or those of the customer."""
    reps = select(User).where(User.role == Role.REP, User.active).order_by(User.id)
    found: dict[Subject, list[User]] = {each: [] for each in subjects}
    named = {each.rep_id for each in subjects if each.rep_id}
    people = {rep.id: rep for rep in session.scalars(reps.where(User.id.in_(named)))} if named else {}
    shops = {each.customer_id for each in subjects if each.customer_id}
    serving: dict[uuid.UUID, dict[uuid.UUID, User]] = defaultdict(dict)
    if shops:
        served = reps.add_columns(Assignment.customer_id).join(Assignment, Assignment.rep_id == User.id)
        for rep, shop in session.execute(
            served.where(Assignment.customer_id.in_(shops), Assignment.ended_at.is_(None))
        ):
            serving[shop][rep.id] = rep
    places: dict[uuid.UUID, list[User]] = {}
    for each in subjects:
        if each.territory_id is not None:
            if each.territory_id not in places:
                below = reps.where(User.territory_id.in_(territories_below(each.territory_id)))
                places[each.territory_id] = list(session.scalars(below))
            found[each] = places[each.territory_id]
        elif each.customer_id is not None:
            found[each] = list(serving[each.customer_id].values())
        elif each.rep_id in people:
            found[each] = [people[each.rep_id]]
    return found
