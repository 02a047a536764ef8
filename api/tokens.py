"""Access and refresh tokens as signed JWTs; the only module that knows their form."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask import Flask, Response, current_app, request
from flask_jwt_extended import (
    JWTManager,
    create_access_token,
    create_refresh_token,
    decode_token,
    get_jwt,
    verify_jwt_in_request,
)

from api.faults import TokenExpired, TokenInvalid, TokenMissing
from api.problems import problem_response
from fieldsales.config import Settings
from fieldsales.errors import BadSetting
from fieldsales.sessions.service import Grant

SHORTEST_SECRET = 32
MOST_REMEMBERED = 10_000
_CHECKED = "fieldsales_checked_tokens"


@dataclass(frozen=True, slots=True)
class Claims:
    """What an access token says: who, on which device, in which session."""

    user_id: uuid.UUID
    device_id: uuid.UUID
    family_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class SpentToken:
    """What a token of ours says that need not be good any more: an access token names the device, the other itself."""

    user_id: uuid.UUID
    device_id: uuid.UUID | None = None
    token_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """A pair as it is handed out. `expires_in` is the life of the access token in seconds."""

    access_token: str
    refresh_token: str
    expires_in: int
    device_id: uuid.UUID
    token_type: str = "Bearer"  # noqa: S105 -- RFC 6750's word


def install_tokens(app: Flask, settings: Settings) -> None:
    """Teach an app to sign and check tokens. Raises `BadSetting` unless the secret is long enough."""
    if len(settings.secret_key) < SHORTEST_SECRET:
        raise BadSetting(
            f"FIELDSALES_SECRET_KEY has {len(settings.secret_key)} characters.",
            mend=f"Set it to at least {SHORTEST_SECRET} random ones, e.g. from: openssl rand -hex 32",
            setting="secret_key",
        )
    app.config.update(
        JWT_SECRET_KEY=settings.secret_key,
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(minutes=settings.access_token_minutes),
        JWT_REFRESH_TOKEN_EXPIRES=timedelta(days=settings.refresh_token_days),
        JWT_TOKEN_LOCATION=["headers"],
    )
    app.extensions[_CHECKED] = {}
    manager = JWTManager(app)
    manager.unauthorized_loader(lambda why: _missing())
    manager.invalid_token_loader(lambda why: _invalid())
    manager.expired_token_loader(lambda header, claims: _expired())


def issue(grant: Grant) -> Tokens:
    """Return the tokens of a place in a session."""
    claims = {"dev": str(grant.device_id), "fam": str(grant.family_id)}
    access = create_access_token(str(grant.user_id), additional_claims=claims)
    renew = create_refresh_token(str(grant.user_id), additional_claims={"jti": str(grant.token_id)})
    life: timedelta = current_app.config["JWT_ACCESS_TOKEN_EXPIRES"]
    return Tokens(access, renew, int(life.total_seconds()), grant.device_id)


def claims_of_request() -> Claims:
    """Return what the request's access token says; errors leave by the handlers of `install_tokens`.

    A token that was checked is remembered until its time is up: checking one costs as much as a small batch. Whether
    its session still lives is asked each time, elsewhere.
    """
    header = request.headers.get("Authorization", "")
    checked: dict[str, tuple[float, Claims]] = current_app.extensions[_CHECKED]
    until, claims = checked.get(header, (0.0, None))
    if claims is not None and time.time() < until:
        return claims
    verify_jwt_in_request()
    said = get_jwt()
    claims = Claims(_uuid(said, "sub"), _uuid(said, "dev"), _uuid(said, "fam"))
    if len(checked) >= MOST_REMEMBERED:
        checked.clear()
    checked[header] = float(said["exp"]), claims
    return claims


def token_id(refresh_token: str) -> uuid.UUID:
    """Return which refresh token this is. Raises `TokenInvalid`; what is not signed by us leaves the same way."""
    said = decode_token(refresh_token)
    if said["type"] != "refresh":
        raise TokenInvalid("This is an access token.", mend="Send the refresh token.")
    return _uuid(said, "jti")


def spent_token_of_request() -> SpentToken:
    """Return what the request's token says, be it an access or a refresh token, expired or of a session long ended.

    Raises `TokenMissing`; what is not signed by us leaves by the handlers of `install_tokens`.
    """
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise TokenMissing("No token was sent.", mend="Send “Authorization: Bearer …”.")
    said = decode_token(token.strip(), allow_expired=True)
    if said["type"] == "refresh":
        return SpentToken(_uuid(said, "sub"), token_id=_uuid(said, "jti"))
    return SpentToken(_uuid(said, "sub"), device_id=_uuid(said, "dev"))


def _uuid(said: dict[str, Any], claim: str) -> uuid.UUID:
    try:
        return uuid.UUID(said[claim])
    except (KeyError, ValueError, TypeError, AttributeError) as wrong:
        raise TokenInvalid("This token does not name a session.", mend="Log in again.") from wrong


def _missing() -> Response:
    return problem_response(TokenMissing("No access token was sent.", mend="Send “Authorization: Bearer …”."))


def _invalid() -> Response:
    return problem_response(TokenInvalid("This token was not made by this server.", mend="Log in again."))


def _expired() -> Response:
    return problem_response(TokenExpired("This token is past its time.", mend="Refresh it, or log in again."))
