"""Travel that is asked for once: a cache in front of any provider, which then asks for unknown pairs only."""

from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

import numpy as np
import numpy.typing as npt

from routing.errors import TravelError
from routing.problem import Point
from routing.travel.matrix import Line, Roads, TravelMatrix, TravelTable, square

GRID = 100_000
"""Positions are rounded to this part of a degree, five decimals or 1.1 m: a door, not a shelf in the shop."""

MOST_QUESTIONS = 8
"""Unknown pairs are asked for exactly, in at most this many tables; beyond, in one table that covers them all."""

Mask = npt.NDArray[np.bool_]


class Store(Protocol):
    """What remembers ways. Places are numbers (see `place_of`), a kind is of a provider's version and an hour."""

    def find(self, kind: str, sources: Sequence[int], targets: Sequence[int]) -> tuple[TravelTable, Mask]:
        """The table of the ways that are known, and which those are. Raises ``TravelError`` when it is broken."""
        ...

    def keep(self, kind: str, sources: Sequence[int], targets: Sequence[int], table: TravelTable) -> None:
        """Remember all ways of a table. Raises ``TravelError`` when it is broken."""
        ...


class Cached:
    """A provider that remembers what it was told.

    Only what `provider` answers is kept; what it raises is raised on, so a fallback belongs outside. A store that is
    broken is passed by: the provider is then asked for everything.
    """

    def __init__(self, provider: Roads, store: Store) -> None:
        """`asked` and `known` count pairs of different places since then: what was asked for, what was remembered."""
        self.provider, self.store = provider, store
        self.asked = self.known = 0

    @property
    def version(self) -> str:
        """The provider's."""
        return self.provider.version

    @property
    def timed(self) -> bool:
        """As the provider."""
        return self.provider.timed

    def matrix(self, points: Sequence[Point], leaves: datetime | None = None) -> TravelMatrix:
        """All ways between ``points``. Raises ``TravelError``."""
        return square(self.table(points, points, leaves))

    def table(self, sources: Sequence[Point], targets: Sequence[Point], leaves: datetime | None = None) -> TravelTable:
        """The ways from each of ``sources`` to each of ``targets``, between the rounded positions."""
        rows, row_of = _numbered(sources)
        columns, column_of = _numbered(targets)
        kind = f"{self.version} {hour_class(leaves) if self.timed and leaves else 'any'}"
        table, known = self._remembered(kind, rows, columns)
        for some, others in questions(~known):
            ends = [rows[row] for row in some], [columns[column] for column in others]
            part = self.provider.table([place_at(one) for one in ends[0]], [place_at(one) for one in ends[1]], leaves)
            self.asked += part.duration_s.size
            table.duration_s[np.ix_(some, others)] = part.duration_s
            table.distance_m[np.ix_(some, others)] = part.distance_m
            with suppress(TravelError):
                self.store.keep(kind, *ends, part)
        _stay(table, rows, columns)
        where = np.ix_(row_of, column_of)
        return TravelTable(table.duration_s[where], table.distance_m[where])

    def legs(self, points: Sequence[Point]) -> tuple[Line, ...]:
        """The provider's; lines are not remembered."""
        return self.provider.legs(points)

    def _remembered(self, kind: str, rows: Sequence[int], columns: Sequence[int]) -> tuple[TravelTable, Mask]:
        try:
            table, known = self.store.find(kind, rows, columns)
        except TravelError:
            return TravelTable.empty(len(rows), len(columns)), np.zeros((len(rows), len(columns)), np.bool_)
        self.known += int(known.sum())
        return table, known


def _stay(table: TravelTable, rows: Sequence[int], columns: Sequence[int]) -> None:
    """Where one is already, getting there takes no time, whatever a router says."""
    same: Mask = np.equal.outer(np.array(rows, np.int64), np.array(columns, np.int64))
    table.duration_s[same] = table.distance_m[same] = 0


def hour_class(leaves: datetime) -> str:
    """The hours of a week whose traffic is taken to be alike: of workdays, of Saturdays, of Sundays."""
    day = {5: "saturday", 6: "sunday"}.get(leaves.weekday(), "workday")
    return f"{day} {leaves.hour:02}"


def place_of(point: Point) -> int:
    """The number of the square of the grid that a position lies in the middle of; 48 bits."""
    north, east = round((point.lat + 90) * GRID), round((point.lon + 180) * GRID)
    return north * (360 * GRID + 1) + east


def place_at(place: int) -> Point:
    """The position of a place."""
    north, east = divmod(place, 360 * GRID + 1)
    return Point(round(north / GRID - 90, 5), round(east / GRID - 180, 5))


def questions(unknown: Mask) -> list[tuple[list[int], list[int]]]:
    """The tables to ask for, as rows and columns, so that every unknown pair is in one of them.

    Rows that lack the same columns are asked for together. With up to ``MOST_QUESTIONS`` such groups nothing known is
    asked for again; with more, one table covers them all, since one question costs less than many.
    """
    groups: dict[bytes, list[int]] = defaultdict(list)
    for row, lacking in enumerate(unknown):
        if lacking.any():
            groups[lacking.tobytes()].append(row)
    if len(groups) > MOST_QUESTIONS:
        return [(np.flatnonzero(unknown.any(axis=1)).tolist(), np.flatnonzero(unknown.any(axis=0)).tolist())]
    return [(rows, np.flatnonzero(unknown[rows[0]]).tolist()) for rows in groups.values()]


def _numbered(points: Sequence[Point]) -> tuple[list[int], list[int]]:
    """The different places among points, and for each point which of them it is."""
    numbers = [place_of(point) for point in points]
    index = {place: position for position, place in enumerate(dict.fromkeys(numbers))}
    return list(index), [index[number] for number in numbers]
