"""Making journey plans: read, search, store."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from fieldsales.arrangements.queries import arranged
from fieldsales.arrangements.rules import NOTHING, Terms
from fieldsales.audit.service import record
from fieldsales.calendars.queries import free_days
from fieldsales.candidates.queries import Served, as_rep, last_visits, served_by, served_ids
from fieldsales.cases.rules import Rep
from fieldsales.db.base import new_id
from fieldsales.db.bulk import insert_rows
from fieldsales.doors.rules import Hours, open_weekdays
from fieldsales.driving.queries import work_day
from fieldsales.driving.rules import Driving, WorkDay
from fieldsales.errors import Unavailable
from fieldsales.history.queries import buying_history
from fieldsales.history.rules import usual_weekdays
from fieldsales.journeys.models import Journey, JourneyLine
from fieldsales.journeys.queries import coming_visits, present_days
from fieldsales.journeys.rules import EFFORT, Client, Sketch, check_weeks, weeks_problem, with_answer
from fieldsales.ladders.queries import ladder_on
from fieldsales.ladders.rules import Ladder, Tier
from fieldsales.patterns.rules import Wanted, Weeks
from fieldsales.people.models import User
from fieldsales.people.rules import Actor
from fieldsales.tiers.queries import present_tiers
from fieldsales.tiers.service import assess_tiers
from routing.errors import RoutingError
from routing.pool import Progress, SolverPool
from routing.weeks.plan import Effort

HABIT_DAYS = 365


class JourneysUnavailable(Unavailable):
    """The search for journey plans broke off, most likely for want of memory. What stands stays; try again."""

    code = "journey.solver_unavailable"
    title = "The journey plans could not be searched for"


def sketch_journeys(session: Session, reps: Sequence[User], first: date, weeks: int, *, today: date) -> list[Sketch]:
    """Read what bears on the journey plans of some reps from a day on; writes nothing. Raises `BadJourney`."""
    check_weeks(first, weeks, today)
    last = first + timedelta(days=7 * weeks - 1)
    ids = [rep.id for rep in reps]
    served = served_by(session, ids)
    around = _Around(session, reps, (first, last), today)
    mine: dict[uuid.UUID, list[Served]] = {rep_id: [] for rep_id in ids}
    for each in served.values():
        if each.owner in mine:
            mine[each.owner].append(each)
    return [around.sketch(rep, mine[rep.id]) for rep in reps]


def solve_journeys(
    sketches: Sequence[Sketch],
    solver: SolverPool,
    driving: Driving,
    *,
    effort: Effort = EFFORT,
    progress: Progress | None = None,
) -> list[Sketch]:
    """Search for the days of each customer, for each rep. The same sketch has the same answer.

    Raises `JourneysUnavailable`.
    """
    wanting = [each.problem for each in sketches if each.problem is not None]
    try:
        found = iter(solver.solve_weeks(wanting, driving.travel, effort, progress=progress))
        return [each if each.problem is None else with_answer(each, next(found)) for each in sketches]
    except RoutingError as broken:
        raise JourneysUnavailable(f"The search broke off: {broken}.", mend="Try again.") from broken


def store_journeys(session: Session, sketches: Sequence[Sketch], *, by: Actor | None, now: datetime) -> list[Journey]:
    """Put journey plans in the place of what stood from their first day on."""
    made = []
    for sketch in sketches:
        if sketch.figures is None:
            continue
        _end_before(session, sketch.rep_id, sketch.weeks.first)
        journey = Journey(
            id=new_id(),
            rep_id=sketch.rep_id,
            first_day=sketch.weeks.first,
            last_day=sketch.weeks.last,
            made_at=now,
            made_by=by.user_id if by else None,
            figures=sketch.figures.told(),
        )
        session.add(journey)
        session.flush()
        lines = (JourneyLine(journey_id=journey.id, customer_id=who, days=list(on)) for who, on in sketch.days.items())
        insert_rows(session.connection(), lines)
        facts = {
            "first_day": str(journey.first_day),
            "last_day": str(journey.last_day),
            "visits": sketch.figures.visits,
        }
        record(session, "journey.made", ("journey", journey.id), actor_id=journey.made_by, now=now, **facts)
        made.append(journey)
    return made


def _end_before(session: Session, rep_id: uuid.UUID, first: date) -> None:
    """Let older plans end the day before; those that would begin later are gone."""
    older = session.scalars(select(Journey).where(Journey.rep_id == rep_id, Journey.last_day >= first)).all()
    for journey in older:
        if journey.first_day >= first:
            session.execute(delete(JourneyLine).where(JourneyLine.journey_id == journey.id))
            session.delete(journey)
        else:
            journey.last_day = first - timedelta(days=1)
    session.flush()


class _Around:
    """What is known of everybody, read once."""

    def __init__(self, session: Session, reps: Sequence[User], span: tuple[date, date], today: date) -> None:
        (first, last), ids = span, [rep.id for rep in reps]
        self.first, self.last = first, last
        self.ladder: Ladder = ladder_on(session, first)
        self.tiers = _tiers(session, today)
        self.terms: Mapping[uuid.UUID, Terms] = arranged(session)
        self.free = free_days(session, reps, first, last)
        seen = {who: max(each.day for each in made) for who, made in last_visits(session, ids, first).items()}
        self.contacts = seen | coming_visits(session, served_ids(ids), today, first)
        self.present = present_days(session, ids, first)
        history = buying_history(session, today - timedelta(days=HABIT_DAYS), today)
        habits = usual_weekdays(history, today - timedelta(days=HABIT_DAYS), today)
        self.habits = dict(zip(history.customers, habits, strict=True))

    def sketch(self, user: User, served: Sequence[Served]) -> Sketch:
        rep = as_rep(user)
        weeks = self._weeks(rep)
        empty = Sketch(user.id, user.name, weeks, ())
        if user.work_pattern is None or not any(weeks.working):
            return replace(empty, note="has no working pattern, or is off in all these weeks")
        if not served:
            return replace(empty, note="owns no customer")
        work = work_day(user.work_pattern)
        clients = tuple(self._client(each, rep, work) for each in served)
        return replace(empty, clients=clients, problem=weeks_problem(clients, weeks, work))

    def _weeks(self, rep: Rep) -> Weeks:
        days = [self.first + timedelta(days=at) for at in range((self.last - self.first).days + 1)]
        free = self.free[rep.id]
        return Weeks(self.first, tuple(day.weekday() in rep.weekdays and day not in free for day in days))

    def _client(self, served: Served, rep: Rep, work: WorkDay) -> Client:
        shop, who = served.shop, served.shop.id
        tier, terms = self._tier(who), self.terms.get(who, NOTHING)
        opened = open_weekdays(shop, self.first, Hours(frozenset(rep.weekdays), *work.shift))
        wanted = Wanted(
            customer_id=who,
            cadence=terms.cadence(tier.cadence),
            weekdays=(opened & terms.weekdays or terms.weekdays) if terms.weekdays else opened,
            contact=self.contacts.get(who),
            usual=self.habits.get(who),
            present=self.present.get(who, frozenset()),
        )
        return Client(wanted, shop.latitude, shop.longitude, 60 * (shop.service_minutes or tier.service_minutes))

    def _tier(self, customer_id: uuid.UUID) -> Tier:
        return self.ladder.find(self.tiers.get(customer_id)) or self.ladder.tiers[-1]


def _tiers(session: Session, today: date) -> dict[uuid.UUID, str | None]:
    """The tiers as they were last given; before they ever were, those of today's orders."""
    known = {who: tier for who, (tier, _) in present_tiers(session).items()}
    if any(known.values()) or not known:
        return known
    return {each.customer_id: each.tier for each in assess_tiers(session, today)}
