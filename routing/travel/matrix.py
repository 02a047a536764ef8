"""Travel times and distances between places, and what any source of them must offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Protocol, Self

import numpy as np
import numpy.typing as npt

from routing.errors import TravelError
from routing.problem import Point

NO_WAY_S = 10_000_000
"""The duration of a way that does not exist (115 days): a provider writes it, nothing is ever routed over it."""

IntMatrix = npt.NDArray[np.int64]

Line = tuple[Point, ...]
"""The way from one place to the next, as a map draws it: at least its two ends."""


@dataclass(frozen=True, slots=True, eq=False)
class TravelTable:
    """Ways from some places to others; rows are origins, columns destinations.

    Attributes:
        duration_s: ``(sources, targets)`` whole seconds; ``NO_WAY_S`` or more where there is no way.
        distance_m: ``(sources, targets)`` whole metres.
    """

    duration_s: IntMatrix
    distance_m: IntMatrix

    @classmethod
    def empty(cls, sources: int, targets: int) -> Self:
        """A table without a single way, to be filled in."""
        return cls(np.full((sources, targets), NO_WAY_S, np.int64), np.zeros((sources, targets), np.int64))


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """Ways from every place to every other; rows are origins. They need not be symmetric.

    Attributes:
        duration_s: ``(n, n)`` whole seconds; ``NO_WAY_S`` or more where there is no way.
        distance_m: ``(n, n)`` whole metres.
        warnings: What whoever drives by these times should know, in sentences: that they are not the ones asked for.
    """

    duration_s: IntMatrix
    distance_m: IntMatrix
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse matrices that are not square, not of one size, not whole or negative."""
        size = len(self.duration_s)
        for name, matrix in (("duration_s", self.duration_s), ("distance_m", self.distance_m)):
            if matrix.shape != (size, size):
                raise TravelError(f"{name} has shape {matrix.shape}, not ({size}, {size})")
            if not np.issubdtype(matrix.dtype, np.integer):
                raise TravelError(f"{name} holds {matrix.dtype}, not whole numbers: round it first")
            if size and matrix.min() < 0:
                raise TravelError(f"{name} holds a negative value, {matrix.min()}")

    def __len__(self) -> int:
        """How many places it covers."""
        return len(self.duration_s)


class TravelProvider(Protocol):
    """A source of travel matrices: a formula, a road router, a cache in front of one."""

    def matrix(self, points: Sequence[Point], leaves: datetime | None = None) -> TravelMatrix:
        """All ways between ``points``, in their order.

        ``leaves`` is when the day's driving begins, on the wall clock of the places (a time without a zone). A provider
        that knows the traffic of the hour answers for that hour; others do not look at it.

        Raises:
            TravelError: when there is no answer to be had.
        """
        ...


class Roads(TravelProvider, Protocol):
    """A provider that can also say which roads it knows, answer for some pairs only, and draw the way."""

    @property
    def version(self) -> str:
        """Names the roads and how they are driven: answers of another version may differ."""
        ...

    @property
    def timed(self) -> bool:
        """Whether the time of departure makes a difference."""
        ...

    def table(self, sources: Sequence[Point], targets: Sequence[Point], leaves: datetime | None = None) -> TravelTable:
        """The ways from each of ``sources`` to each of ``targets``. Raises as :meth:`TravelProvider.matrix`."""
        ...

    def legs(self, points: Sequence[Point]) -> tuple[Line, ...]:
        """The way from each of ``points`` to the next, as a map draws it. Raises ``TravelError``."""
        ...


def straight_legs(points: Sequence[Point]) -> tuple[Line, ...]:
    """The way from each of ``points`` to the next as the crow flies."""
    return tuple(pairwise(points))


def square(table: TravelTable, warnings: tuple[str, ...] = ()) -> TravelMatrix:
    """A table from places to themselves as a matrix: staying where one is takes no time."""
    duration_s, distance_m = table.duration_s.copy(), table.distance_m.copy()
    np.fill_diagonal(duration_s, 0)
    np.fill_diagonal(distance_m, 0)
    return TravelMatrix(duration_s, distance_m, warnings)
