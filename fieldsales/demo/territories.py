"""The sales territories of the demo: the town, and its four districts below it."""

from dataclasses import dataclass

from fieldsales.demo.geography import DISTRICTS
from fieldsales.demo.places import COUNTRY, CURRENCY, TIME_ZONE, TOWN, Position, on_map


@dataclass(frozen=True, slots=True)
class Territory:
    """A node of the territory tree; `boundary` is an open ring of positions, empty for the town as a whole.

    `region` is the ISO 3166 country, whose public holidays count.
    """

    code: str
    name: str
    parent_code: str | None
    boundary: tuple[Position, ...] = ()
    region: str = COUNTRY
    time_zone: str = TIME_ZONE
    currency: str = CURRENCY


CITY = Territory("PS", TOWN, None)


def build_territories() -> tuple[Territory, ...]:
    """The town first, then its districts; the same for every seed."""
    quarters = (
        Territory(quarter.code, quarter.name, CITY.code, tuple(on_map(point) for point in quarter.outline))
        for quarter in DISTRICTS
    )
    return (CITY, *quarters)
