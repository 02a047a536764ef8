"""What a picture itself says against the visit that it is shown for. Nothing is refused for it: people judge."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from typing import Any

from fieldsales.visits.rules import metres_between

EARLIER = "photo_earlier"
ELSEWHERE = "photo_elsewhere"

LONG_BEFORE = timedelta(days=1)
"""How long before the visit a camera may say that it took the picture."""
ZONES = timedelta(hours=14)
"""How far a camera's clock may be from UTC where it does not say."""
FAR_M = 2000.0
"""How far from the customer a camera may say that it was."""


def flags(exif: Mapping[str, Any], visited_at: datetime | None, customer: tuple[float, float] | None) -> list[str]:
    """Return what is odd about a picture's EXIF (`pictures.rules.facts`) for a visit then and there."""
    found = []
    if visited_at is not None and _earlier(exif, visited_at):
        found.append(EARLIER)
    if customer is not None and "latitude" in exif and _away(exif, customer):
        found.append(ELSEWHERE)
    return found


def _away(exif: Mapping[str, Any], customer: tuple[float, float]) -> bool:
    return metres_between((exif["latitude"], exif["longitude"]), customer) > FAR_M


def _earlier(exif: Mapping[str, Any], visited_at: datetime) -> bool:
    text = exif.get("gps_at") or exif.get("taken_at")
    if text is None:
        return False
    taken = datetime.fromisoformat(text)
    if taken.tzinfo is None:
        taken = taken.replace(tzinfo=timezone(-ZONES))  # the latest moment that it can mean
    return taken < visited_at - LONG_BEFORE
