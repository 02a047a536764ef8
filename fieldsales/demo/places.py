"""Where the demo city lies, and how its plan in metres becomes latitude and longitude."""

import math
from dataclasses import dataclass
from typing import TypeAlias

TOWN = "Port-Solène"
COUNTRY = "FR"
TIME_ZONE = "Europe/Paris"
CURRENCY = "EUR"

Metres: TypeAlias = tuple[float, float]
"""East and north of the town's centre, in metres."""


@dataclass(frozen=True, slots=True)
class Position:
    """A point in WGS-84 degrees; raises ValueError outside the globe."""

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        if not (-90 <= self.latitude <= 90 and -180 <= self.longitude <= 180):
            raise ValueError(f"no such place on the globe: {self.latitude}, {self.longitude}")


CENTRE = Position(42.75, 4.4)
"""Open sea in the Gulf of Lion, so that no demo address falls on anybody's real house."""

_METRES_PER_DEGREE = 111_195.0
_NARROWING = math.cos(math.radians(CENTRE.latitude))


def on_map(point: Metres) -> Position:
    """Metres from the centre as a position, to a millionth of a degree (about 0.1 m).

    Equirectangular around the centre: within a town of 7 km it is true to a few metres.
    """
    east, north = point
    return Position(
        round(CENTRE.latitude + north / _METRES_PER_DEGREE, 6),
        round(CENTRE.longitude + east / (_METRES_PER_DEGREE * _NARROWING), 6),
    )


def in_metres(position: Position) -> Metres:
    """The inverse of `on_map`."""
    return (
        (position.longitude - CENTRE.longitude) * _METRES_PER_DEGREE * _NARROWING,
        (position.latitude - CENTRE.latitude) * _METRES_PER_DEGREE,
    )


def polar(radius: float, degrees: float) -> Metres:
    """A point by its distance from the centre and its angle, counted from east through north."""
    angle = math.radians(degrees)
    return radius * math.cos(angle), radius * math.sin(angle)


def rotated(point: Metres, degrees: float) -> Metres:
    """The point turned about the centre, counter-clockwise."""
    turn = math.radians(degrees)
    east, north = point
    return east * math.cos(turn) - north * math.sin(turn), east * math.sin(turn) + north * math.cos(turn)
