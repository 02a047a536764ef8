"""Answers packed as the client takes them: zstd, else gzip, else as they are."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from flask import Flask, Request, Response, g, request
from werkzeug.datastructures import Accept

from api.faults import NotAcceptable
from api.packing.codings import CODINGS, Effort, pack, pack_pieces

IDENTITY = "identity"
SMALLEST = 1024
"""Bytes below which packing is not worth its while."""
_TYPES = frozenset({"application/json", "application/problem+json", "application/x-ndjson"})
_TEXTS = frozenset({"text/javascript", "text/css", "text/html", "image/svg+xml", "application/geo+json"})
"""Of files; pictures are packed already."""
_NEVER = frozenset({"auth"})
"""Blueprints whose answers carry tokens: how well a secret packs would tell something of it (BREACH)."""


def pack_answers(app: Flask) -> None:
    """Make an app pack its JSON answers; what a view packed itself is left alone."""
    app.before_request(_choose)
    app.after_request(_pack)


def pack_file(response: Response, file: Path) -> None:
    """Put a small file that rarely changes into an answer as the client takes it; what was packed is kept."""
    if coding() == IDENTITY or response.mimetype not in _TEXTS:
        return
    response.close()  # what was opened to be sent as it is
    response.direct_passthrough = False
    response.set_data(_packed(coding(), file, file.stat().st_mtime_ns))
    response.content_encoding = coding()
    response.vary.add("Accept-Encoding")


@lru_cache(maxsize=256)
def _packed(form: str, file: Path, _changed_ns: int) -> bytes:
    return pack(form, file.read_bytes(), Effort.SOME)


def coding() -> str:
    """Return the coding in which the client of the current request wants its answer."""
    found: str = g.get("coding", IDENTITY)
    return found


def best_coding(accepted: Accept) -> str | None:
    """Return the coding that a client likes best, ours among equals; None if it takes nothing that we have.

    Without the header, and unless it says otherwise, a client takes an answer as it is (RFC 9110, 12.5.3).
    """
    wanted = {each: accepted[each] for each in CODINGS}
    wanted[IDENTITY] = accepted[IDENTITY] if accepted.find(IDENTITY) >= 0 else 0.0001
    best = max(wanted, key=wanted.__getitem__)
    return best if wanted[best] > 0 else None


def _choose() -> None:
    """Decide before the view: what it did could not be undone for the sake of a form that we lack."""
    best = best_coding(request.accept_encodings)
    if best is None:
        raise NotAcceptable(
            "The client takes no coding that we have.", mend="Accept zstd, gzip or identity.", supported=list(CODINGS)
        )
    g.coding = best


def _pack(response: Response) -> Response:
    if response.status_code == 415:
        response.headers["Accept-Encoding"] = ", ".join(CODINGS)  # RFC 7694
    if response.mimetype not in _TYPES or request.blueprint in _NEVER:
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code in {204, 304} or response.content_encoding or coding() == IDENTITY:
        return response
    if response.is_streamed:
        response.response = pack_pieces(coding(), response.iter_encoded())
    elif (body := response.get_data()) and (len(body) >= SMALLEST or _refuses_identity(request)):
        response.set_data(pack(coding(), body))
    else:
        return response
    response.content_encoding = coding()
    return response


def _refuses_identity(asked: Request) -> bool:
    return asked.accept_encodings.find(IDENTITY) >= 0 and not asked.accept_encodings[IDENTITY]
