"""Machine code at hand before anybody waits for it."""

import numpy as np

from routing.living.problem import LivingDay
from routing.living.replan import replan_on_matrix
from routing.problem import DayProblem, Point, Stop, Window, Worker
from routing.travel.matrix import TravelMatrix


def prepare() -> None:
    """Load the machine code of replanning: about a second, or half a minute where it was never compiled before.

    It is compiled on a day that has no proof within reach, so that every part of it is used.
    """
    here, whole_day = Point(0, 0), Window(0, 86_400)
    stops = tuple(Stop(f"{number}", here, 60, (whole_day,), 1) for number in range(14))
    standing = tuple(stop.id for stop in stops[1:])
    living = LivingDay(DayProblem(Worker(here, here, Window(0, 800)), stops), standing, 0)
    size = len(stops) + 2
    ways = np.arange(size * size, dtype=np.int64).reshape(size, size) * 7 % 30
    replan_on_matrix(living, TravelMatrix(ways, ways))
