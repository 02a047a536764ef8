"""How a rep's day stands, read from the books."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.arrangements.queries import arranged
from fieldsales.arrangements.rules import NOTHING
from fieldsales.cases.rules import Shop
from fieldsales.customers.models import Customer
from fieldsales.doors.rules import opening
from fieldsales.driving.queries import work_day
from fieldsales.driving.rules import Call
from fieldsales.ladders.queries import ladder_on
from fieldsales.people.models import Territory, User
from fieldsales.planning.models import PlannedVisit, Route, RouteStop
from fieldsales.planning.service import DEFAULT_VALUE
from fieldsales.underway.rules import Called, NotAWorkingDay, OnDay, Situation
from fieldsales.visits.models import Visit
from fieldsales.visits.queries import visits_of_rep_on


def route_of(session: Session, rep_id: uuid.UUID, day: date) -> Route | None:
    """Return the route of a rep's day."""
    return session.scalars(select(Route).where(Route.rep_id == rep_id, Route.day == day)).one_or_none()


def planned_rows(session: Session, rep_id: uuid.UUID, day: date) -> list[PlannedVisit]:
    """Return all planned visits of a rep's day."""
    rows = select(PlannedVisit).where(PlannedVisit.rep_id == rep_id, PlannedVisit.day == day)
    return list(session.scalars(rows.order_by(PlannedVisit.id)))


def situation_of(session: Session, rep: User, day: date, urgent: Collection[uuid.UUID]) -> Situation:
    """Return how a rep's day stands, with some customers who are not on it besides. Raises `NotAWorkingDay`."""
    if rep.work_pattern is None or rep.territory is None:
        raise NotAWorkingDay(
            f"{rep.name} has no working pattern.",
            mend="Set where and when the day starts and ends.",
            rep_id=str(rep.id),
        )
    route, rows = route_of(session, rep.id, day), planned_rows(session, rep.id, day)
    stops = {stop.planned_visit_id: stop for stop in route.stops} if route else {}
    called = tuple(_called(visits_of_rep_on(session, rep.id, day)))
    wanted = {row.customer_id for row in rows} | {each.customer_id for each in called} | set(urgent)
    names, calls = _calls(session, day, wanted, urgent, _Places({row.customer_id: row for row in rows}, stops))
    return Situation(
        rep_id=rep.id,
        rep=rep.name,
        zone=rep.territory.time_zone,
        work=work_day(rep.work_pattern),
        planned=tuple(sorted((_on_day(row, stops.get(row.id)) for row in rows), key=_by_place)),
        called=called,
        calls=calls,
        names=names,
        lunch=_lunch(route),
        ends_at=route.ends_at if route else None,
        travel_s=route.travel_s if route else 0,
    )


def _lunch(route: Route | None) -> tuple[datetime, datetime] | None:
    if route is None or route.lunch_at is None:
        return None
    return route.lunch_at, route.lunch_at + timedelta(minutes=route.lunch_minutes)


def _by_place(each: OnDay) -> tuple[int, uuid.UUID]:
    return each.place or 10**6, each.id


def _on_day(row: PlannedVisit, stop: RouteStop | None) -> OnDay:
    place, arrival_at = (stop.position, stop.arrival_at) if stop else (None, None)
    by_hand = row.added_by is not None
    return OnDay(row.id, row.customer_id, row.customer.name, str(row.status), row.version, by_hand, place, arrival_at)


def _called(visits: Iterable[Visit]) -> Iterable[Called]:
    for visit in visits:
        began = visit.checked_in_at or visit.checked_out_at
        if began is not None:
            yield Called(visit.customer_id, began, visit.checked_out_at)


@dataclass(frozen=True, slots=True)
class _Places:
    """The planned visits of a day by customer, and the stops of its route by planned visit."""

    planned: Mapping[uuid.UUID, PlannedVisit]
    stops: Mapping[uuid.UUID, RouteStop]


def _calls(
    session: Session, day: date, wanted: Collection[uuid.UUID], urgent: Collection[uuid.UUID], places: _Places
) -> tuple[dict[uuid.UUID, str], tuple[Call, ...]]:
    """The names of customers, and those that have a position as calls: a visit takes as long as its route says."""
    rows = session.execute(
        select(Customer, Territory.region)
        .join(Territory, Territory.id == Customer.territory_id)
        .where(Customer.id.in_(wanted))
        .order_by(Customer.id)
    ).all()
    terms, ladder = arranged(session, wanted), ladder_on(session, day)
    names, calls = {}, []
    for customer, region in rows:
        names[customer.id] = customer.name
        if customer.latitude is None or customer.longitude is None:
            continue
        row, tier = places.planned.get(customer.id), ladder.find(customer.tier) or ladder.tiers[-1]
        stop = places.stops.get(row.id) if row else None
        where = (customer.latitude, customer.longitude)
        shop = Shop(customer.id, customer.name, *where, customer.opening_hours, region, customer.service_minutes)
        calls.append(
            Call(
                customer.id,
                *where,
                service_s=stop.service_s if stop else 60 * (customer.service_minutes or tier.service_minutes),
                windows=terms.get(customer.id, NOTHING).within(opening(shop, day).windows),
                value=row.value if row else tier.visit_value or DEFAULT_VALUE,
                must=customer.id in urgent or (row is not None and row.added_by is not None),
            )
        )
    return names, tuple(calls)
