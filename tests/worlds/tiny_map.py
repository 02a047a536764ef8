"""A town of nine crossings as OpenStreetMap would hold it, written as an .osm.pbf for a road engine."""

from __future__ import annotations

from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Way

from routing.problem import Point

SOUTH, WEST = 60.0, 25.0
NORTH_STEP, EAST_STEP = 0.003, 0.006
STAMP = "2020-01-01T00:00:00Z"


def crossing(row: float, column: float) -> Point:
    """A spot on the grid of streets; crossings are whole numbers from 0 to 2, counted from the south-west."""
    return Point(SOUTH + row * NORTH_STEP, WEST + column * EAST_STEP)


def write_map(file: Path, *, streets: bool = True) -> Path:
    """Three streets east, open both ways, and three north: the first one-way up, the second one-way down.

    Another stands apart, on an island (column 4).
    """
    writer = osmium.SimpleWriter(str(file), overwrite=True)
    number = {(row, column): 1 + 3 * row + column for row in range(3) for column in range(3)}
    number |= {(0, 4): 10, (1, 4): 11}
    for (row, column), node in number.items():
        at = crossing(row, column)
        writer.add_node(Node(id=node, location=(at.lon, at.lat), version=1, timestamp=STAMP))
    if streets:
        for row in range(3):
            _way(writer, 10 + row, [number[row, column] for column in range(3)], name=f"Row {row}")
        for column, oneway in enumerate(("yes", "-1", "no")):
            _way(writer, 20 + column, [number[row, column] for row in range(3)], name=f"Up {column}", oneway=oneway)
        _way(writer, 30, [10, 11], name="Island")
    writer.close()
    return file


def _way(writer: osmium.SimpleWriter, number: int, nodes: list[int], **tags: str) -> None:
    writer.add_way(Way(id=number, nodes=nodes, tags={"highway": "residential", **tags}, version=1, timestamp=STAMP))


def write_speeds(folder: Path, tiles: Path, *, free_kmh: int, by_day_kmh: int) -> Path:
    """The same speeds for every street of the tiles, as the engine's own format of historical traffic has them."""
    for tile in tiles.rglob("*.gph"):
        level, *parts = tile.relative_to(tiles).with_suffix("").parts
        file = folder / tile.relative_to(tiles).with_suffix(".csv")
        file.parent.mkdir(parents=True, exist_ok=True)
        edges = (f"{level}/{int(''.join(parts))}/{edge},{free_kmh},{by_day_kmh}\n" for edge in range(60))
        file.write_text("".join(edges))
    return folder
