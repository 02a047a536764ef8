"""Where shops can be: front doors, evenly over the districts and mostly on the busy streets."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from fieldsales.demo.geography import DISTRICTS, District, district_at, is_dry
from fieldsales.demo.places import Position, in_metres
from fieldsales.demo.streets import Street, StreetKind

_FOOTFALL = {
    StreetKind.RING: 0.6,
    StreetKind.AVENUE: 5.0,
    StreetKind.QUAY: 3.0,
    StreetKind.STREET: 1.0,
    StreetKind.LANE: 1.3,
}


@dataclass(frozen=True, slots=True)
class Site:
    """A front door: its district, street, house number and position."""

    territory_code: str
    street: str
    house_number: int
    position: Position


def sites(streets: tuple[Street, ...], count: int, chance: Random) -> list[Site]:
    """So many different doors, in random order, each district with its fair part of them."""
    taken: set[tuple[str, int]] = set()
    found: list[Site] = []
    for number, quarter in enumerate(DISTRICTS):
        fair = (count + len(DISTRICTS) - 1 - number) // len(DISTRICTS)
        doors = _doors(quarter, streets, taken, chance)
        found.extend(next(doors) for _ in range(fair))
    chance.shuffle(found)
    return found


def _doors(
    quarter: District, streets: tuple[Street, ...], taken: set[tuple[str, int]], chance: Random
) -> Iterator[Site]:
    """Endless free doors in a district; some streets are far busier than others of their kind."""
    local = [street for street in streets if street.houses > 1 and _belongs(quarter, street.house(street.houses // 2))]
    busy = [_FOOTFALL[street.kind] * street.houses * chance.lognormvariate(0.0, 0.9) for street in local]
    while True:
        street = chance.choices(local, busy)[0]
        number = chance.randint(1, street.houses)
        position = street.house(number)
        if (street.name, number) not in taken and _belongs(quarter, position):
            taken.add((street.name, number))
            yield Site(quarter.code, street.name, number, position)


def _belongs(quarter: District, door: Position) -> bool:
    """Is the door in the district, and not on one of its bridges?"""
    point = in_metres(door)
    return district_at(point) is quarter and is_dry(point)
