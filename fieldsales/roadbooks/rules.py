"""From a planned day to the sheet that pages and files are made of. Times are on the territory's own clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from fieldsales.clock import zone
from fieldsales.customers.models import Customer
from fieldsales.planning.models import PlannedVisit, PlanStatus, Route, RouteStop
from fieldsales.planning.queries import RepDay
from routing.export.sheet import DaySheet, SheetAside, SheetBreak, SheetVisit, follows_streets, places_of
from routing.problem import Point
from routing.travel import Line


def stations(day: RepDay) -> tuple[Point, ...]:
    """Return the places of a day in driving order, from the start back to it; none for a day without stops."""
    start = _start(day)
    return places_of(start, [_position(stop.planned_visit.customer) for stop in day.stops], start)


def day_sheet(day: RepDay, legs: tuple[Line, ...] = ()) -> DaySheet:
    """Return the sheet of a rep's day. `legs` are the lines between its stations."""
    start, told = _start(day), f"{day.day:%A} {day.day.day} {day.day:%B %Y}"
    aside = (*_aside(day.unrouted, "unrouted"), *_aside(day.left_out, "left_out"), *_aside(day.skipped, "skipped"))
    if day.route is None:
        return DaySheet(rep=day.rep.name, title=told, start=start, end=start, aside=aside)
    return DaySheet(
        rep=day.rep.name,
        title=told,
        start=start,
        end=start,
        span=(_local(day.route.starts_at, day), _local(day.route.ends_at, day)),
        visits=tuple(_visit(stop, day) for stop in day.stops),
        breaks=_lunch(day.route, day),
        aside=aside,
        legs=legs,
        by_street=follows_streets(legs),
        home_s=day.route.home_travel_s,
        home_m=day.route.home_distance_m,
        warnings=(day.route.warning,) if day.route.warning else (),
    )


def _visit(stop: RouteStop, day: RepDay) -> SheetVisit:
    planned = stop.planned_visit
    leaves = _local(stop.departure_at, day)
    return SheetVisit(
        name=planned.customer.name,
        at=_position(planned.customer),
        arrives=_local(stop.arrival_at, day),
        begins=leaves - timedelta(seconds=stop.service_s),
        leaves=leaves,
        travel_s=stop.travel_s,
        distance_m=stop.distance_m,
        note=planned.reason,
        done=planned.status is PlanStatus.DONE,
    )


def _lunch(route: Route, day: RepDay) -> tuple[SheetBreak, ...]:
    """Lunch at a door, before its visit, is told before the visit: it comes after those that were left by then."""
    if route.lunch_at is None:
        return ()
    begins = _local(route.lunch_at, day)
    after = sum(stop.departure_at <= route.lunch_at for stop in route.stops)
    return (SheetBreak(begins, begins + timedelta(minutes=route.lunch_minutes), after),)


def _aside(visits: Iterable[PlannedVisit], kind: str) -> Iterable[SheetAside]:
    for visit in visits:
        why = {"left_out": visit.left_out_reason, "skipped": visit.skip_reason or visit.skip_code}.get(kind)
        yield SheetAside(visit.customer.name, _position(visit.customer), why or visit.reason, kind)


def _start(day: RepDay) -> Point | None:
    pattern = day.rep.work_pattern
    return Point(pattern.start_latitude, pattern.start_longitude) if pattern else None


def _position(customer: Customer) -> Point | None:
    if customer.latitude is None or customer.longitude is None:
        return None
    return Point(customer.latitude, customer.longitude)


def _local(moment: datetime, day: RepDay) -> datetime:
    return moment.astimezone(zone(day.zone))
