"""tus 1.0.0 in headers: what clients say, what we answer. https://tus.io/protocols/resumable-upload"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
import uuid
from collections.abc import Callable, Iterable, Iterator
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

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
_LONGEST_METADATA = 4000
_PAIR = re.compile(r"([!-+\--~]+)(?: ([A-Za-z0-9+/=]*))?")
"""A key without spaces and commas, and its value in base64, which may be empty or missing."""


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


def length_of(headers: Headers) -> int:
    """Return how many bytes the whole upload has: known from the announcement, never deferred.

    Raises `BadUploadHeader`.
    """
    if "Upload-Defer-Length" in headers:
        raise BadUploadHeader(
            "The length of a photo cannot be deferred.",
            mend="Send Upload-Length, as in the announcement.",
            header="Upload-Defer-Length",
        )
    return number_of(headers, "Upload-Length")


def metadata_of(headers: Headers) -> tuple[str, uuid.UUID]:
    """Return Upload-Metadata, and its `photo_id`: the photo that `photo.attach` announced. Raises `BadUploadHeader`."""
    told = headers.get("Upload-Metadata", "")
    try:
        if len(told) > _LONGEST_METADATA or not (told.isascii() and told.isprintable()):
            raise ValueError("too long, or not text")
        pairs = [_PAIR.fullmatch(pair.strip(" ")) for pair in told.split(",")]
        found = {pair[1]: base64.b64decode(pair[2] or "", validate=True) for pair in pairs if pair}
        if len(found) != len(pairs):
            raise ValueError("a key that is twice there, or no pair")
        return told, uuid.UUID(found["photo_id"].decode("ascii"))
    except (KeyError, ValueError, binascii.Error) as wrong:
        raise BadUploadHeader(
            "Upload-Metadata does not name a photo.",
            mend="Send “Upload-Metadata: photo_id <base64 of the photo's UUID>”; each key once.",
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
    response.headers["Upload-Expires"] = format_datetime(state.expires_at, usegmt=True)
    return response


def describe(response: Response, state: UploadState) -> Response:
    """Say all that there is to say of an upload: how far, of how much, and what the client called it."""
    tell(response, state).headers["Upload-Length"] = str(state.length)
    if state.told:
        response.headers["Upload-Metadata"] = state.told
    return response


class TusMiddleware:
    """WSGI middleware for what tus asks of every request below a path.

    The method is the one that X-HTTP-Method-Override names, whatever the request line says. Every answer names the
    version, also one that no route gave. The answer to a POST that stands for a HEAD has no body, and says so.
    """

    def __init__(self, app: WSGIApplication, prefix: str) -> None:
        self.app = app
        self.prefix = prefix

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path != self.prefix and not path.startswith(f"{self.prefix}/"):
            return self.app(environ, start_response)
        asked = environ["REQUEST_METHOD"]
        environ["REQUEST_METHOD"] = str(environ.get("HTTP_X_HTTP_METHOD_OVERRIDE") or environ["REQUEST_METHOD"]).upper()

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Callable[[bytes], object]:
            named = [("Tus-Resumable", VERSION)]
            if environ["REQUEST_METHOD"] == "OPTIONS" or status.startswith("412"):
                named.append(("Tus-Version", VERSION))
            if environ["REQUEST_METHOD"] == "HEAD" != asked:
                headers = [each for each in headers if each[0].lower() != "content-length"]
                named.append(("Content-Length", "0"))
            return start_response(status, headers + named, *failure)

        return self.app(environ, start)


def _pieces(request: Request) -> Iterator[bytes]:
    while piece := request.stream.read(_CHUNK):
        yield piece


def _check(body: bytes, promised: str) -> None:
    algorithm, _, text = promised.partition(" ")
    if algorithm not in _ALGORITHMS:
        raise UnknownChecksum(f"“{algorithm[:40]}” is not known.", mend=f"Use one of {', '.join(_ALGORITHMS)}.")
    try:
        digest = base64.b64decode(text, validate=True)
    except ValueError as wrong:  # also what is not ASCII
        raise BadUploadHeader("Upload-Checksum is not base64.", header="Upload-Checksum") from wrong
    if not hmac.compare_digest(hashlib.new(algorithm, body, usedforsecurity=False).digest(), digest):
        raise ChecksumMismatch("The checksum does not fit the bytes.", mend="Send them again.")
