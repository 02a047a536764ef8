"""Photo bytes by tus 1.0.0: begun, sent in pieces, resumed where they stopped."""

from __future__ import annotations

import uuid

from flask import Flask, Response, current_app, request, url_for

from api.database import db
from api.guard import EVERYBODY, PUBLIC, actor
from api.openapi import Resource
from api.settings import now, settings
from api.sync import tus
from fieldsales.storage import open_storage
from sync.files import Files

PREFIX = "/sync/v1/files"
_EXTENSION = "fieldsales-files"
uploads = Resource("files", __name__, url_prefix=PREFIX, description="Photo bytes, by tus 1.0.0")


def receive_files(app: Flask) -> None:
    """Let an app receive files; the store is opened when the first one comes."""
    app.wsgi_app = tus.TusMiddleware(app.wsgi_app, PREFIX)  # type: ignore[method-assign]


def files() -> Files:
    """Return the uploads of this app."""
    if _EXTENSION not in current_app.extensions:
        data_dir = settings().data_dir.absolute()
        current_app.extensions[_EXTENSION] = Files(
            db.engine,
            open_storage(settings().photo_store, data_dir),
            data_dir / "uploads",
            _most_bytes(),
        )
    found: Files = current_app.extensions[_EXTENSION]
    return found


def speak_tus() -> None:
    """Refuse other versions of tus, as it demands, before anything is done."""
    if request.method != "OPTIONS":
        tus.check_version(request.headers)


uploads.before_request(speak_tus)


@uploads.on("OPTIONS", "", roles=PUBLIC, status=204)
def describe() -> Response:
    """What this server can do"""
    response = Response(status=204)
    response.headers["Tus-Extension"] = tus.EXTENSIONS
    response.headers["Tus-Max-Size"] = str(_most_bytes())
    response.headers["Tus-Checksum-Algorithm"] = "sha1,sha256"
    return response


@uploads.on("POST", "", roles=EVERYBODY, status=201, problems=[400, 404, 412, 413, 415, 422])
def create_upload() -> Response:
    """Begin an upload

    Upload-Length, and `photo_id` in Upload-Metadata: the photo that a `photo.attach` mutation announced. The first
    bytes may come along. If the server has these bytes already, the upload is complete at once.
    """
    length, (told, photo_id) = tus.length_of(request.headers), tus.metadata_of(request.headers)
    begun = bool(request.content_length) or request.mimetype == tus.BYTES
    chunks = tus.bytes_of(request, _most_bytes()) if begun else ()
    state = files().create(actor().user_id, photo_id, length, now(), told)
    if begun and not state.complete:
        state = files().append(actor().user_id, state.id, 0, chunks, now())
    response = tus.tell(Response(status=201), state)
    response.headers["Location"] = url_for("files.append_bytes", upload_id=state.id)
    return response


@uploads.on("HEAD", "/<uuid:upload_id>", roles=EVERYBODY, status=200, problems=[404, 412])
def read_offset(upload_id: uuid.UUID) -> Response:
    """How far an upload is"""
    return tus.describe(Response(status=200), files().status(actor().user_id, upload_id, now()))


@uploads.on("PATCH", "/<uuid:upload_id>", roles=EVERYBODY, status=204, problems=[400, 404, 409, 412, 413, 415, 422])
def append_bytes(upload_id: uuid.UUID) -> Response:
    """Send the next bytes, from Upload-Offset on"""
    offset = tus.number_of(request.headers, "Upload-Offset")
    chunks = tus.bytes_of(request, _most_bytes())
    return tus.tell(Response(status=204), files().append(actor().user_id, upload_id, offset, chunks, now()))


@uploads.on("DELETE", "/<uuid:upload_id>", roles=EVERYBODY, status=204, problems=[404, 412])
def end_upload(upload_id: uuid.UUID) -> None:
    """Throw an unfinished upload away"""
    files().terminate(actor().user_id, upload_id, now())


def _most_bytes() -> int:
    return settings().max_upload_mb * 1024 * 1024
