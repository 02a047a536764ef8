"""By which ways a rep's positions are looked at."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum


class Way(StrEnum):
    """How somebody came to see positions of a rep."""

    DRIVEN_GEOJSON = "driven.geojson"
    DRIVEN_GPX = "driven.gpx"
    TEAM_DAY = "team_day"
    EVENTS = "events"
    EXPORT = "export"
    REVIEW = "review"


def hour_of(moment: datetime) -> datetime:
    """Return when the hour of a moment began: looks of one hour by one way are one row that counts them."""
    return moment.replace(minute=0, second=0, microsecond=0)
