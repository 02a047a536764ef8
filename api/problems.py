"""The one place where errors become `application/problem+json` (RFC 9457)."""

from __future__ import annotations

import json
import logging
from typing import Any, cast

from flask import Flask, Response, g, has_request_context, request
from sqlalchemy.exc import DatabaseError, IntegrityError
from sqlalchemy.orm.exc import StaleDataError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.exceptions import MethodNotAllowed as WrongMethod

from api import faults
from fieldsales.db.session import explain_outage
from fieldsales.errors import Conflict, FieldsalesError, Unavailable

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger("fieldsales.api")


def handle_problems(app: Flask) -> None:
    """Make every error of an app leave as a problem."""
    app.register_error_handler(FieldsalesError, _of_ours)
    app.register_error_handler(HTTPException, _of_http)
    app.register_error_handler(StaleDataError, _of_stale_data)
    app.register_error_handler(DatabaseError, _of_database)
    app.register_error_handler(Exception, _of_surprise)


def problem_response(error: FieldsalesError, *, status: int | None = None) -> Response:
    """Return an error as a response: its code, what went wrong, how to mend it, and its facts."""
    status = status or error.status
    body: dict[str, Any] = error.facts | {
        "type": f"/docs/errors#{error.code}",
        "title": error.title,
        "status": status,
        "detail": error.detail,
        "code": error.code,
        "request_id": _request_id(),
    }
    if error.mend:
        body["mend"] = error.mend
    response = Response(json.dumps(body, default=str), status, mimetype=MEDIA_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="fieldsales"'
    if isinstance(error, Unavailable):
        response.headers["Retry-After"] = "5"
    return response


def _of_ours(error: FieldsalesError) -> Response:
    if error.status >= 500:
        _log.error("%s %s: %s [%s]", request.method, request.path, error, _request_id(), exc_info=error)
    return problem_response(error)


def _of_http(error: HTTPException) -> Response:
    if error.response is not None or error.code is None or error.code < 400:
        return cast(Response, Response.force_type(error.get_response(), request.environ))
    response = problem_response(_named(error), status=error.code)
    if isinstance(error, WrongMethod):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _named(error: HTTPException) -> FieldsalesError:
    where = f"{request.method} {request.path}"
    if error.code == 404:
        return faults.RouteNotFound(f"{where} leads nowhere.", mend="/docs lists all addresses.")
    if error.code == 405:
        return faults.MethodNotAllowed(f"{where} is not offered.", mend="Use a method that the Allow header names.")
    if isinstance(error, RequestEntityTooLarge):
        return faults.BodyTooLarge("The body is larger than this server takes.", mend="Send less at a time.")
    if error.code == 400:
        return faults.BadRequest(str(error.description))
    if error.code is not None and error.code >= 500:
        return _surprise()
    return faults.RequestRefused(str(error.description))


def _of_stale_data(error: StaleDataError) -> Response:
    return problem_response(
        faults.ChangedMeanwhile("Somebody else changed this at the same moment.", mend="Read it again, then repeat.")
    )


def _of_database(error: DatabaseError) -> Response:
    if isinstance(error, IntegrityError):
        _log.info("%s %s: %s [%s]", request.method, request.path, error.orig, _request_id())
        return problem_response(
            Conflict("What was sent stands against what is stored.", mend="Read it again; it may be there already.")
        )
    told = explain_outage(error)
    return _of_surprise(error) if told is None else _of_ours(told)


def _of_surprise(error: Exception) -> Response:
    _log.error("%s %s failed [%s]", request.method, request.path, _request_id(), exc_info=error)
    return problem_response(_surprise())


def _surprise() -> FieldsalesError:
    return faults.Unexpected("Something went wrong on our side.", mend="It was logged; quote the request_id.")


def _request_id() -> str:
    return str(g.get("request_id", "")) if has_request_context() else ""
