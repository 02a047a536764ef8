"""What a supervisor sees of a day: for each rep what was planned, what came of it, and where the rep is."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.clock import local_day
from fieldsales.orders.queries import Sold, sold_on
from fieldsales.people.models import User
from fieldsales.people.queries import reps_visible_to
from fieldsales.people.rules import Actor
from fieldsales.planning.models import PlannedVisit, PlanStatus, RouteStop
from fieldsales.receivables.queries import collected_on
from fieldsales.visits.models import Visit
from fieldsales.visits.queries import LastPosition, last_positions, visits_of_reps_on

_NOTHING = Sold(0, {})


@dataclass(frozen=True, slots=True)
class TeamStop:
    """A planned visit beside what came of it: when the rep should arrive, and the call if it was made."""

    planned: PlannedVisit
    arrival_at: datetime | None
    made: Visit | None

    @property
    def is_done(self) -> bool:
        """Whether the rep has been there."""
        return self.made is not None or self.planned.status is PlanStatus.DONE


@dataclass(frozen=True, slots=True)
class RepOfDay:
    """One rep's day. `visits` are all calls made, planned or not; `over` is whether the day has ended for the rep.

    `collected` is the money that the rep took, in minor units by currency.
    """

    rep: User
    over: bool
    stops: tuple[TeamStop, ...]
    visits: tuple[Visit, ...]
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
    def _expected(self) -> list[TeamStop]:
        return [stop for stop in self.stops if stop.is_done or stop.planned.status is PlanStatus.PLANNED]

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
class TeamDay:
    """A day of all reps whom somebody may see, by name."""

    day: date
    reps: tuple[RepOfDay, ...]


def team_day(session: Session, actor: Actor, day: date, now: datetime) -> TeamDay:
    """Return the day of the reps whom an actor may see, in a number of queries that does not grow with them."""
    reps = reps_visible_to(session, actor)
    ids = [rep.id for rep in reps]
    planned = _planned(session, ids, day)
    arrivals = _arrivals(session, ids, day)
    visits: dict[uuid.UUID, list[Visit]] = defaultdict(list)
    for visit in visits_of_reps_on(session, ids, day):
        visits[visit.rep_id].append(visit)
    sold, collected = sold_on(session, ids, day), collected_on(session, ids, day)
    positions = last_positions(session, ids)
    return TeamDay(
        day,
        tuple(
            RepOfDay(
                rep=rep,
                over=_is_over(rep, day, now),
                stops=_stops(planned[rep.id], arrivals, visits[rep.id]),
                visits=tuple(visits[rep.id]),
                sold=sold.get(rep.id, _NOTHING),
                collected=collected.get(rep.id, {}),
                last_position=positions.get(rep.id),
            )
            for rep in reps
        ),
    )


def _planned(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, list[PlannedVisit]]:
    found: dict[uuid.UUID, list[PlannedVisit]] = defaultdict(list)
    rows = select(PlannedVisit).where(PlannedVisit.rep_id.in_(rep_ids), PlannedVisit.day == day)
    for visit in session.scalars(rows.order_by(PlannedVisit.value.desc(), PlannedVisit.id)):
        found[visit.rep_id].append(visit)
    return found


def _arrivals(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, datetime]:
    """Return when each planned visit that is on a route should begin."""
    rows = session.execute(
        select(RouteStop.planned_visit_id, RouteStop.arrival_at)
        .join(PlannedVisit, PlannedVisit.id == RouteStop.planned_visit_id)
        .where(PlannedVisit.rep_id.in_(rep_ids), PlannedVisit.day == day)
    )
    return dict(rows.all())


def _stops(
    planned: Sequence[PlannedVisit], arrivals: dict[uuid.UUID, datetime], visits: Sequence[Visit]
) -> tuple[TeamStop, ...]:
    made = {visit.customer_id: visit for visit in visits}
    stops = [TeamStop(each, arrivals.get(each.id), made.get(each.customer_id)) for each in planned]
    return tuple(sorted(stops, key=lambda stop: (stop.arrival_at is None, stop.arrival_at or 0)))


def _is_over(rep: User, day: date, now: datetime) -> bool:
    return rep.territory is not None and local_day(now, rep.territory.time_zone) > day
