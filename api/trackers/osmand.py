"""The OsmAnd protocol, as Traccar Client speaks it: https://www.traccar.org/osmand/.

Up to version 8 a request has parameters (in the address, or as a form), from version 9 on a JSON body.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import Request

from api.packing.bodies import body_of
from api.payload import parse_json
from api.trackers.numbers import at_least_zero, heading, moment, point, truth
from fieldsales.trackers.rules import NotAPosition, TrackerUnknown
from fieldsales.tracks.rules import Point

KNOT = 1852 / 3600
"""Metres a second in a knot, the unit of `speed` among the parameters; in the JSON it is metres a second."""


def key_of(request: Request) -> str:
    """Return the device identifier, which is the key. Raises `TrackerUnknown`, `BadJson`."""
    told = _told(request)
    key = told.get("device_id") if _is_json(request) else told.get("id", told.get("deviceid"))
    if not isinstance(key, str) or not key.strip():
        raise TrackerUnknown("There is no key.", mend="Enter the key as the device identifier in the app.")
    return key


def points_of(request: Request, now: datetime) -> list[Point]:
    """Return the position that a request tells; none where it only says that the device is there.

    Raises `NotAPosition`, `BadJson`.
    """
    return _from_json(_told(request)) if _is_json(request) else _from_parameters(_told(request), now)


def _is_json(request: Request) -> bool:
    return request.mimetype == "application/json"


def _told(request: Request) -> dict[str, Any]:
    if not _is_json(request):
        return request.values.to_dict()
    found = parse_json(body_of(request))
    return found if isinstance(found, dict) else {}


def _from_parameters(told: dict[str, Any], now: datetime) -> list[Point]:
    if "location" in told and "lat" not in told:
        told["lat"], _, told["lon"] = told["location"].partition(",")
    if "lat" not in told or not truth(told.get("valid", "true")):
        return []
    return [
        point(
            moment(told["timestamp"]) if told.get("timestamp") else now,
            told,
            "lat",
            "lon",
            accuracy_m=at_least_zero(told, "accuracy"),
            speed_mps=at_least_zero(told, "speed", KNOT),
            heading_deg=heading(told, "bearing", "heading"),
            mock=truth(told.get("mock", "false")),
        )
    ]


def _from_json(told: dict[str, Any]) -> list[Point]:
    """Read the location of a background geolocation SDK: -1 says that a speed or a heading is not known.

    `mock` (Android) and `simulated` (iOS) are told by that SDK, but not by Traccar Client 9.
    """
    location = told.get("location")
    if location is None:
        return []
    coords = location.get("coords") if isinstance(location, Mapping) else None
    if not isinstance(location, Mapping) or not isinstance(coords, Mapping):
        raise NotAPosition("The location has no coords.", field="location")
    return [
        point(
            moment(location.get("timestamp")),
            coords,
            "latitude",
            "longitude",
            accuracy_m=at_least_zero(coords, "accuracy"),
            speed_mps=at_least_zero(coords, "speed"),
            heading_deg=heading(coords, "heading"),
            mock=truth(location.get("mock")) or truth(location.get("simulated")),
        )
    ]
