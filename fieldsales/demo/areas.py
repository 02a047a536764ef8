"""The water and the greens of the demo city, for drawing its map."""

from dataclasses import dataclass
from enum import StrEnum

from fieldsales.demo.geography import PARKS, river_outline, sea_outline
from fieldsales.demo.places import Position, on_map


class AreaKind(StrEnum):
    """What covers the ground."""

    WATER = "water"
    PARK = "park"


@dataclass(frozen=True, slots=True)
class Area:
    """A named patch of the map; `outline` is an open ring of positions."""

    name: str
    kind: AreaKind
    outline: tuple[Position, ...]


def build_areas() -> tuple[Area, ...]:
    """Sea, river and parks; the same for every seed."""
    return (
        Area("Golfe de Solène", AreaKind.WATER, tuple(on_map(point) for point in sea_outline())),
        Area("La Solène", AreaKind.WATER, tuple(on_map(point) for point in river_outline())),
        *(Area(park.name, AreaKind.PARK, tuple(on_map(point) for point in park.outline())) for park in PARKS),
    )
