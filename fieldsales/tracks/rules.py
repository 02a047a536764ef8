"""One position among many, and what is odd about a track."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fieldsales.errors import Invalid
from fieldsales.visits.rules import MOCK_LOCATION

OLD = timedelta(days=7)
"""A point further than this before the track was told is flagged."""

POINTS_AHEAD = "points_ahead"
POINTS_OLD = "points_old"


class ReasonMissing(Invalid):
    """Positions of a person are erased for a reason, which is kept. Say it: a request of the person, for instance."""

    code = "tracking.reason_missing"
    title = "The reason is missing"


@dataclass(frozen=True, slots=True)
class Point:
    """Where a phone was at a moment (WGS-84, metres, metres a second, degrees clockwise from north)."""

    at: datetime
    latitude: float
    longitude: float
    accuracy_m: float | None = None
    speed_mps: float | None = None
    heading_deg: float | None = None
    mock: bool = False
    provider: str | None = None


def track_flags(points: Iterable[Point], told_at: datetime) -> tuple[str, ...]:
    """Return what is odd about points that were told at a moment. They are kept all the same."""
    ahead = old = mock = False
    for point in points:
        ahead |= point.at > told_at
        old |= told_at - point.at > OLD
        mock |= point.mock
    found = ((MOCK_LOCATION, mock), (POINTS_AHEAD, ahead), (POINTS_OLD, old))
    return tuple(flag for flag, holds in found if holds)
