"""A planned day as GeoJSON (RFC 7946): positions are longitude, latitude in WGS-84 degrees."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fieldsales.customers.models import Customer
from fieldsales.planning.models import PlannedVisit, Route, RouteStop
from fieldsales.planning.queries import RepDay
from routing.export.geojson import along
from routing.travel import Line

Feature = dict[str, Any]


def day_geojson(day: RepDay, legs: Sequence[Line] = ()) -> dict[str, Any]:
    """Return a rep's day as a FeatureCollection, told apart by the property `kind`.

    `start` is where the day starts and ends; each `visit` has its `number` in driving order from 1; `unrouted`,
    `left_out` and `skipped` visits have none; `route` is the line along the legs, from place to place as the
    crow flies without them, with the day's totals, its lunch and its warning.
    """
    features = [*_start(day)]
    features += [_visit(stop.planned_visit, "visit", _timing(stop)) for stop in day.stops]
    features += [_visit(visit, "unrouted", {}) for visit in day.unrouted]
    features += [_visit(visit, "left_out", {"why": visit.left_out_reason}) for visit in day.left_out]
    features += [_visit(visit, "skipped", {"why": visit.skip_reason or visit.skip_code}) for visit in day.skipped]
    if day.route is not None and day.stops:
        features.append(_line(day, day.route, legs))
    return {"type": "FeatureCollection", "features": [each for each in features if each["geometry"]]}


def _start(day: RepDay) -> list[Feature]:
    pattern = day.rep.work_pattern
    if pattern is None:
        return []
    return [_feature(_point(pattern.start_latitude, pattern.start_longitude), {"kind": "start", "rep": day.rep.name})]


def _visit(visit: PlannedVisit, kind: str, more: dict[str, Any]) -> Feature:
    told = {
        "kind": kind,
        "planned_visit_id": str(visit.id),
        "customer_id": str(visit.customer_id),
        "name": visit.customer.name,
        "source": str(visit.source),
        "reason": visit.reason,
        "status": str(visit.status),
    }
    return _feature(_of_customer(visit.customer), told | more)


def _timing(stop: RouteStop) -> dict[str, Any]:
    return {
        "number": stop.position,
        "arrival_at": stop.arrival_at.isoformat(),
        "departure_at": stop.departure_at.isoformat(),
        "wait_s": stop.wait_s,
        "travel_s": stop.travel_s,
        "distance_m": stop.distance_m,
    }


def _line(day: RepDay, route: Route, legs: Sequence[Line]) -> Feature:
    spots = [_of_customer(stop.planned_visit.customer) for stop in route.stops]
    ends = [feature["geometry"] for feature in _start(day)]
    line = [spot["coordinates"] for spot in (*ends, *spots, *ends) if spot]
    if legs:
        line = [_point(spot.lat, spot.lon)["coordinates"] for spot in along(legs, ())]
    totals = {
        "starts_at": route.starts_at.isoformat(),
        "ends_at": route.ends_at.isoformat(),
        "distance_m": route.distance_m,
        "travel_s": route.travel_s,
        "wait_s": route.wait_s,
        "service_s": route.service_s,
        "lunch_at": route.lunch_at.isoformat() if route.lunch_at else None,
        "lunch_minutes": route.lunch_minutes,
        "warning": route.warning,
    }
    return _feature({"type": "LineString", "coordinates": line} if len(line) > 1 else None, {"kind": "route"} | totals)


def _of_customer(customer: Customer) -> dict[str, Any] | None:
    if customer.latitude is None or customer.longitude is None:
        return None
    return _point(customer.latitude, customer.longitude)


def _point(latitude: float, longitude: float) -> dict[str, Any]:
    """Six decimals, 0.1 m: more would be noise (RFC 7946, section 11.2)."""
    return {"type": "Point", "coordinates": [round(longitude, 6), round(latitude, 6)]}


def _feature(geometry: dict[str, Any] | None, properties: dict[str, Any]) -> Feature:
    return {"type": "Feature", "geometry": geometry, "properties": properties}
