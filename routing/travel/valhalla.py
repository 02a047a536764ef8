"""Travel by the streets of OpenStreetMap with Valhalla, embedded: no server, a folder of tiles and a child process."""

import json
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from routing.errors import TravelError
from routing.problem import Point
from routing.travel import valhalla_engine
from routing.travel.blocks import ask_in_blocks
from routing.travel.child import Child
from routing.travel.matrix import NO_WAY_S, IntMatrix, Line, TravelMatrix, TravelTable, square

ABOUT = "roads.json"
"""What stands in a folder of roads about them: written by `routing.travel.valhalla_build`, read here."""

TILES = "tiles"

BLOCK = 100
"""The most rows and columns of one question, so that each is answered in time and others have their turn."""

VIA = 200
"""The most places of one line."""


class Valhalla:
    """Roads built by ``fieldsales roads build``.

    Args:
        folder: Where they were built. When they are built anew there, the next question is asked of the new ones.
        timeout_s: The longest that one question may take.
    """

    def __init__(self, folder: Path, timeout_s: float = 10.0) -> None:
        """Nothing is opened until it is asked."""
        self._folder, self._timeout_s = folder, timeout_s
        self._child: Child | None = None
        self._child_version = ""
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """Names the map that the roads were built from, by its digest; no version while there are none."""
        about = _about(self._folder)
        return f"valhalla {about.get('sha256', 'missing')[:16]} {about.get('traffic', '')}".rstrip()

    @property
    def timed(self) -> bool:
        """Whether the roads were built with the speeds of the hours."""
        return bool(_about(self._folder).get("traffic"))

    def matrix(self, points: Sequence[Point], leaves: datetime | None = None) -> TravelMatrix:
        """All ways between ``points``. Raises ``TravelError``."""
        return square(self.table(points, points, leaves))

    def table(self, sources: Sequence[Point], targets: Sequence[Point], leaves: datetime | None = None) -> TravelTable:
        """The ways from each of ``sources`` to each of ``targets``; none to a place far from every street.

        Raises:
            TravelError: when there are no roads or no engine, or it fails or takes too long.
        """
        hour = f"{leaves:%Y-%m-%dT%H:%M}" if leaves and self.timed else None

        def ask(some: Sequence[Point], others: Sequence[Point]) -> TravelTable:
            told = self._ask({"do": "table", "sources": _spots(some), "targets": _spots(others), "leaves": hour})
            return TravelTable(_whole(told["durations"], NO_WAY_S), _whole(told["distances"], 0))

        return ask_in_blocks(ask, sources, targets, BLOCK)

    def legs(self, points: Sequence[Point]) -> tuple[Line, ...]:
        """The streets from each of ``points`` to the next. Raises ``TravelError``, also where there is no way."""
        legs: list[Line] = []
        for first in range(0, len(points) - 1, VIA - 1):
            some = points[first : first + VIA]
            told = self._ask({"do": "legs", "points": _spots(some)})
            for line, begins, ends in zip(told["legs"], some, some[1:], strict=False):
                legs.append((begins, *(Point(lat, lon) for lat, lon in line), ends))
        return tuple(legs)

    def close(self) -> None:
        """End the child process; the next question starts another."""
        with self._lock:
            if self._child is not None:
                self._child.close()
                self._child = None

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        told = self._running().ask(question, self._timeout_s)
        if "error" in told:
            raise TravelError(f"the road engine answers: {told['error']}")
        return told

    def _running(self) -> Child:
        with self._lock:
            version = self.version
            if self._child is not None and self._child_version != version:
                self._child.close()
                self._child = None
            if self._child is None:
                _require_roads(self._folder)
                script = str(Path(valhalla_engine.__file__))
                self._child = Child([sys.executable, "-P", script, str(self._folder / TILES)])
                self._child_version = version
            return self._child


def _about(folder: Path) -> dict[str, str]:
    try:
        about: dict[str, str] = json.loads((folder / ABOUT).read_text())
    except (OSError, ValueError):
        return {}
    return about


def _require_roads(folder: Path) -> None:
    if not _about(folder):
        raise TravelError(f"there are no roads in {folder}: build them with fieldsales roads build FILE.osm.pbf")
    try:
        valhalla_engine.engine_version()
    except ImportError as missing:
        raise TravelError("Valhalla is not installed: pip install 'fieldsales[roads]'") from missing


def _spots(points: Sequence[Point]) -> list[list[float]]:
    return [[point.lat, point.lon] for point in points]


def _whole(rows: list[list[float | None]], nothing: int) -> IntMatrix:
    """Whole numbers from the engine's; what is none, or beyond any way (it happens on clipped maps), is no way."""
    found = np.array(rows, dtype=np.float64)
    is_way = np.isfinite(found) & (found >= 0) & (found < NO_WAY_S)
    return np.where(is_way, np.ceil(np.where(is_way, found, 0)), nothing).astype(np.int64)
