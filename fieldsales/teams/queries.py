"""What a supervisor sees of a day: for each rep what was planned, what came of it, and where the rep is."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Generic, NamedTuple, TypeVar

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from fieldsales.clock import at_second, local_day
from fieldsales.customers.models import Customer
from fieldsales.integrity.queries import fakes_on
from fieldsales.invoices.queries import collected_on
from fieldsales.orders.queries import Sold, sold_on
from fieldsales.people.models import User
from fieldsales.people.queries import reps_visible_to, require_rep_in_scope
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus, RouteStop, Source
from fieldsales.visits.models import Visit
from fieldsales.visits.queries import LastPosition, last_positions, visits_of_reps_on

_NOTHING = Sold(0, {})
_TO_BE_MADE = (PlanStatus.PLANNED, PlanStatus.DONE)


class BoardPlanned(NamedTuple):
    """A planned visit as far as a board shows it."""

    id: uuid.UUID
    rep_id: uuid.UUID
    customer_id: uuid.UUID
    source: Source
    status: PlanStatus
    version: int
    name: str
    latitude: float | None
    longitude: float | None


class BoardCall(NamedTuple):
    """A visit as far as a board shows it."""

    id: uuid.UUID
    rep_id: uuid.UUID
    customer_id: uuid.UUID
    checked_in_at: datetime | None
    checked_out_at: datetime | None


P = TypeVar("P", PlannedVisit, BoardPlanned)
C = TypeVar("C", Visit, BoardCall)
T = TypeVar("T", PlannedVisit, BoardPlanned, Visit, BoardCall)


@dataclass(frozen=True, slots=True)
class StopOf(Generic[P, C]):
    """A planned visit beside what came of it: when the rep should arrive, and the call if it was made."""

    planned: P
    arrival_at: datetime | None
    made: C | None
    faked: bool = False

    @property
    def is_done(self) -> bool:
        """Whether the rep has been there, and not only said so."""
        return self.made is not None or (self.planned.status is PlanStatus.DONE and not self.faked)


@dataclass(frozen=True, slots=True)
class RepDayOf(Generic[P, C]):
    """One rep's day. `visits` are all calls made, planned or not; `over` is whether the day has ended for the rep.

    `collected` is the money that the rep took, in minor units by currency. A visit that a person found
    fake is none: results, reports and boards count it nowhere.
    """

    rep: User
    over: bool
    stops: tuple[StopOf[P, C], ...]
    visits: tuple[C, ...]
    sold: Sold
    collected: dict[str, int]
    last_position: LastPosition | None

    @property
    def planned(self) -> int:
        """How many visits the day holds; those left out for want of room and those skipped are not counted."""
        return len(self._expected)

    @property
    def visited(self) -> int:
        """How many customers were called on."""
        return len(self._called_on)

    @property
    def unplanned(self) -> int:
        """How many customers were called on though no visit was planned."""
        return len(self._called_on - {stop.planned.customer_id for stop in self._expected})

    @property
    def missed(self) -> int:
        """How many planned visits were not made, once the day is over."""
        return self._undone if self.over else 0

    @property
    def to_do(self) -> int:
        """How many planned visits may still be made."""
        return 0 if self.over else self._undone

    @property
    def left_out(self) -> int:
        """How many visits the day had no room for."""
        return self._put_off(PlanStatus.LEFT_OUT)

    @property
    def skipped(self) -> int:
        """How many visits a person decided not to make."""
        return self._put_off(PlanStatus.SKIPPED)

    @property
    def currency(self) -> str:
        """The currency of the rep's territory."""
        return self.rep.territory.currency if self.rep.territory else ""

    @property
    def order_value_minor(self) -> int:
        """What was sold in the territory's currency, returns taken off."""
        return self.sold.amounts.get(self.currency, 0)

    @property
    def _expected(self) -> list[StopOf[P, C]]:
        return [stop for stop in self.stops if stop.is_done or stop.planned.status in _TO_BE_MADE]

    def _put_off(self, how: PlanStatus) -> int:
        return sum(not stop.is_done and stop.planned.status is how for stop in self.stops)

    @property
    def _undone(self) -> int:
        return sum(not stop.is_done for stop in self._expected)

    @property
    def _called_on(self) -> set[uuid.UUID]:
        done = {stop.planned.customer_id for stop in self.stops if stop.is_done}
        return done | {visit.customer_id for visit in self.visits}


@dataclass(frozen=True, slots=True)
class DayOf(Generic[P, C]):
    """A day of all reps whom somebody may see, by name."""

    day: date
    reps: tuple[RepDayOf[P, C], ...]


TeamStop = StopOf[PlannedVisit, Visit]
RepOfDay = RepDayOf[PlannedVisit, Visit]
TeamDay = DayOf[PlannedVisit, Visit]
BoardStop = StopOf[BoardPlanned, BoardCall]
Board = DayOf[BoardPlanned, BoardCall]


