"""tus 1.0.0 in headers: what clients say, what we answer. https://tus.io/protocols/resumable-upload"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import uuid
from collections.abc import Iterable, Iterator
from email.utils import format_datetime
from typing import TYPE_CHECKING

from flask import Request, Response
from werkzeug.datastructures import Headers

from api.faults import WrongContentType
from fieldsales.errors import Invalid
from sync.uploads import UploadState

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

VERSION = "1.0.0"
EXTENSIONS = "creation,creation-with-upload,checksum,expiration,termination"
BYTES = "application/offset+octet-stream"
_ALGORITHMS = ("sha1", "sha256")
_CHUNK = 64 * 1024


class WrongTusVersion(Invalid):
    """The client speaks another version of tus than the one that Tus-Version names."""

    code = "upload.tus_version"
    title = "Another version of tus"
    status = 412


class BadUploadHeader(Invalid):
    """A header that tus needs is missing or cannot be read; the detail names it."""

    code = "upload.bad_header"
    title = "A header of the upload is wrong"
    status = 400


class ChecksumMismatch(Invalid):
    """The bytes of this request were damaged on their way and thrown away. Send them again."""

    code = "upload.checksum_mismatch"
    title = "The bytes were damaged on their way"
    status = 460


class UnknownChecksum(Invalid):
    """The checksum's algorithm is not one that Tus-Checksum-Algorithm names."""

    code = "upload.checksum_unknown"
    title = "The checksum cannot be checked"
    status = 400


def check_version(headers: Headers) -> None:
    """Raise `WrongTusVersion` unless the client speaks ours."""
    if headers.get("Tus-Resumable") != VERSION:
        raise WrongTusVersion("The request is not of tus 1.0.0.", mend=f"Send “Tus-Resumable: {VERSION}”.")


def number_of(headers: Headers, name: str) -> int:
    """Return a header that is a whole number, 0 or more. Raises `BadUploadHeader`."""
    text = headers.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) <= 15):
        raise BadUploadHeader(f"{name} is “{text[:40]}”.", mend="Send a whole number of bytes.", header=name)
    return int(text)


def photo_id_of(headers: Headers) -> uuid.UUID:
    """Return the `photo_id` of Upload-Metadata: the photo that `photo.attach` announced. Raises `BadUploadHeader`."""
    try:
        pairs = (pair.split() for pair in headers.get("Upload-Metadata", "").split(","))
        found = {pair[0]: base64.b64decode(pair[1], validate=True) for pair in pairs if len(pair) == 2}
        return uuid.UUID(found["photo_id"].decode("ascii"))
    except (KeyError, ValueError, binascii.Error) as wrong:
        raise BadUploadHeader(
            "Upload-Metadata does not name a photo.",
            mend="Send “Upload-Metadata: photo_id <base64 of the photo's UUID>”.",
            header="Upload-Metadata",
        ) from wrong


def bytes_of(request: Request, most_bytes: int) -> Iterable[bytes]:
    """Return the body in pieces, all of it first checked when the client sent a checksum.

    Raises `WrongContentType`, `ChecksumMismatch`, `UnknownChecksum`, `BadUploadHeader`.
    """
    if request.mimetype != BYTES:
        raise WrongContentType(f"The body's type is “{request.mimetype}”.", mend=f"Send “Content-Type: {BYTES}”.")
    request.max_content_length = most_bytes
    promised = request.headers.get("Upload-Checksum")
    if promised is None:
        return _pieces(request)
    body = request.get_data(cache=False)
    _check(body, promised)
    return [body]


def tell(response: Response, state: UploadState) -> Response:
    """Say in an answer's headers how far an upload is."""
    response.headers["Upload-Offset"] = str(state.offset)
    if not state.complete:
        response.headers["Upload-Expires"] = format_datetime(state.expires_at, usegmt=True)
    return response


class MethodOverride:
    """WSGI middleware: tus lets clients that can only POST name the method in X-HTTP-Method-Override."""

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        method = environ.get("HTTP_X_HTTP_METHOD_OVERRIDE", "").upper()
        here = environ["REQUEST_METHOD"] == "POST" and environ.get("PATH_INFO", "").startswith(self.prefix)
        if here and method in {"PATCH", "DELETE", "HEAD"}:
            environ["REQUEST_METHOD"] = method
        return self.app(environ, start_response)


def _pieces(request: Request) -> Iterator[bytes]:
    while piece := request.stream.read(_CHUNK):
        yield piece


def _check(body: bytes, promised: str) -> None:
    algorithm, _, text = promised.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise UnknownChecksum(f"“{algorithm[:40]}” is not known.", mend=f"Use one of {', '.join(_ALGORITHMS)}.")
    try:
        digest = base64.b64decode(text, validate=True)
    except binascii.Error as wrong:
        raise BadUploadHeader("Upload-Checksum is not base64.", header="Upload-Checksum") from wrong
    if not hmac.compare_digest(hashlib.new(algorithm, body, usedforsecurity=False).digest(), digest):
        raise ChecksumMismatch("The checksum does not fit the bytes.", mend="Send them again.")
