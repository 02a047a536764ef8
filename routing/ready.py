"""Machine code at hand before anybody waits for it: `python -m routing.ready`.

The inner loops are compiled on their first use and kept beside their modules (or where `NUMBA_CACHE_DIR` says). That
takes a minute or two once, and about two seconds in every process after that.
"""

from collections.abc import Iterator
from time import perf_counter

import numpy as np

from routing.budget import Budget
from routing.day import solve_on_matrix
from routing.living import ready as living
from routing.problem import DayProblem, Point, Stop, Window, Worker
from routing.team.problem import TeamProblem
from routing.team.solve import solve_team_on_matrix
from routing.travel.matrix import TravelMatrix
from routing.weeks.plan import Effort, solve_on_times
from routing.weeks.problem import Option, Outlet, WeeksProblem

HERE, WHOLE_DAY = Point(0, 0), Window(0, 86_400)
EFFORT = Budget(seconds=1.0, patience=1)


def prepare() -> None:
    """Use every part once, on problems that are too small to take time themselves."""
    for _ in parts():
        pass


def parts() -> Iterator[str]:
    """Yield the name of each part once it is ready."""
    solve_on_matrix(DayProblem(Worker(HERE, HERE, Window(0, 800)), _stops(14)), _ways(16), EFFORT)
    yield "days"
    workers = tuple(Worker(HERE, HERE, Window(0, 800), id=name) for name in ("one", "other"))
    solve_team_on_matrix(TeamProblem(workers, _stops(14)), _ways(18), EFFORT)
    yield "teams"
    living.prepare()
    yield "days under way"
    outlets = tuple(Outlet(str(number), HERE, 60, (Option((0,)), Option((1,)))) for number in range(8))
    solve_on_times(WeeksProblem(HERE, outlets, (800, 800)), _ways(9).duration_s.astype(np.float64), Effort(2, 1.0), 0)
    yield "weeks"


def _stops(many: int) -> tuple[Stop, ...]:
    return tuple(Stop(f"{number}", HERE, 60, (WHOLE_DAY,), 1 + number % 3) for number in range(many))


def _ways(size: int) -> TravelMatrix:
    ways = np.arange(size * size, dtype=np.int64).reshape(size, size) * 7 % 30
    return TravelMatrix(ways, ways)


def main() -> None:
    """Say what is done, as it is done."""
    print("Compiling the search for routes: a minute or two, once.", flush=True)
    began = perf_counter()
    for part in parts():
        print(f"  {part}: ready after {perf_counter() - began:.0f} s", flush=True)


if __name__ == "__main__":
    main()
