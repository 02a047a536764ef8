"""Other apps that tell where a rep is: a key for each, and the doors for OwnTracks and Traccar Client.

The doors write in transactions of their own: the OsmAnd protocol sends positions by GET as well.
"""

from __future__ import annotations

import base64
import json
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from flask import Request, Response, request, url_for

from api.database import db, session
from api.guard import BOSSES, EVERYBODY, PUBLIC, REPS, actor
from api.openapi import Resource
from api.settings import now
from api.trackers import osmand, owntracks
from api.trackers.schemas import (
    OSMAND_BODY,
    OWNTRACKS_BODY,
    MadeTrackerSchema,
    NewTrackerSchema,
    TakenSchema,
    TrackerSchema,
    TrackersSchema,
)
from api.trackers.taking import take_from
from fieldsales.db.session import insist
from fieldsales.people.queries import require_rep_in_scope
from fieldsales.trackers import queries, service
from fieldsales.trackers.models import Tracker
from fieldsales.tracks.models import Source
from fieldsales.tracks.rules import Point

my_trackers = Resource("my_trackers", __name__, url_prefix="/api/v1/me/trackers", description="My tracking apps")
reps_trackers = Resource("reps_trackers", __name__, url_prefix="/api/v1/reps", description="A rep's tracking apps")
trackers = Resource("trackers", __name__, url_prefix="/api/v1/trackers", description="Tracking apps, and their doors")


@my_trackers.on("POST", "", roles=REPS, takes=NewTrackerSchema, gives=MadeTrackerSchema, status=201, problems=[409])
def add_my_tracker(body: dict[str, Any]) -> dict[str, Any]:
    """Give a tracking app of mine a key, which is told this once"""
    return _add(actor().user_id, body["name"])


@my_trackers.on("GET", "", roles=REPS, gives=TrackersSchema)
def list_my_trackers() -> dict[str, Sequence[Tracker]]:
    """The tracking apps that I have and had"""
    return {"trackers": queries.trackers_of(session(), actor().user_id)}


@reps_trackers.on(
    "POST",
    "/<rep:rep_id>/trackers",
    roles=REPS | BOSSES,
    takes=NewTrackerSchema,
    gives=MadeTrackerSchema,
    status=201,
    problems=[404, 409],
)
def add_tracker(body: dict[str, Any], rep_id: uuid.UUID) -> dict[str, Any]:
    """Give a tracking app of a rep a key, which is told this once"""
    return _add(rep_id, body["name"])


@reps_trackers.on("GET", "/<rep:rep_id>/trackers", roles=EVERYBODY, gives=TrackersSchema, problems=[404])
def list_trackers(rep_id: uuid.UUID) -> dict[str, Sequence[Tracker]]:
    """The tracking apps that a rep has and had"""
    return {"trackers": queries.trackers_of(session(), require_rep_in_scope(session(), actor(), rep_id).id)}


@trackers.on("POST", "/<uuid:tracker_id>/revoke", roles=EVERYBODY, gives=TrackerSchema, problems=[404])
def revoke_tracker(tracker_id: uuid.UUID) -> Tracker:
    """Take a tracking app's key away for good

    Doing it twice changes nothing.
    """
    return service.revoke_tracker(session(), tracker_id, by=actor(), now=now())


@trackers.on(
    "POST",
    "/owntracks",
    roles=PUBLIC,
    documents=OWNTRACKS_BODY,
    media_type="application/json",
    problems=[400, 401, 429],
)
def take_from_owntracks() -> Response:
    """A position from OwnTracks in HTTP mode

    HTTP Basic, with the tracker's key as the password. Answers `[]`, also for what is no `location`: that is not kept.
    What becomes of positions is counted at the tracker.
    """
    _take(owntracks.key_of, owntracks.points_of, Source.OWNTRACKS)
    return Response("[]", mimetype="application/json")


@trackers.on("POST", "/osmand", roles=PUBLIC, documents=OSMAND_BODY, gives=TakenSchema, problems=[400, 401, 429])
def take_from_traccar() -> dict[str, object]:
    """A position from Traccar Client, by the OsmAnd protocol

    As JSON (`device_id` is the key), or with the parameters `id` (the key), `lat`, `lon`, `timestamp`, `speed` in
    knots, `bearing`, `accuracy`, `mock` in the address or as a form.
    """
    return _take(osmand.key_of, osmand.points_of, Source.TRACCAR)


@trackers.on("GET", "/osmand", roles=PUBLIC, gives=TakenSchema, problems=[400, 401, 429])
def take_from_osmand() -> dict[str, object]:
    """A position by the OsmAnd protocol, with its parameters in the address"""
    return _take(osmand.key_of, osmand.points_of, Source.TRACCAR)


def _take(
    key_of: Callable[[Request], str], points_of: Callable[[Request, datetime], list[Point]], source: Source
) -> dict[str, object]:
    key, at = key_of(request), now()
    points = points_of(request, at)
    return insist(db.engine, lambda books: take_from(books, key, points, source, at))


def _add(rep_id: uuid.UUID, name: str) -> dict[str, Any]:
    rep = require_rep_in_scope(session(), actor(), rep_id)
    made = service.add_tracker(session(), rep, name, by=actor(), now=now())
    for_owntracks = {
        "url": url_for("trackers.take_from_owntracks", _external=True),
        "username": rep.login,
        "password": made.key,
    }
    return {
        "tracker": made.tracker,
        "key": made.key,
        "owntracks": for_owntracks | {"link": _owntracks_link(for_owntracks)},
        "traccar": {"url": url_for("trackers.take_from_traccar", _external=True), "device_id": made.key},
    }


def _owntracks_link(entered: dict[str, str]) -> str:
    """Return a link that sets OwnTracks up: https://owntracks.org/booklet/features/remoteconfig/ (mode 3 is HTTP)."""
    configuration = {"_type": "configuration", "mode": 3, "auth": True, **entered, "tid": entered["username"][:2]}
    return "owntracks:///config?inline=" + quote(base64.b64encode(json.dumps(configuration).encode()), safe="=")
