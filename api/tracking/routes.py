"""A rep and being tracked: what is kept and why, who looked, all of it as a file, and its erasure."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Iterator
from typing import Any, BinaryIO

from flask import Response

from api.database import session
from api.guard import BOSSES, EVERYBODY, REPS, actor
from api.looks import note_looks_at
from api.openapi import Resource
from api.settings import now
from api.tracking.schemas import (
    ErasedSchema,
    EraseSchema,
    LookPageSchema,
    LooksQuery,
    TrackingAnswerSchema,
    TrackingSchema,
)
from fieldsales.accesses.queries import Look, looks_at
from fieldsales.accesses.rules import Way
from fieldsales.clock import local_day
from fieldsales.db.paging import Page
from fieldsales.disclosures.queries import TrackingOf, tracking_of, write_disclosure
from fieldsales.people.queries import require_person_in_scope, require_rep_in_scope
from fieldsales.privacy.queries import zone_of
from fieldsales.privacy.service import answer
from fieldsales.tracks.service import erase_person

my_tracking = Resource("my_tracking", __name__, url_prefix="/api/v1/me/tracking", description="Being tracked")
tracking = Resource("tracking", __name__, url_prefix="/api/v1/reps", description="What is kept of a rep's positions")
REP_OR_BOSS = REPS | BOSSES
ZIP = "application/zip"
_BLOCK = 64 * 1024


@my_tracking.on("GET", "", roles=REPS, gives=TrackingSchema)
def read_my_tracking() -> TrackingOf:
    """Whether I am tracked, when, for how long that is kept, and the text that I am asked to agree to"""
    return tracking_of(session(), require_rep_in_scope(session(), actor(), actor().user_id), now())


@my_tracking.on("PUT", "", roles=REPS, takes=TrackingAnswerSchema, gives=TrackingSchema, problems=[409, 422])
def answer_about_tracking(body: dict[str, Any]) -> TrackingOf:
    """Agree to being tracked, or take that back

    To agree, name the `version` of the text. Taken back, no position is stored from then on, those neither that the
    phone still holds; visits go on. What was stored before stays until it is erased.
    """
    rep = require_rep_in_scope(session(), actor(), actor().user_id)
    answer(session(), rep, **body, at=now(), now=now())
    return tracking_of(session(), rep, now())


@tracking.on("GET", "/<rep:rep_id>/tracking", roles=EVERYBODY, gives=TrackingSchema, problems=[404])
def read_tracking(rep_id: uuid.UUID) -> TrackingOf:
    """Whether a rep is tracked, and how much is stored"""
    return tracking_of(session(), require_rep_in_scope(session(), actor(), rep_id), now())


@tracking.on(
    "GET",
    "/<rep:rep_id>/tracking/accesses",
    roles=REP_OR_BOSS,
    query=LooksQuery,
    gives=LookPageSchema,
    problems=[404],
)
def read_accesses(query: dict[str, Any], rep_id: uuid.UUID) -> Page[Look]:
    """Who looked at a rep's positions: whose day, when, by which route; the last look first"""
    require_person_in_scope(session(), actor(), rep_id)
    return looks_at(session(), rep_id, query["page"])


@tracking.on("GET", "/<rep:rep_id>/tracking/export.zip", roles=REP_OR_BOSS, media_type=ZIP, problems=[404])
def export_tracking(rep_id: uuid.UUID) -> Response:
    """All that is stored of where a rep was, as one file

    Positions as CSV, GeoJSON and GPX, the consents with their texts, who looked, the trackers (GDPR, Art. 15 and 20).
    Of people who were switched off too.
    """
    rep = require_person_in_scope(session(), actor(), rep_id)
    note_looks_at([rep_id], local_day(now(), zone_of(rep)), Way.EXPORT)
    file = tempfile.TemporaryFile()  # noqa: SIM115 -- closed with the answer
    try:
        write_disclosure(session(), rep, file, now())
    except BaseException:
        file.close()
        raise
    file.seek(0)
    told = Response(_blocks(file), mimetype=ZIP)
    told.headers["Content-Disposition"] = f'attachment; filename="tracking-{rep.login}.zip"'
    told.call_on_close(file.close)
    return told


@tracking.on(
    "POST",
    "/<rep:rep_id>/tracking/erase",
    roles=BOSSES,
    takes=EraseSchema,
    gives=ErasedSchema,
    problems=[404, 422],
)
def erase_tracking(body: dict[str, Any], rep_id: uuid.UUID) -> dict[str, Any]:
    """Erase the positions of a rep's tracks, for a reason (GDPR, Art. 17)

    Consents, who looked, and visits with their check-ins stay. With `dry_run` it only says how many there are.
    """
    rep = require_person_in_scope(session(), actor(), rep_id)
    return {"points": erase_person(session(), rep, **body, by=actor(), now=now()), "dry_run": body["dry_run"]}


def _blocks(file: BinaryIO) -> Iterator[bytes]:
    while block := file.read(_BLOCK):
        yield block
