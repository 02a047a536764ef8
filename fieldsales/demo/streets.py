"""Streets as named lines on the map, and house numbers as places along them."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate, pairwise

from fieldsales.demo.arteries import arteries
from fieldsales.demo.dice import dice
from fieldsales.demo.geography import NEW_TOWN, NORTH_SIDE, OLD_TOWN, WEST_SIDE
from fieldsales.demo.lattice import LATTICES, lay_out
from fieldsales.demo.names import street_names
from fieldsales.demo.places import Metres, Position, in_metres, on_map

HOUSE_FRONT = 11.0
"""Metres of street for one house."""
SET_BACK = 9.0
"""Metres from the middle of the street to a front door."""

_TYPES = {
    OLD_TOWN.code: ("Rue", "Rue", "Rue", "Ruelle", "Traverse"),
    NEW_TOWN.code: ("Rue", "Rue", "Rue", "Cours"),
    NORTH_SIDE.code: ("Rue", "Chemin", "Montée"),
    WEST_SIDE.code: ("Rue", "Allée", "Chemin"),
}


class StreetKind(StrEnum):
    """How broad a street is, for drawing it and for how many shops want to be on it."""

    RING = "ring"
    AVENUE = "avenue"
    QUAY = "quay"
    STREET = "street"
    LANE = "lane"


@dataclass(frozen=True, slots=True)
class Street:
    """A named street. `path` is its middle line, at least two positions."""

    name: str
    kind: StreetKind
    path: tuple[Position, ...]

    def __post_init__(self) -> None:
        if len(self.path) < 2:
            raise ValueError(f"{self.name} leads nowhere: a street needs two positions")

    @property
    def length(self) -> float:
        """In metres."""
        return sum(math.dist(a, b) for a, b in pairwise(self._metres()))

    @property
    def houses(self) -> int:
        """The highest house number; even numbers stand on the right, odd ones on the left."""
        return 2 * int(self.length / HOUSE_FRONT)

    def house(self, number: int) -> Position:
        """Where the front door with this number is; raises ValueError if the street has no such number."""
        if not 1 <= number <= self.houses:
            raise ValueError(f"{self.name} has the numbers 1 to {self.houses}, not {number}")
        along = ((number - 1) // 2 + 0.5) * HOUSE_FRONT
        side = -1.0 if number % 2 else 1.0
        return on_map(_beside(self._metres(), along, side * SET_BACK))

    def _metres(self) -> list[Metres]:
        return [in_metres(position) for position in self.path]


def _beside(path: list[Metres], along: float, right: float) -> Metres:
    """The point `along` metres down the path and `right` metres to its right."""
    lengths = [math.dist(a, b) for a, b in pairwise(path)]
    ends = list(accumulate(lengths))
    leg = next((i for i, end in enumerate(ends) if along <= end), len(ends) - 1)
    (x1, y1), (x2, y2) = path[leg], path[leg + 1]
    east, north = (x2 - x1) / lengths[leg], (y2 - y1) / lengths[leg]
    ahead = along - (ends[leg] - lengths[leg])
    return x1 + east * ahead + north * right, y1 + north * ahead - east * right


def build_streets(seed: int) -> tuple[Street, ...]:
    """Every street of the town, main roads first. No two have the same name."""
    return (*_main_roads(), *_side_streets(seed))


def _main_roads() -> Iterator[Street]:
    for artery in arteries():
        yield Street(artery.name, StreetKind(artery.kind), tuple(on_map(point) for point in artery.course))


def _side_streets(seed: int) -> Iterator[Street]:
    chance = dice(seed, "streets")
    names = street_names(chance)
    for lattice in LATTICES:
        code = lattice.district.code
        kind = StreetKind.LANE if lattice.district is OLD_TOWN else StreetKind.STREET
        for course in lay_out(lattice, chance):
            name = f"{chance.choice(_TYPES[code])} {next(names)}"
            yield Street(name, kind, tuple(on_map(point) for point in course))
