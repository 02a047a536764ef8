"""Parts of addresses that are more than text: a day, and a rep who may be called `me`."""

from __future__ import annotations

import uuid
from datetime import date

from flask import Flask, g, request
from werkzeug.routing import BaseConverter, ValidationError

from api.openapi import Documentation

ME = uuid.UUID(int=0)


class DayConverter(BaseConverter):
    """A calendar day such as 2026-03-02, in this century."""

    regex = r"20\d\d-\d\d-\d\d"

    def to_python(self, value: str) -> date:
        """Return the day; an address with a day that does not exist leads nowhere."""
        try:
            return date.fromisoformat(value)
        except ValueError as wrong:
            raise ValidationError from wrong


class RepConverter(BaseConverter):
    """A rep's id, or `me`."""

    regex = r"me|[A-Fa-f0-9]{8}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{4}-[A-Fa-f0-9]{12}"

    def to_python(self, value: str) -> uuid.UUID:
        """Return the id; `me` is filled in once it is known who asks."""
        return ME if value == "me" else uuid.UUID(value)


def install_converters(app: Flask) -> None:
    """Teach an app these parts of addresses."""
    app.url_map.converters |= {"day": DayConverter, "rep": RepConverter}


def document_converters(api: Documentation) -> None:
    """Tell clients of them."""
    api.register_converter(DayConverter, lambda _: {"type": "string", "format": "date", "example": "2026-03-02"})
    api.register_converter(RepConverter, lambda _: {"type": "string", "description": "a rep's id, or me"})


def fill_in_me() -> None:
    """Put the asker's id where an address says `me`."""
    parts = request.view_args
    if parts and parts.get("rep_id") == ME and "actor" in g:
        parts["rep_id"] = g.actor.user_id
