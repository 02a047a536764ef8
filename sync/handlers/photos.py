"""Photos: announced here, their bytes follow by resumable upload (`sync/files.py`)."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from fieldsales.visits import service
from sync.handlers.context import Applied, Context, Handler, NotHereYet
from sync.pictures import CONTENT_TYPES
from sync.wire import Strict, moment, whole, words

LARGEST = 2**31


class AttachSchema(Strict):
    """`photo.attach`, version 1. `sha256` is of the bytes that will follow, in lower-case hex."""

    photo_id = fields.UUID(required=True)
    visit_id = fields.UUID(required=True)
    kind = words(32, required=True)
    sha256 = fields.String(required=True, validate=validate.Regexp(r"^[0-9a-f]{64}\Z"))
    size_bytes = whole(1, LARGEST, required=True)
    content_type = fields.String(required=True, validate=validate.OneOf(sorted(CONTENT_TYPES)))
    taken_at = moment(required=True)


def _attach(context: Context, data: dict[str, Any]) -> Applied:
    visit_id = data.pop("visit_id")
    picture = service.Picture(**data | {"taken_at": context.corrected(data["taken_at"]), "flags": context.clock_flags})
    try:
        photo = service.attach_photo(context.session, visit_id, context.rep_id, picture)
    except service.VisitUnknown as unknown:
        raise NotHereYet("visit", visit_id) from unknown
    result = {
        "photo_id": str(photo.id),
        "visit_id": str(photo.visit_id),
        "bytes_needed": photo.stored_at is None,
    }
    return Applied(result, tuple(photo.flags))


ATTACH = Handler(AttachSchema(), ("photo", "photo_id"), _attach)
