"""A rep's visits in any calendar, under a secret address."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

from flask import Response, request, url_for

from api.database import session
from api.feeds.schemas import CalendarSchema, NewCalendarSchema
from api.guard import EVERYBODY, PUBLIC, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.feeds.models import CalendarFeed
from fieldsales.feeds.queries import calendar_at, require_feed
from fieldsales.feeds.service import close_feed, open_feed
from fieldsales.people.queries import require_rep_in_scope

reps_calendars = Resource(
    "reps_calendars", __name__, url_prefix="/api/v1/reps", description="The address of a rep's calendar"
)
calendars = Resource("calendars", __name__, url_prefix="/calendar", description="Calendars, for calendar programs")


@reps_calendars.on(
    "POST", "/<rep:rep_id>/calendar", roles=EVERYBODY, gives=NewCalendarSchema, status=201, problems=[404]
)
def make_address(rep_id: uuid.UUID) -> dict[str, Any]:
    """Make a secret address for a rep's calendar

    It takes the place of the one before, which leads nowhere from then on. It is told this once.
    """
    feed, secret = open_feed(session(), rep_id, by=actor(), now=now())
    address = url_for("calendars.read_calendar", secret=secret, _external=True)
    return {"rep_id": feed.rep_id, "made_at": feed.made_at, "made_by": feed.made_by, "address": address}


@reps_calendars.on("GET", "/<rep:rep_id>/calendar", roles=EVERYBODY, gives=CalendarSchema, problems=[404])
def read_address(rep_id: uuid.UUID) -> CalendarFeed:
    """Whether a rep's calendar has an address, and since when"""
    return require_feed(session(), require_rep_in_scope(session(), actor(), rep_id).id)


@reps_calendars.on("DELETE", "/<rep:rep_id>/calendar", roles=EVERYBODY, status=204, problems=[404])
def revoke_address(rep_id: uuid.UUID) -> None:
    """Revoke the address of a rep's calendar"""
    close_feed(session(), rep_id, by=actor(), now=now())


@calendars.on("GET", "/<string:secret>.ics", roles=PUBLIC, media_type="text/calendar", problems=[404])
@calendars.doc(responses={304: {"description": "Unchanged since the tag in If-None-Match"}})  # type: ignore[untyped-decorator]
def read_calendar(secret: str) -> Response:
    """A rep's visits as iCalendar, from 14 days ago to 60 days ahead

    Nobody logs in: the address is the key. A visit keeps its UID wherever it is moved; one that is skipped or left out
    is cancelled. With If-None-Match, 304 while nothing changed.
    """
    found = calendar_at(session(), secret, now())
    tag = hashlib.sha256(found.body).hexdigest()[:32]
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        response = Response(found.body, content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="visits.ics"'
    response.set_etag(tag, weak=True)  # packed it is other bytes
    response.last_modified = found.changed_at
    response.headers["Cache-Control"] = "private, no-cache"
    return response
