"""Travel as the crow flies, stretched: good enough to order a day when no road router is at hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import isfinite

import numpy as np
import numpy.typing as npt

from routing.checks import require
from routing.problem import Point
from routing.travel.matrix import Line, TravelMatrix, TravelTable, square, straight_legs

FloatRow = npt.NDArray[np.float64]

EARTH_RADIUS_M = 6_371_008.8
"""Mean earth radius R1 of the WGS-84 ellipsoid (IUGG), metres."""


@dataclass(frozen=True, slots=True)
class GreatCircle:
    """Great-circle distance times a circuity factor, driven at one speed.

    Distance by the haversine formula (R. W. Sinnott, "Virtues of the Haversine", Sky and Telescope 68(2),
    1984, p. 159), at most 0.57 % off the ellipsoid.

    Attributes:
        circuity: Road metres per metre as the crow flies; 1.2 to 1.4 in most cities.
        speed_kmh: Door-to-door average, lights and parking included.
    """

    circuity: float = 1.3
    speed_kmh: float = 30.0

    def __post_init__(self) -> None:
        """Refuse roads shorter than the crow flies and speeds that never arrive."""
        require(
            isfinite(self.circuity) and self.circuity >= 1,
            f"circuity {self.circuity} is below 1: no road is shorter than the crow flies",
        )
        require(
            isfinite(self.speed_kmh) and self.speed_kmh > 0,
            f"speed_kmh {self.speed_kmh} never arrives: give a speed above 0",
        )

    @property
    def version(self) -> str:
        """Names the two numbers."""
        return f"great_circle {self.circuity!r} {self.speed_kmh!r}"

    @property
    def timed(self) -> bool:
        """One speed at every hour."""
        return False

    def matrix(self, points: Sequence[Point], leaves: datetime | None = None) -> TravelMatrix:
        """All ways between ``points``, rounded up to whole seconds and to the nearest metre."""
        return square(self.table(points, points, leaves))

    def table(self, sources: Sequence[Point], targets: Sequence[Point], leaves: datetime | None = None) -> TravelTable:
        """The ways from each of ``sources`` to each of ``targets``, rounded likewise."""
        from_lat, from_lon = _radians(sources)
        to_lat, to_lon = _radians(targets)
        half_chord = (
            np.sin((from_lat[:, None] - to_lat[None, :]) / 2) ** 2
            + np.cos(from_lat)[:, None]
            * np.cos(to_lat)[None, :]
            * np.sin((from_lon[:, None] - to_lon[None, :]) / 2) ** 2
        )
        crow_m = 2 * EARTH_RADIUS_M * np.arcsin(np.sqrt(np.clip(half_chord, 0, 1)))
        road_m = crow_m * self.circuity
        return TravelTable(
            duration_s=np.ceil(road_m / (self.speed_kmh / 3.6)).astype(np.int64),
            distance_m=np.rint(road_m).astype(np.int64),
        )

    def legs(self, points: Sequence[Point]) -> tuple[Line, ...]:
        """Straight lines."""
        return straight_legs(points)


def _radians(points: Sequence[Point]) -> tuple[FloatRow, FloatRow]:
    return np.radians([point.lat for point in points]), np.radians([point.lon for point in points])
