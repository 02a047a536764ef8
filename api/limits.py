"""How often logins may be tried, work handed in and positions sent; the only module that knows Flask-Limiter."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address
from limits import parse_many
from limits.errors import ConfigurationError
from limits.storage import storage_from_string

from api.faults import TooManyAttempts
from api.guard import actor
from api.packing.bodies import body_of
from api.payload import parse_json
from api.problems import problem_response
from api.tokens import spent_token_of_request
from api.trackers import osmand, owntracks
from fieldsales.config import Settings
from fieldsales.errors import BadSetting, FieldsalesError, Invalid
from fieldsales.trackers.rules import hashed


def limit_guesses(
    app: Flask,
    settings: Settings,
    *,
    logging_in: tuple[str, ...],
    changing: str,
    handing_in: str,
    tracking: tuple[str, ...],
) -> None:
    """Count the tries of a password against `settings.login_rate`, right or wrong, and what is handed in.

    `logging_in` are the endpoints where one logs in, counted together for each login and address, `changing` where one
    changes the own password, counted for each person. `handing_in` is open to whoever is locked out, and counted for
    each person against `settings.hand_in_rate`. `tracking` are the doors of tracking apps, counted together for each
    key against `settings.tracker_rate`.
    """
    _check(settings)
    limiter = Limiter(get_remote_address, app=app, storage_uri=settings.limiter_storage)
    limited_ones = frozenset({*logging_in, changing, handing_in, *tracking})
    limiter.request_filter(lambda: request.endpoint not in limited_ones)  # else it ponders every request
    for endpoint in logging_in:
        counted: Any = limiter.shared_limit(settings.login_rate, scope="log in", key_func=_login_and_address)
        app.view_functions[endpoint] = counted(app.view_functions[endpoint])
    for endpoint in tracking:
        sent: Any = limiter.shared_limit(settings.tracker_rate, scope="track", key_func=_key_of_tracker)
        app.view_functions[endpoint] = sent(app.view_functions[endpoint])
    for endpoint, rate, key in (
        (changing, settings.login_rate, _person),
        (handing_in, settings.hand_in_rate, _locked_out_person),
    ):
        limited: Any = limiter.limit(rate, key_func=key)
        app.view_functions[endpoint] = limited(app.view_functions[endpoint])

    def refuse(_error: RateLimitExceeded) -> Response:
        limit = limiter.current_limit
        wait = max(1, round(limit.reset_at - time.time())) if limit else 60
        error = TooManyAttempts("This was tried too often.", mend=f"Wait {wait} seconds.", retry_after=wait)
        response = problem_response(error)
        response.headers["Retry-After"] = str(wait)
        return response

    app.register_error_handler(RateLimitExceeded, refuse)


def _check(settings: Settings) -> None:
    for name in ("login_rate", "hand_in_rate", "tracker_rate"):
        rate = getattr(settings, name)
        try:
            parse_many(rate)
        except ValueError as wrong:
            raise _bad(name, rate, "Write, for example: 5 per minute; 50 per hour") from wrong
    try:
        storage_from_string(settings.limiter_storage)
    except ConfigurationError as wrong:
        raise _bad("limiter_storage", settings.limiter_storage, "Use memory:// or redis://host:port") from wrong


def _bad(name: str, value: str, mend: str) -> BadSetting:
    return BadSetting(f"FIELDSALES_{name.upper()} is “{value}”, which cannot be used.", mend=mend, setting=name)


def _person() -> str:
    return str(actor().user_id)


def _locked_out_person() -> str:
    return str(spent_token_of_request().user_id)


def _key_of_tracker() -> str:
    """Return what stands for a key: not the key itself, which would lie in the storage of the limits."""
    try:
        return hashed((owntracks if request.authorization else osmand).key_of(request))
    except FieldsalesError:
        return str(get_remote_address())


def _login_and_address() -> str:
    try:
        said = parse_json(body_of(request))
    except Invalid:
        said = None
    login = said.get("login") if isinstance(said, dict) else None
    return f"{get_remote_address()}:{str(login).strip().lower()[:120]}"
