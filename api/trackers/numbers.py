"""Reading what tracking apps send: numbers that may be texts, moments in several forms."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from fieldsales.trackers.rules import NotAPosition
from fieldsales.tracks.rules import Point

_LARGEST_SECONDS = 2**31
"""Traccar takes a timestamp below this for seconds since 1970, any other for milliseconds."""


def number(told: Mapping[str, Any], name: str) -> float | None:
    """Return a number, also one that came as text; None where there is none. Raises `NotAPosition`."""
    value = told.get(name)
    if value is None or value == "":
        return None
    try:
        found = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        found = math.nan
    if not math.isfinite(found):
        raise NotAPosition(f"{name} is “{str(value)[:40]}”, which is no number.", field=name)
    return found


def at_least_zero(told: Mapping[str, Any], name: str, factor: float = 1.0) -> float | None:
    """Return a number times a factor; None where it is negative, which says that it is not known."""
    found = number(told, name)
    return None if found is None or not 0 <= found * factor <= 1_000_000 else found * factor


def heading(told: Mapping[str, Any], *names: str) -> float | None:
    """Return degrees from north under the first name that has any; None where it is negative."""
    found = next((value for value in (number(told, name) for name in names) if value is not None), None)
    return None if found is None or found < 0 else found % 360


def degrees(told: Mapping[str, Any], name: str, most: float) -> float:
    """Return a latitude or a longitude. Raises `NotAPosition`."""
    found = number(told, name)
    if found is None or not -most <= found <= most:
        raise NotAPosition(f"{name} is “{str(told.get(name))[:40]}”.", mend=f"From -{most} to {most}.", field=name)
    return found


def moment(value: Any) -> datetime:
    """Return a moment told as seconds or milliseconds since 1970, or as ISO 8601 (UTC where no zone is told).

    Kept to the millisecond, as all positions are. Raises `NotAPosition` for one that is no such thing.
    """
    try:
        found = _read(value)
    except (ValueError, OverflowError, OSError, TypeError) as wrong:
        raise NotAPosition(f"The time is “{str(value)[:40]}”, which is none.", field="timestamp") from wrong
    return found.replace(microsecond=found.microsecond // 1000 * 1000)


def truth(value: Any) -> bool:
    """Tell whether a flag is set, which may be a text."""
    return value is True or str(value).strip().lower() in ("true", "1")


def point(at: datetime, told: Mapping[str, Any], latitude: str, longitude: str, **facts: Any) -> Point:
    """Return a position from its coordinates under two names. Raises `NotAPosition`."""
    return Point(at, degrees(told, latitude, 90), degrees(told, longitude, 180), **facts)


def _read(value: Any) -> datetime:
    if isinstance(value, bool) or value is None:
        raise TypeError(value)
    try:
        seconds = float(value)
    except ValueError:
        found = datetime.fromisoformat(str(value).strip())
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    return datetime.fromtimestamp(seconds if seconds < _LARGEST_SECONDS else seconds / 1000, UTC)
