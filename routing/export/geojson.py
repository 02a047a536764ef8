"""A route as GeoJSON (RFC 7946): positions are longitude, latitude in WGS-84 degrees."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from routing.problem import DayProblem, Point
from routing.route import DayRoute
from routing.travel.matrix import Line

Feature = dict[str, Any]


def route_geojson(problem: DayProblem, route: DayRoute, legs: Sequence[Line] | None = None) -> dict[str, Any]:
    """A FeatureCollection of one rep's day.

    By the property ``kind``: ``start`` and ``end`` points; a ``visit`` point for each visit in driving order,
    with its ``number`` from 1 and the fields of :class:`routing.route.RoutedVisit`; a ``left_out`` point for each stop
    left out, with its code and reason; and the ``route`` as a line along ``legs``, the ways from place to place (as
    the crow flies without them), with the totals of the day, its ``lunch`` and ``warnings`` (missing when nothing is
    visited).
    """
    at = {stop.id: stop.at for stop in problem.stops}
    features = [_point(problem.worker.start, {"kind": "start"})]
    if problem.worker.end is not None:
        features.append(_point(problem.worker.end, {"kind": "end"}))
    features += [
        _point(at[visit.stop_id], {"kind": "visit", "number": number, **asdict(visit)})
        for number, visit in enumerate(route.visits, start=1)
    ]
    features += [
        _point(at[left.stop_id], {"kind": "left_out", **asdict(left), "params": dict(left.params)})
        for left in route.left_out
    ]
    if route.visits:
        features.append(_line(problem, route, at, legs))
    return {"type": "FeatureCollection", "features": features}


def _point(at: Point, properties: dict[str, Any]) -> Feature:
    geometry = {"type": "Point", "coordinates": _position(at)}
    return {"type": "Feature", "geometry": geometry, "properties": properties}


def _line(problem: DayProblem, route: DayRoute, at: dict[str, Point], legs: Sequence[Line] | None) -> Feature:
    places = [problem.worker.start, *(at[visit.stop_id] for visit in route.visits)]
    if problem.worker.end is not None:
        places.append(problem.worker.end)
    totals = ("starts_s", "ends_s", "travel_s", "distance_m", "wait_s", "service_s", "prize")
    return {
        "type": "Feature",
        "geometry": {"type": "LineString", "coordinates": [_position(place) for place in along(legs, places)]},
        "properties": {
            "kind": "route",
            **{name: getattr(route, name) for name in totals},
            "lunch": asdict(route.lunch) if route.lunch else None,
            "warnings": list(route.warnings),
        },
    }


def along(legs: Sequence[Line] | None, places: Sequence[Point]) -> list[Point]:
    """The line of a whole day: along its legs, each beginning where the last one ended; else from place to place."""
    if not legs:
        return list(places)
    return [*legs[0], *(spot for leg in legs[1:] for spot in leg[1:])]


def _position(at: Point) -> list[float]:
    """Six decimals, 0.1 m: more would be noise (RFC 7946, section 11.2)."""
    return [round(at.lon, 6), round(at.lat, 6)]
