"""Logging in from a browser: the refresh token stays in a cookie that no script can read.

The cookie is sent to these routes only, and only by pages of this server (`SameSite=Strict`); a browser that says
that a request comes from elsewhere is refused besides. Access tokens live in the page's memory. So there is nothing
for a forged request to ride on, and nothing to steal from the page's storage.
"""

from __future__ import annotations

from typing import Any

from flask import Response, after_this_request, current_app, request

from api.auth.routes import auth, log_in, refresh
from api.auth.schemas import BrowserTokensSchema, LoginSchema
from api.database import session
from api.faults import CrossSite, TokenMissing
from api.guard import EVERYBODY, PUBLIC, actor
from api.settings import now
from api.tokens import Tokens
from fieldsales.sessions import service

COOKIE = "fieldsales_refresh"
PATH = "/api/v1/auth/browser"


@auth.on("POST", "/browser/login", roles=PUBLIC, takes=LoginSchema, gives=BrowserTokensSchema, problems=[401, 403, 429])
def log_in_browser(body: dict[str, Any]) -> Tokens:
    """Log in from a browser

    As `/login`, but the refresh token is put into a cookie that scripts cannot read.
    """
    _check_same_site()
    return _keep(log_in(body))


@auth.on("POST", "/browser/refresh", roles=PUBLIC, gives=BrowserTokensSchema, problems=[401, 403])
def refresh_browser() -> Tokens:
    """Get a new access token for the cookie's refresh token, which is replaced"""
    _check_same_site()
    held = request.cookies.get(COOKIE)
    if not held:
        raise TokenMissing("This browser is not logged in.", mend="Log in.")
    return _keep(refresh({"refresh_token": held}))


@auth.on("POST", "/browser/logout", roles=EVERYBODY, status=204)
def log_out_browser() -> None:
    """End this session and forget the cookie"""
    service.log_out(session(), actor(), now=now())

    @after_this_request
    def forget(answer: Response) -> Response:
        answer.delete_cookie(COOKIE, path=PATH, httponly=True, samesite="Strict", secure=request.is_secure)
        return answer


def _check_same_site() -> None:
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise CrossSite("This request comes from another site's page.", mend="Open the console at this server.")


def _keep(tokens: Tokens) -> Tokens:
    @after_this_request
    def keep(answer: Response) -> Response:
        life = int(current_app.config["JWT_REFRESH_TOKEN_EXPIRES"].total_seconds())
        answer.set_cookie(
            COOKIE,
            tokens.refresh_token,
            max_age=life,
            path=PATH,
            httponly=True,
            samesite="Strict",
            secure=request.is_secure,
        )
        return answer

    return tokens
