"""Whose calendar an address is, and what stands in it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.clock import at_second, local_day
from fieldsales.feeds.models import CalendarFeed
from fieldsales.feeds.rules import AHEAD, BACK, CalendarNotFound, Entry, as_icalendar, hashed
from fieldsales.people.models import User
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route, RouteStop
from fieldsales.steps.queries import last_steps

_TAKES_PLACE = frozenset({PlanStatus.PLANNED, PlanStatus.DONE})


@dataclass(frozen=True, slots=True)
class CalendarFile:
    """A calendar as a file, and when what it tells changed last: a visit, or the day from which it looks ahead."""

    body: bytes
    changed_at: datetime


def feed_in_force(session: Session, rep_id: uuid.UUID) -> CalendarFeed | None:
    """Return the address that a rep's calendar has, None if it has none."""
    found = select(CalendarFeed).where(CalendarFeed.rep_id == rep_id, CalendarFeed.revoked_at.is_(None))
    return session.scalars(found).one_or_none()


def require_feed(session: Session, rep_id: uuid.UUID) -> CalendarFeed:
    """Return the address that a rep's calendar has; raise `CalendarNotFound`."""
    found = feed_in_force(session, rep_id)
    if found is None:
        raise CalendarNotFound("This rep's calendar has no address.", mend="Have one made.", rep_id=str(rep_id))
    return found


def calendar_at(session: Session, secret: str, now: datetime) -> CalendarFile:
    """Return the calendar of a secret address; raise `CalendarNotFound` also for a rep who was switched off."""
    whose = (
        select(User)
        .join(CalendarFeed, CalendarFeed.rep_id == User.id)
        .where(CalendarFeed.secret_hash == hashed(secret), CalendarFeed.revoked_at.is_(None), User.active)
    )
    rep = session.scalars(whose).one_or_none()
    if rep is None:
        raise CalendarNotFound("This address leads to no calendar.", mend="Ask for a new address.")
    zone = rep.territory.time_zone if rep.territory else "UTC"
    today = local_day(now, zone)
    entries = calendar_entries(session, rep.id, today)
    changed_at = max([at_second(today, 0, zone), *(entry.changed_at for entry in entries)])
    return CalendarFile(as_icalendar(f"{rep.name}: visits", entries), min(changed_at, now))


def calendar_entries(session: Session, rep_id: uuid.UUID, today: date) -> list[Entry]:
    """Return the visits that a rep's calendar has on a day, by day; the number of queries does not grow with them."""
    return _entries(session, rep_id, today - BACK, today + AHEAD)


def day_calendar(session: Session, rep: User, day: date) -> bytes:
    """Return one day of a rep as a calendar: its visits by the times of the route, and lunch."""
    entries = _entries(session, rep.id, day, day)
    route = session.scalars(select(Route).where(Route.rep_id == rep.id, Route.day == day)).one_or_none()
    if route is not None and route.lunch_at is not None:
        entries.append(
            _lunch(route, route.lunch_at, max((each.changed_at for each in entries), default=route.lunch_at))
        )
    return as_icalendar(f"{rep.name}: {day}", entries)


def _lunch(route: Route, at: datetime, changed_at: datetime) -> Entry:
    return Entry(
        id=uuid.uuid5(route.id, "lunch"),
        version=0,
        day=route.day,
        span=(at, at + timedelta(minutes=route.lunch_minutes)),
        takes_place=True,
        customer="Lunch",
        about="The break of the day's route",
        address="",
        position=None,
        category="break",
        changed_at=changed_at,
    )


def _entries(session: Session, rep_id: uuid.UUID, first: date, last: date) -> list[Entry]:
    visits = session.scalars(
        select(PlannedVisit)
        .where(PlannedVisit.rep_id == rep_id, PlannedVisit.day.between(first, last))
        .order_by(PlannedVisit.day, PlannedVisit.id)
    ).all()
    stops = session.execute(
        select(RouteStop.planned_visit_id, RouteStop.arrival_at, RouteStop.departure_at)
        .join(Route, Route.id == RouteStop.route_id)
        .where(Route.rep_id == rep_id, Route.day.between(first, last))
    )
    spans = {visit_id: (arrival, departure) for visit_id, arrival, departure in stops}
    changed = last_steps(session, [visit.id for visit in visits])
    return [_entry(visit, spans, changed) for visit in visits]


def _entry(
    visit: PlannedVisit,
    spans: Mapping[uuid.UUID, tuple[datetime, datetime]],
    changed: Mapping[uuid.UUID, datetime],
) -> Entry:
    shop, takes_place = visit.customer, visit.status in _TAKES_PLACE
    why_not = visit.skip_reason or visit.skip_code if visit.status is PlanStatus.SKIPPED else visit.left_out_reason
    named = {PlanStatus.SKIPPED: "Skipped", PlanStatus.LEFT_OUT: "Left out"}.get(visit.status)
    place = " ".join(filter(None, (shop.postal_code, shop.city)))
    return Entry(
        id=visit.id,
        version=visit.version,
        day=visit.day,
        span=spans.get(visit.id) if takes_place else None,
        takes_place=takes_place,
        customer=shop.name,
        about=visit.reason if named is None else f"{visit.reason}\n{named}: {why_not}",
        address=", ".join(filter(None, (shop.address, place))),
        position=None if shop.latitude is None or shop.longitude is None else (shop.latitude, shop.longitude),
        category=str(visit.source).replace("_", " "),
        changed_at=changed.get(visit.id) or datetime.combine(visit.day, time(), tzinfo=UTC),
    )
