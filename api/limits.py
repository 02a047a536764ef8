"""How often logins may be tried; the only module that knows Flask-Limiter."""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, Response, request
from flask_limiter import Limiter, RateLimitExceeded
from flask_limiter.util import get_remote_address

from api.faults import BadJson, TooManyAttempts
from api.payload import parse_json
from api.problems import problem_response
from fieldsales.config import Settings


def limit_logins(app: Flask, settings: Settings, endpoint: str) -> None:
    """Count the tries of one login from one address against `settings.login_rate`, right or wrong."""
    limiter = Limiter(get_remote_address, app=app, storage_uri=settings.limiter_storage)
    limited: Any = limiter.limit(settings.login_rate, key_func=_login_and_address)
    app.view_functions[endpoint] = limited(app.view_functions[endpoint])

    def refuse(_error: RateLimitExceeded) -> Response:
        limit = limiter.current_limit
        wait = max(1, round(limit.reset_at - time.time())) if limit else 60
        error = TooManyAttempts("This login was tried too often.", mend=f"Wait {wait} seconds.", retry_after=wait)
        response = problem_response(error)
        response.headers["Retry-After"] = str(wait)
        return response

    app.register_error_handler(RateLimitExceeded, refuse)


def _login_and_address() -> str:
    try:
        said = parse_json(request.get_data(cache=True))
    except BadJson:
        said = None
    login = said.get("login") if isinstance(said, dict) else None
    return f"{get_remote_address()}:{str(login).strip().lower()[:120]}"
