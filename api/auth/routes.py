"""Logging in, staying in, logging out."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from api.auth.schemas import LoginSchema, RefreshSchema, TokensSchema
from api.database import db, session
from api.guard import EVERYBODY, PUBLIC, actor
from api.openapi import Resource
from api.settings import now, settings
from api.tokens import Tokens, issue, token_id
from fieldsales.db.session import reading
from fieldsales.sessions import service
from fieldsales.sessions.service import Installation

auth = Resource("auth", __name__, url_prefix="/api/v1/auth", description="Logging in and out")


@auth.on("POST", "/login", roles=PUBLIC, takes=LoginSchema, gives=TokensSchema, problems=[401, 403, 429])
def log_in(body: dict[str, Any]) -> Tokens:
    """Log in on a device

    Ends the session that the device held before.
    """
    with reading(db.engine) as snapshot:  # checking a password is slow: nobody must wait to write meanwhile
        person_id = service.identify(snapshot, body["login"], body["password"]).id
    app = Installation(**body["device"])
    return issue(service.open_session(session(), person_id, app, lifetime=_lifetime(), now=now()))


@auth.on("POST", "/refresh", roles=PUBLIC, takes=RefreshSchema, gives=TokensSchema, problems=[401])
def refresh(body: dict[str, Any]) -> Tokens:
    """Exchange a refresh token for a new pair

    Each refresh token is good once. Using one a second time ends the session, whoever holds it.
    """
    used = token_id(body["refresh_token"])
    return issue(service.refresh(session(), used, lifetime=_lifetime(), now=now()))


@auth.on("POST", "/logout", roles=EVERYBODY, status=204)
def log_out() -> None:
    """End this session"""
    service.log_out(session(), actor(), now=now())


def _lifetime() -> timedelta:
    return timedelta(days=settings().refresh_token_days)
