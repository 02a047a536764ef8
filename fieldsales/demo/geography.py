"""The land that the town stands on: coast, river, parks and the four districts. The same for every seed.

Everything here is in metres east and north of the centre. The sea is to the south, the river Solène runs from
north to south east of the old town.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from fieldsales.demo.places import Metres, polar

TOWN_RADIUS = 3300.0
RING_RADIUS = 2600.0
OLD_TOWN_RADIUS = 950.0
RIVER_WIDTH = 90.0
_NORTH_OF_OLD_TOWN = 823.0


def coast(east: float) -> float:
    """How far north the shore lies at a given easting."""
    return -950.0 + 120.0 * math.sin(east / 700.0) + 60.0 * math.sin(east / 260.0 + 1.0)


def river(north: float) -> float:
    """How far east the middle of the river lies at a given northing."""
    return 1050.0 + 180.0 * math.sin(north / 750.0 + 0.5)


def inside(point: Metres, outline: Sequence[Metres]) -> bool:
    """Is the point inside the ring? Even-odd rule, casting a ray to the east."""
    east, north = point
    crossings = 0
    for (x1, y1), (x2, y2) in zip(outline, (*outline[1:], outline[0]), strict=True):
        if (y1 > north) != (y2 > north) and east < x1 + (north - y1) / (y2 - y1) * (x2 - x1):
            crossings += 1
    return crossings % 2 == 1


@dataclass(frozen=True, slots=True)
class Park:
    """A round green that no street crosses."""

    name: str
    middle: Metres
    radius: float

    def outline(self) -> tuple[Metres, ...]:
        """Its edge as a ring of points."""
        east, north = self.middle
        circle = (polar(self.radius, degrees) for degrees in range(0, 360, 15))
        return tuple((east + x, north + y) for x, y in circle)


PARKS = (
    Park("Jardin des Tamaris", (2050.0, 420.0), 230.0),
    Park("Parc du Moulin", (-640.0, 1900.0), 210.0),
    Park("Square des Salins", (-1750.0, -120.0), 160.0),
)


def is_dry(point: Metres, clear: float = 5.0) -> bool:
    """Is the point on land, at least `clear` metres from the sea and from the river's banks?"""
    east, north = point
    return north > coast(east) + clear and abs(east - river(north)) > RIVER_WIDTH / 2 + clear


def can_build(point: Metres) -> bool:
    """Is there room for a street: dry, clear of the sea front and the quays, and in no park?"""
    return is_dry(point, clear=60.0) and all(math.dist(point, park.middle) > park.radius for park in PARKS)


def sea_outline() -> tuple[Metres, ...]:
    """The sea within the map's frame."""
    shore = tuple((float(east), coast(east)) for east in range(-4200, 4201, 60))
    return (*shore, (4200.0, -2200.0), (-4200.0, -2200.0))


def river_outline() -> tuple[Metres, ...]:
    """Both banks of the river, from its mouth to the north edge of the map."""
    norths = [float(north) for north in range(-1000, 3901, 60)]
    west = [(river(north) - RIVER_WIDTH / 2, north) for north in norths]
    east = [(river(north) + RIVER_WIDTH / 2, north) for north in reversed(norths)]
    return (*west, *east)


@dataclass(frozen=True, slots=True)
class District:
    """A quarter of the town with its own street pattern; its outline is a ring in metres."""

    code: str
    name: str
    outline: tuple[Metres, ...]


def _arc(radius: float, start: int, stop: int) -> list[Metres]:
    step = 3 if start < stop else -3
    return [polar(radius, degrees) for degrees in [*range(start, stop, step), stop]]


def _bank(south: float, north: float) -> list[Metres]:
    """The river's middle line, going north."""
    pieces = max(2, int(abs(north - south) / 60))
    norths = (south + (north - south) * i / pieces for i in range(pieces + 1))
    return [(river(y), y) for y in norths]


def _shore(west: float, east: float) -> list[Metres]:
    """The shore line, going from the first easting to the second."""
    pieces = max(2, int(abs(east - west) / 60))
    easts = (west + (east - west) * i / pieces for i in range(pieces + 1))
    return [(x, coast(x)) for x in easts]


def _ashore(points: list[Metres]) -> tuple[Metres, ...]:
    """The ring with every point in the sea drawn up to the shore."""
    return tuple((east, max(north, coast(east))) for east, north in points)


def _districts() -> tuple[District, ...]:
    mouth = -1000.0
    head = 3160.0
    gate = _bank(mouth, _NORTH_OF_OLD_TOWN)
    old = [*_arc(OLD_TOWN_RADIUS, 60, 235), *_shore(-545.0, river(mouth)), *gate]
    new = [*_bank(mouth, head), *_arc(TOWN_RADIUS, 73, -18), *_shore(3140.0, river(mouth))]
    north = [*_bank(_NORTH_OF_OLD_TOWN, head), *_arc(TOWN_RADIUS, 74, 130), *_arc(OLD_TOWN_RADIUS, 130, 60)]
    west = [*_arc(TOWN_RADIUS, 130, 196), *_shore(-3170.0, -545.0), *_arc(OLD_TOWN_RADIUS, 235, 130)]
    return (
        District("PS-VP", "Vieux-Port", _ashore(old)),
        District("PS-VN", "Ville-Neuve", _ashore(new)),
        District("PS-SR", "Saint-Roch", _ashore(north)),
        District("PS-LS", "Les Salins", _ashore(west)),
    )


DISTRICTS = _districts()
OLD_TOWN, NEW_TOWN, NORTH_SIDE, WEST_SIDE = DISTRICTS


def district_at(point: Metres) -> District | None:
    """The district that holds the point, if the point is in the town at all."""
    return next((district for district in DISTRICTS if inside(point, district.outline)), None)
