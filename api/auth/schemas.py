"""What logging in takes and gives."""

from __future__ import annotations

from marshmallow import Schema, fields

from fieldsales.people.rules import LONGEST_PASSWORD
from sync.wire import Strict, words


class InstallationSchema(Strict):
    """The app as it introduces itself."""

    installation = words(64, required=True, metadata={"example": "c1f7b3d2-8a41-4d3e-9a60-0b8a4f1f6d10"})
    name = words(120, load_default=None, allow_none=True, metadata={"example": "Anna's phone"})
    app_version = words(40, load_default=None, allow_none=True, metadata={"example": "1.4.0"})


class LoginSchema(Strict):
    """Who logs in, with what, on which device."""

    login = words(120, required=True, metadata={"example": "anna"})
    password = words(LONGEST_PASSWORD, required=True, load_only=True, metadata={"format": "password"})
    device = fields.Nested(InstallationSchema, required=True)


class RefreshSchema(Strict):
    """The refresh token of the last answer; it is good once."""

    refresh_token = words(4000, required=True)


class BrowserTokensSchema(Schema):
    """A short-lived access token, to be kept in memory; the browser keeps the rest in a cookie."""

    access_token = fields.String(required=True)
    token_type = fields.String(required=True, metadata={"example": "Bearer"})
    expires_in = fields.Integer(required=True, metadata={"description": "seconds", "example": 900})
    device_id = fields.UUID(required=True)


class TokensSchema(Schema):
    """A short-lived access token for every request, and the refresh token for the next pair."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    token_type = fields.String(required=True, metadata={"example": "Bearer"})
    expires_in = fields.Integer(required=True, metadata={"description": "seconds", "example": 900})
    device_id = fields.UUID(required=True)
