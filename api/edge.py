"""The edge of the house: one transaction for each request, an id for each, and careful headers on each answer."""

from __future__ import annotations

import re
import uuid

from flask import Flask, Response, g, request

from api.afterwards import settle_up, work_off
from api.database import SAFE_METHODS, db
from fieldsales.errors import FieldsalesError

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
}


class Edge(Flask):
    """Flask, with the rule that the edge commits: all that a request wrote, or nothing of it.

    An answer under 400 commits and any other rolls back, but for the few errors that are `durable`. A commit that
    fails is handled like any other error of the view.
    """

    def dispatch_request(self) -> Response:
        """Call the view and end its transaction."""
        try:
            response = self.make_response(super().dispatch_request())
        except FieldsalesError as error:
            _end(keep=error.durable)
            raise
        except Exception:
            _end(keep=False)
            raise
        _end(keep=response.status_code < 400)
        return response


def _end(*, keep: bool) -> None:
    if keep and request.method not in SAFE_METHODS:
        db.session.commit()
        settle_up()
        work_off()
    else:
        db.session.rollback()
        if keep:
            settle_up()


def name_request() -> None:
    """Take the request's id from a proxy that gave it one, or make one."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def add_headers(response: Response) -> Response:
    """Name the request, and say what browsers must not do with the answer, unless the view said so itself."""
    response.headers["X-Request-ID"] = g.get("request_id", "")
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response
