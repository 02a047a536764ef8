"""What is planned for whom, and what came of it."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.db.statements import among, ask
from fieldsales.people.models import User
from fieldsales.people.queries import PersonNotFound
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route, RouteStop

_PLANNED = select(
    PlannedVisit.rep_id, PlannedVisit.customer_id, PlannedVisit.day, PlannedVisit.id, PlannedVisit.status
).where(among(PlannedVisit.rep_id, "reps"), among(PlannedVisit.day, "days"), among(PlannedVisit.customer_id, "shops"))

_TO_MAKE_OR_MADE = frozenset({PlanStatus.PLANNED, PlanStatus.DONE})


@dataclass(frozen=True, slots=True)
class RepDay:
    """A rep's day: the stops in driving order, and the planned visits that have no stop.

    `unrouted` are visits still to be made or already made that the route does not pass (added since, or planned
    without a route); `left_out` those that the day has no room for, and `skipped` those that a person decided not to
    make, each with its reason. One that was skipped when the day had begun may still be a stop.
    """

    rep: User
    day: date
    zone: str
    route: Route | None
    unrouted: tuple[PlannedVisit, ...]
    left_out: tuple[PlannedVisit, ...]
    skipped: tuple[PlannedVisit, ...]

    @property
    def stops(self) -> Sequence[RouteStop]:
        """The stops in driving order."""
        return self.route.stops if self.route else ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A planned visit, and whether it was made."""

    id: uuid.UUID
    done: bool


PlannedKey = tuple[uuid.UUID, uuid.UUID, date]


def planned_visits(session: Session, keys: Collection[PlannedKey]) -> dict[PlannedKey, Planned]:
    """Return the visits that are planned, by (rep, customer, day)."""
    reps, shops, days = (set(each) for each in zip(*keys, strict=True))
    found = ask(session, _PLANNED, reps=reps, days=days, shops=shops)
    return {
        (rep_id, customer_id, day): Planned(identity, status is PlanStatus.DONE)
        for rep_id, customer_id, day, identity, status in found
    }


def planned_customers(session: Session, day: date, rep_ids: Collection[uuid.UUID]) -> set[uuid.UUID]:
    """Return whom some reps are to visit on a day."""
    found = select(PlannedVisit.customer_id).where(PlannedVisit.day == day, PlannedVisit.rep_id.in_(rep_ids))
    return set(session.scalars(found))


def visited_before(session: Session, since: date, day: date) -> set[uuid.UUID]:
    """Return whom anybody is to visit on a day from `since` on and before `day`."""
    found = select(PlannedVisit.customer_id).where(
        PlannedVisit.day >= since, PlannedVisit.day < day, PlannedVisit.status == PlanStatus.PLANNED
    )
    return set(session.scalars(found.distinct()))


def rep_day(session: Session, rep_id: uuid.UUID, day: date) -> RepDay:
    """Return a rep's day; raise `PersonNotFound`."""
    rep = session.get(User, rep_id)
    if rep is None or rep.territory is None:
        raise PersonNotFound(f"There is no rep {rep_id}.", id=str(rep_id))
    route = session.scalars(select(Route).where(Route.rep_id == rep_id, Route.day == day)).one_or_none()
    on_route = {stop.planned_visit_id for stop in route.stops} if route else set()
    rows = session.scalars(
        select(PlannedVisit)
        .where(PlannedVisit.rep_id == rep_id, PlannedVisit.day == day)
        .order_by(PlannedVisit.value.desc(), PlannedVisit.id)
    ).all()
    return RepDay(
        rep=rep,
        day=day,
        zone=rep.territory.time_zone,
        route=route,
        unrouted=tuple(r for r in rows if r.id not in on_route and r.status in _TO_MAKE_OR_MADE),
        left_out=tuple(r for r in rows if r.status is PlanStatus.LEFT_OUT),
        skipped=tuple(r for r in rows if r.id not in on_route and r.status is PlanStatus.SKIPPED),
    )


def routed_days(session: Session, rep_ids: Collection[uuid.UUID], after: date) -> dict[date, list[uuid.UUID]]:
    """Return which of these reps have a route on which day after a day."""
    rows = session.execute(
        select(Route.day, Route.rep_id)
        .where(Route.rep_id.in_(rep_ids), Route.day > after)
        .order_by(Route.day, Route.rep_id)
    )
    found: dict[date, list[uuid.UUID]] = defaultdict(list)
    for day, rep_id in rows:
        found[day].append(rep_id)
    return dict(found)
