"""When the road router fails, the day is planned as the crow flies, and says so."""

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime

import numpy as np

from routing.errors import TravelError
from routing.problem import Point
from routing.travel.great_circle import GreatCircle
from routing.travel.matrix import NO_WAY_S, IntMatrix, Line, Roads, TravelMatrix, TravelTable, square, straight_legs

REST_S = 30.0
"""For how long a provider that failed is not asked again, in seconds: each day of a plan would wait for it anew."""

WARNING = "Driving times are estimated from straight lines, not from streets: {why}."


class Fallback:
    """Asks ``first``; where that fails, answers by ``second`` with a warning on the matrix.

    It fails too where it knows no road from the first place (where the day starts) to any other, or none back: the
    roads are then those of another region.

    Args:
        first: The provider that should answer.
        second: The formula that always can.
        clock: Seconds that only go up.
    """

    def __init__(self, first: Roads, second: GreatCircle, clock: Callable[[], float] = time.monotonic) -> None:
        """Nothing is asked yet."""
        self.first, self.second = first, second
        self._clock = clock
        self._failed: tuple[float, str] | None = None
        self._lock = threading.Lock()

    @property
    def version(self) -> str:
        """The first provider's: what the second answers is a makeshift."""
        return self.first.version

    @property
    def timed(self) -> bool:
        """As the first provider."""
        return self.first.timed

    def matrix(self, points: Sequence[Point], leaves: datetime | None = None) -> TravelMatrix:
        """All ways between ``points``; never raises, but may carry a warning."""
        try:
            self._rest()
            table = self.first.table(points, points, leaves)
            _require_roads(points, table.duration_s)
            return square(table)
        except NoRoads as other_region:
            return self._estimated(points, str(other_region))
        except TravelError as failed:
            return self._estimated(points, self._note(failed))

    def table(self, sources: Sequence[Point], targets: Sequence[Point], leaves: datetime | None = None) -> TravelTable:
        """As :meth:`matrix`, without a place for a warning."""
        try:
            self._rest()
            return self.first.table(sources, targets, leaves)
        except TravelError as failed:
            self._note(failed)
            return self.second.table(sources, targets)

    def legs(self, points: Sequence[Point]) -> tuple[Line, ...]:
        """The way as a map draws it, in straight lines where the first provider draws none."""
        try:
            self._rest()
            return self.first.legs(points)
        except TravelError:
            return straight_legs(points)

    def _estimated(self, points: Sequence[Point], why: str) -> TravelMatrix:
        return square(self.second.table(points, points), (WARNING.format(why=why.rstrip(".")),))

    def _rest(self) -> None:
        """Raise the last failure again while it is fresh."""
        with self._lock:
            if self._failed and self._clock() < self._failed[0]:
                raise Resting(self._failed[1])

    def _note(self, failed: TravelError) -> str:
        if not isinstance(failed, Resting):
            with self._lock:
                self._failed = (self._clock() + REST_S, str(failed))
        return str(failed)


class NoRoads(TravelError):
    """The provider answers, but knows no road where the day starts."""


class Resting(TravelError):
    """The provider failed a moment ago."""


def _require_roads(points: Sequence[Point], duration_s: IntMatrix) -> None:
    """One other place may be on an island; where it is all of several, the start is off the map."""
    others = [index for index, point in enumerate(points) if point != points[0]]
    if len(others) > 1 and (np.all(duration_s[0, others] >= NO_WAY_S) or np.all(duration_s[others, 0] >= NO_WAY_S)):
        raise NoRoads("the road router knows no road between the start of the day and any other place")
