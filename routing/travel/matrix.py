"""Travel times and distances between places, and what any source of them must offer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from routing.errors import TravelError
from routing.problem import Point

NO_WAY_S = 10_000_000
"""The duration of a way that does not exist (115 days): a provider writes it, nothing is ever routed over it."""

IntMatrix = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class TravelMatrix:
    """Ways from every place to every other; rows are origins. They need not be symmetric.

    Attributes:
        duration_s: ``(n, n)`` whole seconds; ``NO_WAY_S`` or more where there is no way.
        distance_m: ``(n, n)`` whole metres.
    """

    duration_s: IntMatrix
    distance_m: IntMatrix

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

    def matrix(self, points: Sequence[Point]) -> TravelMatrix:
        """All ways between ``points``, in their order.

        Raises:
            TravelError: when there is no answer to be had.
        """
        ...
