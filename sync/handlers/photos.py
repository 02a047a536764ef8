"""Photos: announced here, their bytes follow by resumable upload (`sync/files.py`)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from fieldsales.db.desk import Desk
from fieldsales.integrity.service import Arrival, mark_due
from fieldsales.visits import service
from fieldsales.visits.queries import Bytes, photos, photos_of_digests, safe_since, visits_to_change
from sync.handlers.context import Applied, Context, Foreseen, Handler, NotHereYet
from sync.pictures import CONTENT_TYPES
from sync.wire import Strict, moment, whole, words

LARGEST = 2**31


class AttachSchema(Strict):
    """`photo.attach`, version 1. `sha256` is of the bytes that will follow, in lower-case hex."""

    photo_id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    kind = words(32, required=True)
    sha256 = fields.String(required=True, validate=[validate.Length(equal=64), validate.Regexp(r"^[0-9a-f]{64}$")])
    size_bytes = whole(1, LARGEST, required=True)
    content_type = fields.String(required=True, validate=validate.OneOf(sorted(CONTENT_TYPES)))
    taken_at = moment(required=True)


def _attach(context: Context, data: dict[str, Any]) -> Applied:
    told = {key: value for key, value in data.items() if key != "visit_id"}
    picture = service.Picture(**told | {"taken_at": context.corrected(data["taken_at"]), "flags": context.clock_flags})
    visit_id = data["visit_id"]
    try:
        photo = service.attach_photo(context.session, visit_id, context.rep_id, picture, context.desk)
    except service.VisitUnknown as unknown:
        raise NotHereYet("visit", visit_id) from unknown
    context.desk.note(mark_due, Arrival(photo.visit_id, context.received_at))
    result = {
        "photo_id": str(photo.id),
        "visit_id": str(photo.visit_id),
        "bytes_needed": photo.stored_at is None,
    }
    return Applied(result, tuple(photo.flags))


def _foresee(desk: Desk, coming: Sequence[Foreseen]) -> None:
    desk.lay_out(visits_to_change, [each.data["visit_id"] for each in coming])
    desk.lay_out(photos, [each.data["photo_id"] for each in coming])
    desk.lay_out(photos_of_digests, [each.data["sha256"] for each in coming])
    facts = ("sha256", "size_bytes", "content_type")
    desk.lay_out(safe_since, [Bytes(each.rep_id, *(each.data[fact] for fact in facts)) for each in coming])


ATTACH = Handler(AttachSchema(), ("photo", "photo_id"), _attach, _foresee)
