"""When a day's driving begins, told to providers that know the traffic of the hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from routing.problem import DayProblem, Point
from routing.travel.matrix import TravelMatrix, TravelProvider
from routing.weeks.problem import WeeksProblem

MORNING_S = 8 * 3600
"""When driving begins where nobody says: eight o'clock."""


@dataclass(frozen=True, slots=True)
class OnDay:
    """A provider asked about one day, for which a problem says the hour and a calendar the date."""

    provider: TravelProvider
    day: date

    def matrix(self, points: Sequence[Point], leaves: datetime | None = None) -> TravelMatrix:
        """All ways between ``points`` in the morning of the day, if nothing else is said."""
        return self.provider.matrix(points, leaves or self.at(MORNING_S))

    def at(self, second: int) -> datetime:
        """A moment of the day on the wall clock, ``second`` seconds after midnight."""
        return datetime.combine(self.day, time()) + timedelta(seconds=second)


def ways_of(problem: DayProblem | WeeksProblem, travel: TravelProvider) -> TravelMatrix:
    """The matrix of a problem's places; of a day whose date is known, when the shift begins.

    One matrix serves the whole day: the hour counts by the beginning of the shift.

    Raises:
        TravelError: when ``travel`` gives no usable matrix.
    """
    if isinstance(travel, OnDay) and isinstance(problem, DayProblem) and problem.worker.shift:
        return travel.matrix(problem.points(), travel.at(problem.worker.shift.opens_s))
    return travel.matrix(problem.points())
