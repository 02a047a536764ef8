"""Bodies of requests, unpacked: gzip or zstd, never further than the server takes."""

from __future__ import annotations

from collections.abc import Iterator

from flask import Request

from api.faults import BodyTooLarge, BrokenEncoding, InflatesTooFar, UnknownEncoding
from api.packing.codings import CODINGS, Broken, inflated

LARGEST_RATIO = 100
"""How many bytes each packed byte may give. A day's mutations come to about 10."""
FREE_BYTES = 64 * 1024
"""What a body may inflate to before the ratio counts: a short text may repeat itself."""
_PIECE = 64 * 1024
_UNPACKED = "fieldsales.unpacked"


def body_of(request: Request) -> bytes:
    """Return a request's body, unpacked by its Content-Encoding; asked again, the same.

    Raises `UnknownEncoding`, `BrokenEncoding`, `InflatesTooFar`, `BodyTooLarge`.
    """
    coding = _coding(request)
    if coding is None:
        return request.get_data(cache=True)
    if _UNPACKED not in request.environ:
        request.environ[_UNPACKED] = _unpack(request, coding)
    found: bytes = request.environ[_UNPACKED]
    return found


def _coding(request: Request) -> str | None:
    told = (request.content_encoding or "identity").strip().lower()
    coding = {"x-gzip": "gzip"}.get(told, told)  # RFC 9110, 8.4.1.3
    if coding == "identity":
        return None
    if coding not in CODINGS:
        raise UnknownEncoding(
            f"The body is packed as “{told[:60]}”.",
            mend=f"Pack it once, as {' or '.join(CODINGS)}, or send it as it is.",
            supported=list(CODINGS),
        )
    return coding


def _unpack(request: Request, coding: str) -> bytes:
    most = request.max_content_length or 0
    whole = bytearray()
    try:
        for taken, gave in inflated(coding, _pieces(request)):
            whole += gave
            if len(whole) > most:
                raise BodyTooLarge(f"The body inflates to more than {most} bytes.", mend="Send less at a time.")
            if len(whole) > FREE_BYTES + LARGEST_RATIO * taken:
                raise InflatesTooFar(
                    f"The body inflates to more than {LARGEST_RATIO} times its size.",
                    mend="Send it as it is, or less at a time.",
                )
    except Broken as wrong:
        raise BrokenEncoding(f"The body is not {coding}: {wrong}.", mend="Pack it anew, as one frame.") from wrong
    return bytes(whole)


def _pieces(request: Request) -> Iterator[bytes]:
    while piece := request.stream.read(_PIECE):
        yield piece
