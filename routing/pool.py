"""Many days at once, in other processes.

The engine holds Python's interpreter lock while it searches: one search inside a web worker stalls every other
request. A pool keeps searching where it hurts nobody, and uses every core.
"""

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np

from routing.budget import Budget
from routing.checks import require
from routing.day import DEFAULT_BUDGET, solve_on_matrix
from routing.errors import SolverDied
from routing.problem import DayProblem
from routing.route import DayRoute
from routing.travel.departure import ways_of
from routing.travel.matrix import TravelMatrix, TravelProvider
from routing.weeks.plan import Effort, WeeksPlan, solve_on_times
from routing.weeks.problem import WeeksProblem

Progress = Callable[[int, int], None]
"""Told how many are done, of how many."""

Problem = TypeVar("Problem")

AHEAD = 3
"""How many problems at most are handed to each process at once, with what it is busy with."""


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
        return self._solve(
            list(problems), lambda day: (solve_on_matrix, day, ways_of(day, travel), budget, seed), progress
        )

    def solve_weeks(
        self,
        problems: Iterable[WeeksProblem],
        travel: TravelProvider,
        effort: Effort = Effort(),  # noqa: B008 -- frozen
        seed: int = 0,
        progress: Progress | None = None,
    ) -> list[WeeksPlan]:
        """The plans of weeks for ``problems``, in their order. Raises as `solve_days`."""
        return self._solve(
            list(problems), lambda weeks: (_solve_weeks, weeks, ways_of(weeks, travel), effort, seed), progress
        )

    def _solve(
        self, problems: Sequence[Problem], job: Callable[[Problem], tuple[Any, ...]], progress: Progress | None
    ) -> list[Any]:
        tell = progress or (lambda done, total: None)
        try:
            if self._workers == 0:
                return _one_by_one(problems, job, tell)
            return self._side_by_side(problems, job, tell)
        except BrokenProcessPool as broken:
            self._close()
            raise SolverDied(
                "a solving process ended without an answer, most likely killed for want of memory: "
                f"use fewer processes ({self._workers} now), or 0 to solve in this one"
            ) from broken

    def _side_by_side(
        self, problems: Sequence[Problem], job: Callable[[Problem], tuple[Any, ...]], tell: Progress
    ) -> list[Any]:
        """A few wait for each process, no more: each carries its matrix."""
        answers: list[Any] = [None] * len(problems)
        waiting: dict[Future[Any], int] = {}
        done = 0
        try:
            for index, problem in enumerate(problems):
                waiting[self._open().submit(*job(problem))] = index
                while waiting and (len(waiting) >= AHEAD * self._workers or index == len(problems) - 1):
                    for future in wait(waiting, return_when=FIRST_COMPLETED).done:
                        answers[waiting.pop(future)] = future.result()
                        done += 1
                        tell(done, len(problems))
        except BaseException:
            for future in waiting:
                future.cancel()
            raise
        return answers

    def _open(self) -> ProcessPoolExecutor:
        if self._processes is None:
            self._processes = ProcessPoolExecutor(self._workers, mp_context=multiprocessing.get_context("spawn"))
        return self._processes

    def _close(self) -> None:
        if self._processes is not None:
            self._processes.shutdown(wait=True, cancel_futures=True)
            self._processes = None


def _one_by_one(problems: Sequence[Problem], job: Callable[[Problem], tuple[Any, ...]], tell: Progress) -> list[Any]:
    answers = []
    for problem in problems:
        solve, *given = job(problem)
        answers.append(solve(*given))
        tell(len(answers), len(problems))
    return answers


def _solve_weeks(weeks: WeeksProblem, matrix: TravelMatrix, effort: Effort, seed: int) -> WeeksPlan:
    return solve_on_times(weeks, matrix.duration_s.astype(np.float64), effort, seed)
