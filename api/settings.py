"""The settings and the clock that the app was composed with."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, current_app

from fieldsales.clock import Clock
from fieldsales.config import Settings

_SETTINGS, _CLOCK = "fieldsales-settings", "fieldsales-clock"


def furnish(app: Flask, given: Settings, clock: Clock) -> None:
    """Give an app the settings and the clock that its routes go by."""
    app.extensions[_SETTINGS] = given
    app.extensions[_CLOCK] = clock


def settings() -> Settings:
    """Return the settings of the current app."""
    found: Settings = current_app.extensions[_SETTINGS]
    return found


def clock() -> Clock:
    """Return the clock of the current app, for what outlives a request."""
    found: Clock = current_app.extensions[_CLOCK]
    return found


def now() -> datetime:
    """Return the moment of the current request."""
    return clock()()
