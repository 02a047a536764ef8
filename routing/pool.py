"""Many days at once, in other processes.

The engine holds Python's interpreter lock while it searches: one search inside a web worker stalls every other
request. A pool keeps searching where it hurts nobody, and uses every core.
"""

import multiprocessing
from collections.abc import Callable, Collection, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from types import TracebackType
from typing import Any, Self, TypeVar

import numpy as np

from routing.budget import Budget
from routing.checks import require
from routing.courtesy import end_with_parent, step_back
from routing.day import DEFAULT_BUDGET, solve_on_matrix
from routing.errors import SolverDied
from routing.problem import DayProblem
from routing.progress import Better
from routing.route import DayRoute
from routing.travel.departure import ways_of
from routing.travel.matrix import TravelMatrix, TravelProvider
from routing.weeks.plan import Effort, WeeksPlan, solve_on_times
from routing.weeks.problem import WeeksProblem

Progress = Callable[[int, int], None]
"""Told how many are done, of how many."""

Told = Callable[[int, Better], None]
"""Told the number of a day and the best answer to it so far."""

LOOK_S = 0.1
"""How often better answers are looked for while a pool is waited for."""

Work = tuple[Any, ...]
"""A function that another process can find, and what it is given."""

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
        self._news: SimpleQueue[tuple[int, Better]] | None = None
        self._told: Told | None = None

    def __enter__(self) -> Self:
        """Open the pool."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it; days not yet begun are dropped, and those begun, too, where an error leads out of the block."""
        if error is None:
            self._close()
        else:
            self._kill()

    def solve_days(
        self,
        problems: Iterable[DayProblem],
        travel: TravelProvider,
        budget: Budget = DEFAULT_BUDGET,
        seed: int = 0,
        progress: Progress | None = None,
        *,
        told: Told | None = None,
    ) -> list[DayRoute]:
        """The routes of ``problems``, in their order; ``budget`` and ``seed`` hold for each day.

        ``progress`` hears of days done, ``told`` of better answers to those that are searched.

        Matrices come from ``travel`` in the calling process, so a provider may keep a cache or a connection.

        Raises:
            TravelError: when ``travel`` gives no usable matrix.
            SolverDied: when a process ended without an answer. The pool can be used again.
        """
        self._told = told

        def job(number: int, day: DayProblem) -> Work:
            matrix = ways_of(day, travel)
            if told is None:
                return solve_on_matrix, day, matrix, budget, seed
            if self._workers == 0:
                return solve_on_matrix, day, matrix, budget, seed, _Here(number, told)
            return _solve_telling, number, day, matrix, budget, seed

        return self._solve(list(problems), job, progress)

    def solve_weeks(
        self,
        problems: Iterable[WeeksProblem],
        travel: TravelProvider,
        effort: Effort = Effort(),  # noqa: B008 -- frozen
        seed: int = 0,
        progress: Progress | None = None,
    ) -> list[WeeksPlan]:
        """The plans of weeks for ``problems``, in their order. Raises as `solve_days`."""
        self._told = None

        def job(number: int, weeks: WeeksProblem) -> Work:
            return _solve_weeks, weeks, ways_of(weeks, travel), effort, seed

        return self._solve(list(problems), job, progress)

    def _solve(
        self, problems: Sequence[Problem], job: Callable[[int, Problem], Work], progress: Progress | None
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
        self, problems: Sequence[Problem], job: Callable[[int, Problem], Work], tell: Progress
    ) -> list[Any]:
        """A few wait for each process, no more: each carries its matrix. Whatever breaks it off ends the processes."""
        answers: list[Any] = [None] * len(problems)
        waiting: dict[Future[Any], int] = {}
        done = 0
        try:
            for index, problem in enumerate(problems):
                waiting[self._open().submit(*job(index, problem))] = index
                while waiting and (len(waiting) >= AHEAD * self._workers or index == len(problems) - 1):
                    for future in self._wait(waiting):
                        answers[waiting.pop(future)] = future.result()
                        done += 1
                        tell(done, len(problems))
        except BaseException:
            self._kill()
            raise
        return answers

    def _wait(self, waiting: Collection[Future[Any]]) -> Collection[Future[Any]]:
        """Those that are done, one at least; meanwhile better answers are handed on."""
        while True:
            done = wait(waiting, LOOK_S if self._told else None, return_when=FIRST_COMPLETED).done
            while self._told and self._news is not None and not self._news.empty():
                self._told(*self._news.get())
            if done:
                return done

    def _open(self) -> ProcessPoolExecutor:
        if self._processes is None:
            spawning = multiprocessing.get_context("spawn")
            self._news = spawning.SimpleQueue()
            self._processes = ProcessPoolExecutor(
                self._workers, mp_context=spawning, initializer=_listen, initargs=(self._news,)
            )
        return self._processes

    def _kill(self) -> None:
        """End the processes at once: nobody waits for what they search."""
        if self._processes is not None:
            for process in list((self._processes._processes or {}).values()):
                process.kill()
            self._close()

    def _close(self) -> None:
        if self._processes is not None:
            self._processes.shutdown(wait=True, cancel_futures=True)
            self._processes = None


def _one_by_one(problems: Sequence[Problem], job: Callable[[int, Problem], Work], tell: Progress) -> list[Any]:
    answers = []
    for number, problem in enumerate(problems):
        solve, *given = job(number, problem)
        answers.append(solve(*given))
        tell(len(answers), len(problems))
    return answers


def _solve_weeks(weeks: WeeksProblem, matrix: TravelMatrix, effort: Effort, seed: int) -> WeeksPlan:
    return solve_on_times(weeks, matrix.duration_s.astype(np.float64), effort, seed)


@dataclass(frozen=True, slots=True)
class _Here:
    """Hands better answers to one day on within this process."""

    number: int
    told: Told

    def on_better(self, better: Better) -> None:
        self.told(self.number, better)

    def should_stop(self) -> bool:
        return False


_mouth: list["SimpleQueue[tuple[int, Better]]"] = []
"""In a solving process: where better answers go."""


def _listen(news: "SimpleQueue[tuple[int, Better]]") -> None:
    """Begin the life of a solving process."""
    _mouth[:] = [news]
    step_back()
    end_with_parent()


def _tell(number: int, better: Better) -> None:
    _mouth[0].put((number, better))


def _solve_telling(number: int, day: DayProblem, matrix: TravelMatrix, budget: Budget, seed: int) -> DayRoute:
    return solve_on_matrix(day, matrix, budget, seed, _Here(number, _tell))
