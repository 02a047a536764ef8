"""Street patterns: a bent lattice of crossings whose rows and columns are the streets of one district."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from fieldsales.demo.geography import (
    NEW_TOWN,
    NORTH_SIDE,
    OLD_TOWN,
    OLD_TOWN_RADIUS,
    RING_RADIUS,
    TOWN_RADIUS,
    WEST_SIDE,
    District,
    can_build,
    inside,
)
from fieldsales.demo.places import Metres, polar, rotated

Crossing = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Lattice:
    """How one district was laid out.

    `place` bends a crossing (row, column) onto the ground; `jitter` is how far crossings stray, in metres; `gap` is
    how likely a block has no street beside it; `longest` is how many blocks a street keeps its name.
    """

    district: District
    rows: range
    columns: range
    place: Callable[[int, int], Metres]
    jitter: float
    gap: float
    longest: int


def _old(row: int, column: int) -> Metres:
    """Medieval: a tight net, twisted ever further away from the market."""
    east, north = column * 92.0, row * 84.0
    return rotated((east, north), 10.0 + (east * east + north * north) ** 0.5 * 0.035)


def _grid(row: int, column: int) -> Metres:
    """Nineteenth century: straight blocks along the river."""
    return rotated((column * 190.0, row * 125.0), 9.0)


def _fan(row: int, column: int) -> Metres:
    """A suburb that grew along the roads out of the north gate."""
    return polar(OLD_TOWN_RADIUS + 110.0 + row * 145.0, 54.0 + column * 4.2)


def _waves(row: int, column: int) -> Metres:
    """Garden city by the salt pans: long blocks on gentle curves."""
    east, north = column * 165.0, row * 150.0
    bend = 45.0 * (((column % 8) - 4) / 4.0) ** 2
    return rotated((east, north + bend), -22.0)


LATTICES = (
    Lattice(OLD_TOWN, range(-13, 14), range(-12, 15), _old, jitter=21.0, gap=0.14, longest=5),
    Lattice(NEW_TOWN, range(-18, 30), range(1, 20), _grid, jitter=2.0, gap=0.03, longest=12),
    Lattice(NORTH_SIDE, range(17), range(20), _fan, jitter=7.0, gap=0.06, longest=9),
    Lattice(WEST_SIDE, range(-22, 22), range(-24, 4), _waves, jitter=6.0, gap=0.08, longest=8),
)


def lay_out(lattice: Lattice, chance: Random) -> Iterator[list[Metres]]:
    """The district's streets, each a chain of crossings in metres; streets meet where they share a crossing."""
    ground = _crossings(lattice, chance)
    for row in lattice.rows:
        yield from _streets_along([(row, column) for column in lattice.columns], ground, lattice, chance)
    for column in lattice.columns:
        yield from _streets_along([(row, column) for row in lattice.rows], ground, lattice, chance)


def _crossings(lattice: Lattice, chance: Random) -> dict[Crossing, Metres]:
    """Every crossing of the lattice that falls on buildable ground of the district."""
    ground = {}
    for row in lattice.rows:
        for column in lattice.columns:
            east, north = lattice.place(row, column)
            stray = lattice.jitter
            point = (east + chance.uniform(-stray, stray), north + chance.uniform(-stray, stray))
            if inside(point, lattice.district.outline) and can_build(point):
                ground[row, column] = point
    return ground


def _streets_along(
    line: list[Crossing], ground: dict[Crossing, Metres], lattice: Lattice, chance: Random
) -> Iterator[list[Metres]]:
    """One row or column, broken into streets where there is no ground, a gap, or the name has run its length."""
    street: list[Metres] = []
    for crossing in line:
        point = ground.get(crossing)
        if street and (point is None or _is_gap(point, lattice, chance) or len(street) > lattice.longest):
            if len(street) > 1:
                yield street
            goes_on = point is not None and len(street) > lattice.longest
            street = street[-1:] if goes_on else []
        if point is not None:
            street.append(point)
    if len(street) > 1:
        yield street


def _is_gap(point: Metres, lattice: Lattice, chance: Random) -> bool:
    """Is there no street up to this crossing? Beyond the ring road the town thins out."""
    distance = float((point[0] ** 2 + point[1] ** 2) ** 0.5)
    beyond = max(0.0, (distance - RING_RADIUS) / (TOWN_RADIUS - RING_RADIUS))
    return chance.random() < lattice.gap + 0.5 * beyond
