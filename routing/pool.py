"""Many days at once, in other processes.

The engine holds Python's interpreter lock while it searches: one search inside a web worker stalls every other
request. A pool keeps searching where it hurts nobody, and uses every core.
"""

import multiprocessing
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Self

from routing.budget import Budget
from routing.checks import require
from routing.day import DEFAULT_BUDGET, solve_on_matrix
from routing.errors import SolverDied
from routing.problem import DayProblem
from routing.route import DayRoute
from routing.travel.matrix import TravelProvider

Progress = Callable[[int, int], None]
"""Told how many days are done, of how many."""


class SolverPool:
    """Solving processes, open for as long as the ``with`` block lasts.

    Processes are spawned, not forked: the caller may have threads. As with every spawned process, a script that
    opens a pool must do so below ``if __name__ == "__main__":``.

    Args:
        workers: How many processes; 0 solves in the calling process, one day after the other.
    """

    def __init__(self, workers: int) -> None:
        """Prepare; processes start with the first days given."""
        require(workers >= 0, f"{workers} solving processes: give 0 to solve in this process, or more")
        self._workers = workers
        self._processes: ProcessPoolExecutor | None = None

    def __enter__(self) -> Self:
        """Open the pool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it; days not yet begun are dropped."""
        self._close()

    def solve_days(
        self,
        problems: Iterable[DayProblem],
        travel: TravelProvider,
        budget: Budget = DEFAULT_BUDGET,
        seed: int = 0,
        progress: Progress | None = None,
    ) -> list[DayRoute]:
        """The routes of ``problems``, in their order; ``budget`` and ``seed`` hold for each day.

        Matrices come from ``travel`` in the calling process, so a provider may keep a cache or a connection.

        Raises:
            TravelError: when ``travel`` gives no usable matrix.
            SolverDied: when a process ended without an answer. The pool can be used again.
        """
        days = list(problems)
        tell = progress or (lambda done, total: None)
        if self._workers == 0:
            return _one_by_one(days, travel, budget, seed, tell)
        try:
            return self._side_by_side(days, travel, budget, seed, tell)
        except BrokenProcessPool as broken:
            self._close()
            raise SolverDied(
                "a solving process ended without an answer, most likely killed for want of memory: "
                f"use fewer processes ({self._workers} now), or 0 to solve in this one"
            ) from broken

    def _side_by_side(
        self, days: list[DayProblem], travel: TravelProvider, budget: Budget, seed: int, tell: Progress
    ) -> list[DayRoute]:
        futures: list[Future[DayRoute]] = []
        try:
            for day in days:
                matrix = travel.matrix(day.points())
                futures.append(self._open().submit(solve_on_matrix, day, matrix, budget, seed))
            for done, future in enumerate(as_completed(futures), start=1):
                future.result()
                tell(done, len(days))
        except BaseException:
            for future in futures:
                future.cancel()
            raise
        return [future.result() for future in futures]

    def _open(self) -> ProcessPoolExecutor:
        if self._processes is None:
            self._processes = ProcessPoolExecutor(self._workers, mp_context=multiprocessing.get_context("spawn"))
        return self._processes

    def _close(self) -> None:
        if self._processes is not None:
            self._processes.shutdown(wait=True, cancel_futures=True)
            self._processes = None


def _one_by_one(
    days: list[DayProblem], travel: TravelProvider, budget: Budget, seed: int, tell: Progress
) -> list[DayRoute]:
    routes = []
    for day in days:
        routes.append(solve_on_matrix(day, travel.matrix(day.points()), budget, seed))
        tell(len(routes), len(days))
    return routes
