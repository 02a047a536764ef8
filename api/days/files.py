"""A rep's day to take along: a page, and files for maps, navigation devices and calendars."""

from __future__ import annotations

import json
import uuid
from datetime import date

from flask import Response

from api.database import session
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.planner import planner
from fieldsales.briefings.rules import day_geojson
from fieldsales.feeds.queries import day_calendar
from fieldsales.people.models import User
from fieldsales.people.queries import require_rep_in_scope
from fieldsales.planning.queries import rep_day
from fieldsales.roadbooks.queries import legs_of, roadbook
from routing.export import PAGE_POLICY, DaySheet, route_gpx, route_page

roadbooks = Resource("roadbooks", __name__, url_prefix="/api/v1/reps", description="A rep's day to take along")

GEOJSON, GPX, PAGE, CALENDAR = (
    "application/geo+json",
    "application/gpx+xml",
    "text/html; charset=utf-8",
    "text/calendar; charset=utf-8",
)


@roadbooks.on("GET", "/<rep:rep_id>/days/<day:day>/route.geojson", roles=EVERYBODY, media_type=GEOJSON, problems=[404])
def read_geojson(rep_id: uuid.UUID, day: date) -> Response:
    """A rep's day as GeoJSON

    A FeatureCollection: `start`, each `visit` with its number, `unrouted`, `left_out` and `skipped` visits, and
    the `route`, along the streets where a road router knows them.
    """
    planned = rep_day(session(), _rep(rep_id).id, day)
    told = day_geojson(planned, legs_of(planned, planner().driving.travel))
    return Response(json.dumps(told), mimetype=GEOJSON)


@roadbooks.on("GET", "/<rep:rep_id>/days/<day:day>/route.gpx", roles=EVERYBODY, media_type=GPX, problems=[404])
def read_gpx(rep_id: uuid.UUID, day: date) -> Response:
    """A rep's day as GPX 1.1, for navigation devices

    A route over the visits, waypoints for those that are not made, and a track along the streets where they are known.
    """
    return _file(route_gpx([_sheet(rep_id, day)]), GPX, f"route-{day}.gpx")


@roadbooks.on("GET", "/<rep:rep_id>/days/<day:day>/route.html", roles=EVERYBODY, media_type=PAGE, problems=[404])
def read_page(rep_id: uuid.UUID, day: date) -> Response:
    """A rep's day as a page: a map and the list of visits beside it

    One file that asks nothing of any server, to keep on a phone.
    """
    page = Response(route_page([_sheet(rep_id, day)]), content_type=PAGE)
    page.headers["Content-Security-Policy"] = f"{PAGE_POLICY}; frame-ancestors 'none'"
    return page


@roadbooks.on("GET", "/<rep:rep_id>/days/<day:day>/route.ics", roles=EVERYBODY, media_type=CALENDAR, problems=[404])
def read_day_calendar(rep_id: uuid.UUID, day: date) -> Response:
    """A rep's day as iCalendar: each visit at the time of the route, and lunch

    Visits keep the UID that they have in the rep's calendar, so that importing a day twice doubles nothing.
    """
    return _file(day_calendar(session(), _rep(rep_id), day), CALENDAR, f"route-{day}.ics")


def _rep(rep_id: uuid.UUID) -> User:
    return require_rep_in_scope(session(), actor(), rep_id)


def _sheet(rep_id: uuid.UUID, day: date) -> DaySheet:
    return roadbook(session(), _rep(rep_id).id, day, planner().driving.travel)


def _file(body: bytes, kind: str, name: str) -> Response:
    response = Response(body, content_type=kind)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
