"""A rep's day as it was driven. Whoever looks at somebody else's is written down."""

from __future__ import annotations

import json
import uuid
from datetime import date

from flask import Response

from api.database import session
from api.guard import EVERYBODY, actor
from api.looks import note_looks_at
from api.openapi import Resource
from fieldsales.accesses.rules import Way
from fieldsales.outings.queries import Outing, outing
from fieldsales.outings.rules import as_geojson, as_gpx
from fieldsales.people.queries import require_rep_in_scope

outings = Resource("outings", __name__, url_prefix="/api/v1/reps", description="A rep's day as it was")
GEOJSON, GPX = "application/geo+json", "application/gpx+xml"


@outings.on("GET", "/<rep:rep_id>/days/<day:day>/driven.geojson", roles=EVERYBODY, media_type=GEOJSON, problems=[404])
def read_driven_geojson(rep_id: uuid.UUID, day: date) -> Response:
    """A rep's day as it was, as GeoJSON

    Each `visit` and each `stay` of which no visit was told, with its number, duration and the gap since the one
    before; and the `track`.
    """
    found = _outing(rep_id, day, Way.DRIVEN_GEOJSON)
    return Response(json.dumps(as_geojson(found.halts, found.track)), mimetype=GEOJSON)


@outings.on("GET", "/<rep:rep_id>/days/<day:day>/driven.gpx", roles=EVERYBODY, media_type=GPX, problems=[404])
def read_driven_gpx(rep_id: uuid.UUID, day: date) -> Response:
    """A rep's day as it was, as GPX 1.1"""
    found = _outing(rep_id, day, Way.DRIVEN_GPX)
    told = Response(as_gpx(f"{found.rep} {day}", found.halts, found.track), mimetype=GPX)
    told.headers["Content-Disposition"] = f'attachment; filename="driven-{day}.gpx"'
    return told


def _outing(rep_id: uuid.UUID, day: date, way: Way) -> Outing:
    found = outing(session(), require_rep_in_scope(session(), actor(), rep_id), day)
    note_looks_at([rep_id], day, way)
    return found
