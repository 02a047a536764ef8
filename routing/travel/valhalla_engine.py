"""The Valhalla engine itself, in a process of its own: the only module that imports `valhalla`.

The engine holds Python's interpreter lock for as long as it calculates (two seconds for 200 places), and it may crash
on tiles that are broken. So it runs as a child: a line of JSON comes in on standard input, a line goes out on standard
output. This file imports nothing of ours, so that it runs as a plain script.
"""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

OFF_ROAD_M = 5_000
"""A place further than this from every street (metres) cannot be driven to."""

FAR_M = 50_000_000.0
"""Further than any two places are apart: the engine's own limits refuse nothing."""
MANY = 1_000_000
NO_EDGE = "No suitable edges"
"""How the engine says that a place is near no street; it then refuses the whole table."""

NO_PATH = "No path could be found"
"""How the engine refuses a table in which there is not a single way."""

Spot = list[float]


def config_of(tiles: Path) -> dict[str, Any]:
    """How the engine is set up to read the tiles of a folder, or to write them there."""
    import valhalla  # noqa: PLC0415 -- an optional extra

    config: dict[str, Any] = valhalla.get_config(tile_extract="", tile_dir=str(tiles))
    for name in ("traffic_extract", "admin", "landmarks", "timezone", "transit_dir", "transit_feeds_dir"):
        config["mjolnir"].pop(name, None)
    for part in ("mjolnir", "loki", "thor"):
        config[part].setdefault("logging", {}).update(type="", color=False)
    limits = config["service_limits"]
    limits["auto"].update(
        max_matrix_location_pairs=MANY, max_matrix_distance=FAR_M, max_distance=FAR_M, max_locations=500
    )
    config["thor"]["costmatrix"]["allow_second_pass"] = True  # without it, ways that exist are told to be none
    limits["max_timedep_distance_matrix"] = limits["max_timedep_distance"] = int(FAR_M)
    return config


def program(name: str) -> Path:
    """Where one of the engine's own programs is, such as `valhalla_build_tiles`."""
    import valhalla  # noqa: PLC0415 -- an optional extra

    return Path(valhalla.PYVALHALLA_DIR) / "bin" / (f"{name}.exe" if sys.platform == "win32" else name)


def engine_version() -> str:
    """The version of the engine that is installed. Raises ``ImportError`` without it."""
    import valhalla  # noqa: PLC0415 -- an optional extra

    return str(valhalla.__version__)


class Engine:
    """The roads of one folder of tiles."""

    def __init__(self, tiles: Path) -> None:
        """Open them."""
        import valhalla  # noqa: PLC0415 -- an optional extra

        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "valhalla.json"
            file.write_text(json.dumps(config_of(tiles)))
            self._actor = valhalla.Actor(str(file))

    def table(self, sources: list[Spot], targets: list[Spot], leaves: str | None = None) -> dict[str, Any]:
        """Seconds and metres from each source to each target; None where there is no way.

        The streets at an hour are taken as standing still ("invariant"): that is the time of the whole day's departure.
        """
        asked: dict[str, Any] = {"costing": "auto", "verbose": False, "prioritize_bidirectional": True}
        if leaves:
            asked["date_time"] = {"type": 3, "value": leaves}
        try:
            return self._table(asked, sources, targets)
        except RuntimeError as wrong:
            if NO_EDGE not in str(wrong):
                raise
        rows, columns = self._on_streets(sources), self._on_streets(targets)
        whole = _nothing(len(sources), len(targets))
        if rows and columns:
            part = self._table(asked, [sources[row] for row in rows], [targets[column] for column in columns])
            for name in whole:
                for row, found in zip(rows, part[name], strict=True):
                    for column, value in zip(columns, found, strict=True):
                        whole[name][row][column] = value
        return whole

    def legs(self, points: list[Spot]) -> dict[str, Any]:
        """The line of each leg between points, as positions."""
        asked = {"costing": "auto", "directions_type": "none", "locations": [_location(point) for point in points]}
        return {"legs": [_decoded(leg["shape"]) for leg in self._actor.route(asked)["trip"]["legs"]]}

    def _table(self, asked: dict[str, Any], sources: list[Spot], targets: list[Spot]) -> dict[str, Any]:
        places = {"sources": [_location(spot) for spot in sources], "targets": [_location(spot) for spot in targets]}
        try:
            found = self._actor.matrix(asked | places)["sources_to_targets"]
        except RuntimeError as wrong:
            if NO_PATH in str(wrong):
                return _nothing(len(sources), len(targets))
            raise
        metres = [[None if km is None else round(1000 * km) for km in row] for row in found["distances"]]
        return {"durations": found["durations"], "distances": metres}

    def _on_streets(self, spots: list[Spot]) -> list[int]:
        """The numbers of the places that are near a street."""
        near = []
        for number, spot in enumerate(spots):
            told = self._actor.locate({"locations": [_location(spot)], "costing": "auto", "verbose": False})
            if told and told[0].get("edges"):
                near.append(number)
        return near


def _nothing(rows: int, columns: int) -> dict[str, list[list[Any]]]:
    return {name: [[None] * columns for _ in range(rows)] for name in ("durations", "distances")}


def _location(spot: Spot) -> dict[str, float]:
    return {"lat": spot[0], "lon": spot[1], "search_cutoff": OFF_ROAD_M}


def _decoded(shape: str) -> list[Spot]:
    """A line in Google's polyline encoding, with six decimals as Valhalla writes it."""
    line, position, index = [], [0, 0], 0
    while index < len(shape):
        for axis in (0, 1):
            value = shift = 0
            while True:
                bits = ord(shape[index]) - 63
                index += 1
                value |= (bits & 0x1F) << shift
                shift += 5
                if bits < 0x20:
                    break
            position[axis] += ~(value >> 1) if value & 1 else value >> 1
        line.append([position[0] / 1e6, position[1] / 1e6])
    return line


def serve(tiles: Path) -> None:
    """Answer lines until there are no more. What the engine prints itself goes to standard error."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    engine = Engine(tiles)
    for line in sys.stdin:
        question = json.loads(line)
        try:
            told = engine.table(**question) if question.pop("do") == "table" else engine.legs(**question)
        except RuntimeError as wrong:
            told = {"error": str(wrong)}
        answers.write(json.dumps(told) + "\n")
        answers.flush()


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
