"""The roads that hold the town together: ring, avenues, quays, the sea front and the bridges. In metres."""

from dataclasses import dataclass

from fieldsales.demo.geography import (
    OLD_TOWN_RADIUS,
    RING_RADIUS,
    RIVER_WIDTH,
    TOWN_RADIUS,
    coast,
    river,
)
from fieldsales.demo.places import Metres, polar


@dataclass(frozen=True, slots=True)
class Artery:
    """A main road: its full name, its kind ("ring", "avenue" or "quay"), and its course."""

    name: str
    kind: str
    course: tuple[Metres, ...]


def _ring() -> Artery:
    dry = (polar(RING_RADIUS, degrees) for degrees in range(-25, 205, 5))
    return Artery("Rocade", "ring", tuple(point for point in dry if point[1] > coast(point[0]) + 40.0))


def _sea_front() -> tuple[Artery, ...]:
    def along(west: int, east: int) -> tuple[Metres, ...]:
        return tuple((float(x), coast(x) + 45.0) for x in range(west, east + 1, 50))

    return (
        Artery("Promenade des Salins", "avenue", along(-3000, -800)),
        Artery("Quai du Vieux-Port", "quay", along(-800, 900)),
        Artery("Boulevard de la Plage", "avenue", along(1100, 3000)),
    )


def _quays() -> tuple[Artery, ...]:
    def bank(side: int, south: int, north: int) -> tuple[Metres, ...]:
        offset = side * (RIVER_WIDTH / 2 + 25.0)
        return tuple((river(y) + offset, float(y)) for y in range(south, north + 1, 60))

    return (
        Artery("Quai des Bateliers", "quay", bank(-1, -820, 800)),
        Artery("Quai de la Solène", "quay", bank(-1, 800, 2900)),
        Artery("Quai Neuf", "quay", bank(1, -820, 900)),
        Artery("Quai des Entrepôts", "quay", bank(1, 900, 2900)),
    )


def _avenues() -> tuple[Artery, ...]:
    def out_of_town(degrees: int, bend: float) -> tuple[Metres, ...]:
        steps = range(int(OLD_TOWN_RADIUS), int(TOWN_RADIUS) + 1, 235)
        return tuple(polar(radius, degrees + bend * (radius - OLD_TOWN_RADIUS) / 1000) for radius in steps)

    rampart = tuple(polar(OLD_TOWN_RADIUS, degrees) for degrees in range(60, 226, 5))
    return (
        Artery("Grand-Rue", "avenue", ((-60.0, -830.0), (-20.0, -420.0), (30.0, 0.0), (10.0, 480.0), (-40.0, 950.0))),
        Artery("Boulevard des Remparts", "avenue", rampart),
        Artery("Avenue de la Garrigue", "avenue", out_of_town(92, 4.0)),
        Artery("Avenue du Moulin", "avenue", out_of_town(130, 0.0)),
        Artery("Avenue des Étangs", "avenue", out_of_town(165, 3.0)),
    )


def _bridges() -> tuple[Artery, ...]:
    return (
        Artery("Rue du Pont-Vieux", "avenue", ((20.0, -300.0), (700.0, -330.0), (1500.0, -260.0), (2900.0, -40.0))),
        Artery("Avenue du Pont-Neuf", "avenue", ((475.0, 823.0), (1400.0, 860.0), (2100.0, 970.0), (3050.0, 1120.0))),
        Artery("Avenue de la Gare", "avenue", ((-120.0, 1560.0), (900.0, 1640.0), (1700.0, 1780.0), (2600.0, 1960.0))),
    )


def arteries() -> tuple[Artery, ...]:
    """All of them; the same for every seed."""
    return (_ring(), *_sea_front(), *_quays(), *_avenues(), *_bridges())
