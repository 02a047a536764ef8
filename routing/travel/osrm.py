"""Travel by the streets of an OSRM server (https://project-osrm.org), asked over its HTTP interface, version 1."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from routing.checks import require
from routing.errors import TravelError
from routing.problem import Point
from routing.travel.blocks import TooBig, ask_in_blocks
from routing.travel.matrix import NO_WAY_S, IntMatrix, Line, TravelMatrix, TravelTable, square
from routing.travel.web import get_json

OFF_ROAD_M = 5_000.0
"""A place further than this from every street (metres) cannot be driven to."""

VIA = 100
"""The most places of one request for a line (a server takes 500 as it comes)."""

REQUEST_URI_TOO_LONG = 414


@dataclass(frozen=True, slots=True)
class Osrm:
    """An OSRM server.

    Attributes:
        url: Its address, such as ``http://127.0.0.1:5000``.
        profile: What drives: the name in the path. A server knows the one that its data was made for, by any name.
        table_size: The ``--max-table-size`` of the server: its tables have at most that many rows and columns.
        timeout_s: The longest that one request may take.
    """

    url: str
    profile: str = "driving"
    table_size: int = 100
    timeout_s: float = 10.0

    def __post_init__(self) -> None:
        """Refuse sizes and times that ask for nothing, and a profile that is no word."""
        require(self.table_size >= 2, f"table_size {self.table_size} has no room for a way: give 2 or more")
        require(isfinite(self.timeout_s) and self.timeout_s > 0, f"timeout_s {self.timeout_s} leaves no time to answer")
        require(bool(re.fullmatch(r"[A-Za-z0-9_-]+", self.profile)), f"profile “{self.profile}” is not a word")

    @property
    def version(self) -> str:
        """Names the server and the profile; the age of its data it does not tell."""
        return f"osrm {self.url.rstrip('/')} {self.profile}"

    @property
    def timed(self) -> bool:
        """An OSRM server knows one time for each street."""
        return False

    def matrix(self, points: Sequence[Point], leaves: datetime | None = None) -> TravelMatrix:
        """All ways between ``points``. Raises ``TravelError``."""
        return square(self.table(points, points, leaves))

    def table(self, sources: Sequence[Point], targets: Sequence[Point], leaves: datetime | None = None) -> TravelTable:
        """The ways from each of ``sources`` to each of ``targets``, in as many requests as the server needs.

        A place that the server cannot put on a street, or that lies further than ``OFF_ROAD_M`` from one, has no way.

        Raises:
            TravelError: when the server does not answer in time, or with anything but a table.
        """
        try:
            return ask_in_blocks(self._ask, sources, targets, self.table_size)
        except TooBig as small:
            raise TravelError(f"{self.version} refuses even the table of a single way: {small}") from None

    def legs(self, points: Sequence[Point]) -> tuple[Line, ...]:
        """The streets from each of ``points`` to the next. Raises ``TravelError``, also where there is no way."""
        legs: list[Line] = []
        for first in range(0, len(points) - 1, VIA - 1):
            some = points[first : first + VIA]
            path = f"route/v1/{self.profile}/{_coordinates(some)}?overview=false&steps=true&geometries=geojson"
            told = self._get(path, {"Ok"})
            try:
                found = [_line(leg) for leg in told["routes"][0]["legs"]]
            except (KeyError, IndexError, TypeError, ValueError) as wrong:
                raise TravelError(f"{self.version} answers with a route that is none: {wrong!r}") from wrong
            legs += [_joined(line, *ends) for line, ends in zip(found, pairwise(some), strict=True)]
        return tuple(legs)

    def _ask(self, sources: Sequence[Point], targets: Sequence[Point]) -> TravelTable:
        """One request; another without the place that the server finds no street for."""
        places = list(dict.fromkeys((*sources, *targets)))
        number = {place: index for index, place in enumerate(places)}
        options = [
            f"sources={';'.join(str(number[place]) for place in sources)}",
            f"destinations={';'.join(str(number[place]) for place in targets)}",
            "annotations=duration,distance",
        ]
        if len(places) < 2:
            return TravelTable(*(np.zeros((len(sources), len(targets)), np.int64) for _ in range(2)))
        path = f"table/v1/{self.profile}/{_coordinates(places)}?{'&'.join(options)}"
        told = self._get(path, {"Ok", "NoSegment", "TooBig"})
        if told["code"] == "TooBig":
            raise TooBig(told.get("message", ""))
        if told["code"] == "NoSegment":
            return self._without(_nowhere(told, places), sources, targets)
        shape = (len(sources), len(targets))
        return TravelTable(
            duration_s=_whole(told.get("durations"), shape, NO_WAY_S, f"{self.version}: durations", _off_road(told)),
            distance_m=_whole(told.get("distances"), shape, 0, f"{self.version}: distances", None),
        )

    def _without(self, nowhere: Point, sources: Sequence[Point], targets: Sequence[Point]) -> TravelTable:
        table = TravelTable.empty(len(sources), len(targets))
        rows = [row for row, place in enumerate(sources) if place != nowhere]
        columns = [column for column, place in enumerate(targets) if place != nowhere]
        if rows and columns:
            found = self._ask([sources[row] for row in rows], [targets[column] for column in columns])
            table.duration_s[np.ix_(rows, columns)] = found.duration_s
            table.distance_m[np.ix_(rows, columns)] = found.distance_m
        return table

    def _get(self, path: str, codes: set[str]) -> dict[str, Any]:
        status, told = get_json(f"{self.url.rstrip('/')}/{path}", self.timeout_s)
        if status == REQUEST_URI_TOO_LONG and "TooBig" in codes:
            return {"code": "TooBig", "message": "the address is too long"}
        if not isinstance(told, dict) or told.get("code") not in codes:
            what = f"{told.get('code')}: {told.get('message')}" if isinstance(told, dict) else "what is no JSON object"
            raise TravelError(f"{self.version} answers {status} with {what[:200]}")
        return told


def _coordinates(places: Sequence[Point]) -> str:
    return ";".join(f"{place.lon:.6f},{place.lat:.6f}" for place in places)


def _nowhere(told: dict[str, Any], places: Sequence[Point]) -> Point:
    """The place that a server finds no street for: its message ends with the number."""
    number = re.search(r"(\d+)\s*$", str(told.get("message")))
    if number is None or int(number[1]) >= len(places):
        raise TravelError(f"OSRM finds no street for one of the places: {str(told.get('message'))[:200]}")
    return places[int(number[1])]


def _off_road(told: dict[str, Any]) -> tuple[list[bool], list[bool]]:
    """Which origins and which destinations lie too far from every street."""
    both = []
    for side in ("sources", "destinations"):
        waypoints = told.get(side) or []
        distances = [each.get("distance") if isinstance(each, dict) else None for each in waypoints]
        both.append([isinstance(distance, int | float) and distance > OFF_ROAD_M for distance in distances])
    return both[0], both[1]


def _whole(
    rows: Any, shape: tuple[int, int], nothing: int, what: str, off_road: tuple[list[bool], list[bool]] | None
) -> IntMatrix:
    """Numbers as OSRM writes them (floats, null where there is no way), rounded up to whole ones."""
    try:
        found: npt.NDArray[np.float64] = np.array(rows, dtype=np.float64)  # null becomes NaN
    except (TypeError, ValueError):
        raise TravelError(f"{what} are no table of numbers") from None
    if found.shape != shape:
        raise TravelError(f"{what} have the shape {found.shape}, not {shape}")
    if (found < 0).any() or np.isinf(found).any():
        raise TravelError(f"{what} hold a negative or an endless way")
    whole = np.where(np.isnan(found), nothing, np.ceil(np.minimum(np.nan_to_num(found), NO_WAY_S))).astype(np.int64)
    if off_road is not None and len(off_road[0]) == shape[0] and len(off_road[1]) == shape[1]:
        whole[np.array(off_road[0], bool), :] = nothing
        whole[:, np.array(off_road[1], bool)] = nothing
    return whole


def _line(leg: dict[str, Any]) -> list[Point]:
    """The positions of a leg; consecutive steps repeat where they meet."""
    spots = [Point(float(lat), float(lon)) for step in leg["steps"] for lon, lat in step["geometry"]["coordinates"]]
    return [spot for index, spot in enumerate(spots) if index == 0 or spot != spots[index - 1]]


def _joined(line: list[Point], begins: Point, ends: Point) -> Line:
    """From door to street, along it, and to the next door."""
    return (begins, *line, ends)