def team_day(session: Session, actor: Actor, day: date, now: datetime, rep_id: uuid.UUID | None = None) -> TeamDay:
    """Return the day of the reps whom an actor may see, or of one, in a number of queries that does not grow with them.

    Raises `PersonNotFound` for a rep whom the actor may not see.
    """
    reps = reps_visible_to(session, actor) if rep_id is None else [require_rep_in_scope(session, actor, rep_id)]
    ids = [rep.id for rep in reps]
    of = _planned(session, ids, day), visits_of_reps_on(session, ids, day)
    return _put_together(session, reps, day, now, of=of)


def team_board(session: Session, actor: Actor, day: date, now: datetime) -> Board:
    """Return the same day with only what a map and a list of all reps show, many times faster for large teams."""
    reps = reps_visible_to(session, actor)
    ids = [rep.id for rep in reps]
    planned = session.execute(
        select(PlannedVisit.id, PlannedVisit.rep_id, PlannedVisit.customer_id, PlannedVisit.source)
        .add_columns(PlannedVisit.status, PlannedVisit.version, Customer.name, Customer.latitude, Customer.longitude)
        .join(Customer, Customer.id == PlannedVisit.customer_id)
        .where(PlannedVisit.rep_id.in_(ids), PlannedVisit.day == day)
        .order_by(PlannedVisit.value.desc(), PlannedVisit.id)
    )
    calls = session.execute(
        select(Visit.id, Visit.rep_id, Visit.customer_id, Visit.checked_in_at, Visit.checked_out_at)
        .where(and_(Visit.rep_id.in_(ids), Visit.day == day))
        .order_by(Visit.checked_in_at, Visit.id)
    )
    of = [BoardPlanned(*row) for row in planned], [BoardCall(*row) for row in calls]
    return _put_together(session, reps, day, now, of=of)


def _put_together(
    session: Session, reps: Sequence[User], day: date, now: datetime, *, of: tuple[Sequence[P], Sequence[C]]
) -> DayOf[P, C]:
    ids = [rep.id for rep in reps]
    arrivals = _arrivals(session, ids, day)
    fakes = fakes_on(session, ids, day)
    planned_of, calls_of = _by_rep(of[0]), _by_rep([each for each in of[1] if each.id not in fakes])
    sold, collected = sold_on(session, ids, day), collected_on(session, ids, day)
    positions = _positions(session, reps, day, now)
    return DayOf(
        day,
        tuple(
            RepDayOf(
                rep=rep,
                over=_is_over(rep, day, now),
                stops=_stops(planned_of[rep.id], arrivals, calls_of[rep.id], set(fakes.values())),
                visits=tuple(calls_of[rep.id]),
                sold=sold.get(rep.id, _NOTHING),
                collected=collected.get(rep.id, {}),
                last_position=positions.get(rep.id),
            )
            for rep in reps
        ),
    )


def _by_rep(of: Sequence[T]) -> dict[uuid.UUID, list[T]]:
    found: dict[uuid.UUID, list[T]] = defaultdict(list)
    for each in of:
        found[each.rep_id].append(each)
    return found


def _planned(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> Sequence[PlannedVisit]:
    rows = select(PlannedVisit).where(PlannedVisit.rep_id.in_(rep_ids), PlannedVisit.day == day)
    return session.scalars(rows.order_by(PlannedVisit.value.desc(), PlannedVisit.id)).all()


def _arrivals(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, datetime]:
    """Return when each planned visit that is on a route should begin."""
    rows = session.execute(
        select(RouteStop.planned_visit_id, RouteStop.arrival_at)
        .join(PlannedVisit, PlannedVisit.id == RouteStop.planned_visit_id)
        .where(PlannedVisit.rep_id.in_(rep_ids), PlannedVisit.day == day)
    )
    return dict(rows.all())


def _stops(
    planned: Sequence[P],
    arrivals: dict[uuid.UUID, datetime],
    visits: Sequence[C],
    faked: Collection[tuple[uuid.UUID, uuid.UUID]],
) -> tuple[StopOf[P, C], ...]:
    made = {visit.customer_id: visit for visit in visits}
    stops = [
        StopOf(each, arrivals.get(each.id), made.get(each.customer_id), (each.rep_id, each.customer_id) in faked)
        for each in planned
    ]
    return tuple(sorted(stops, key=lambda stop: (stop.arrival_at is None, stop.arrival_at or 0)))


def _positions(session: Session, reps: Sequence[User], day: date, now: datetime) -> dict[uuid.UUID, LastPosition]:
    """Where each rep was last on a day, or today at all: of another day nobody sees more than asked for."""
    by_zone: dict[str, list[uuid.UUID]] = defaultdict(list)
    for rep in reps:
        by_zone[rep.territory.time_zone if rep.territory else "UTC"].append(rep.id)
    found: dict[uuid.UUID, LastPosition] = {}
    for zone, ids in by_zone.items():
        today = local_day(now, zone)
        if day <= today:
            until = at_second(day + timedelta(days=1), 0, zone)
            told = last_positions(session, ids, until)
            found |= {rep_id: each for rep_id, each in told.items() if day in (today, local_day(each.at, zone))}
    return found


def _is_over(rep: User, day: date, now: datetime) -> bool:
    return rep.territory is not None and local_day(now, rep.territory.time_zone) > day
