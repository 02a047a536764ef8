"""OwnTracks in HTTP mode: https://owntracks.org/booklet/tech/http/ and …/tech/json/."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Request

from api.packing.bodies import body_of
from api.payload import parse_json
from api.trackers.numbers import at_least_zero, heading, moment, point
from fieldsales.trackers.rules import TrackerUnknown
from fieldsales.tracks.rules import Point

KMH = 1 / 3.6
"""Metres a second in a kilometre an hour."""


def key_of(request: Request) -> str:
    """Return the password of HTTP Basic, which is the key; the user name may be any. Raises `TrackerUnknown`."""
    given = request.authorization
    if given is None or given.type != "basic" or not given.password:
        raise TrackerUnknown("There is no key.", mend="Enter the key as the password in the app.")
    return given.password


def points_of(request: Request, _now: datetime) -> list[Point]:
    """Return the position that a request tells; none for an empty body, or for another type than `location`.

    `vel` is in km/h, `tst` in seconds since 1970. OwnTracks does not say whether a position is a mock. Raises
    `NotAPosition`, `BadJson`.
    """
    body = body_of(request)
    told: Any = parse_json(body) if body.strip() else None
    if not isinstance(told, dict) or told.get("_type") != "location":
        return []
    at = moment(told.get("tst"))
    return [
        point(
            at,
            told,
            "lat",
            "lon",
            accuracy_m=at_least_zero(told, "acc"),
            speed_mps=at_least_zero(told, "vel", KMH),
            heading_deg=heading(told, "cog"),
        )
    ]
