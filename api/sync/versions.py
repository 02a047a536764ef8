"""Telling each app how its version stands, in every answer to a push or a pull."""

from __future__ import annotations

from typing import Any

from flask import Flask, current_app
from marshmallow import Schema, fields

from api.guard import actor
from fieldsales.config import Settings
from sync.versions import Advice, AppPolicy

_KEY = "fieldsales-app-policy"


class AppSchema(Schema):
    """How the version of the app stands. An app that must update is heard all the same."""

    status = fields.Enum(Advice, by_value=True, required=True)
    oldest = fields.String(required=True, allow_none=True)
    advised = fields.String(required=True, allow_none=True)
    mend = fields.String(required=True, allow_none=True)


def install_versions(app: Flask, settings: Settings) -> None:
    """Give an app the policy of its settings. Raises `BadSetting`."""
    app.extensions[_KEY] = AppPolicy(settings.oldest_app, settings.advised_app)


def app_json(app_version: str | None) -> dict[str, Any]:
    """Return what an app of this version is told."""
    policy: AppPolicy = current_app.extensions[_KEY]
    verdict = policy.judge(app_version)
    told = {"status": verdict.status.value, "oldest": verdict.oldest, "advised": verdict.advised}
    return told | {"mend": verdict.mend}


def calling_app_json() -> dict[str, Any]:
    """Return what the calling device's app is told, by the version that it named last."""
    return app_json(actor().app_version)
