"""One search in a process of its own, which tells how far it is and can really be ended.

The engine holds Python's interpreter lock and cannot be interrupted from within, so that a search that nobody wants any
more is killed with its process. A child whose parent is gone ends by itself with the round that it is in.
"""

import multiprocessing
from collections.abc import Iterator
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from types import TracebackType
from typing import Self

from routing.budget import Budget
from routing.compiled import compile_day
from routing.courtesy import end_with_parent, step_back
from routing.day import DEFAULT_BUDGET, solve_on_matrix
from routing.errors import RoutingError, SolverDied
from routing.knapsack import most_prize
from routing.problem import DayProblem
from routing.progress import Better
from routing.route import DayRoute
from routing.travel.matrix import TravelMatrix

News = tuple[int, Better] | tuple[int, DayRoute]
"""The number of a day, and the best answer so far, or its route: then that day is done."""

Message = tuple[int, Better | DayRoute | RoutingError | None]
NOT_A_DAY = -1
GRACE_S = 5.0
"""How long a killed process may take to be gone."""


@dataclass(frozen=True, slots=True)
class Job:
    """Days to be searched one after the other, each with its matrix."""

    days: tuple[tuple[DayProblem, TravelMatrix], ...]
    budget: Budget = DEFAULT_BUDGET
    seed: int = 0


@dataclass(slots=True)
class ChildSearch:
    """A job in a process of its own, for as long as the ``with`` block lasts: leaving it ends the process.

    As with every spawned process, a script must begin one below ``if __name__ == "__main__":``.
    """

    job: Job
    routes: dict[int, DayRoute] = field(default_factory=dict)
    _process: SpawnProcess | None = None
    _ears: Connection | None = None

    def __enter__(self) -> Self:
        """Start the process."""
        context = multiprocessing.get_context("spawn")
        self._ears, mouth = context.Pipe(duplex=False)
        self._process = context.Process(target=_work, args=(self.job, mouth), daemon=True, name="route search")
        self._process.start()
        mouth.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process, whatever it is at."""
        self.kill()

    @property
    def pid(self) -> int | None:
        """The number of the process."""
        return self._process.pid if self._process else None

    @property
    def is_done(self) -> bool:
        """Whether every day has its route."""
        return len(self.routes) == len(self.job.days)

    def kill(self) -> None:
        """End the search now; it uses no processor from then on."""
        if self._process is not None:
            self._process.kill()
            self._process.join(GRACE_S)
        if self._ears is not None:
            self._ears.close()

    def news(self, patience_s: float) -> Iterator[News]:
        """What the search tells within so many seconds; ends sooner once there was something and no more waits.

        Raises:
            SolverDied: when the process ended without an answer (killed, out of memory).
            RoutingError: what went wrong in the search.
        """
        if self._ears is None:
            raise SolverDied("the search was not begun")
        while not self.is_done and self._ears.poll(patience_s):
            patience_s = 0
            number, told = self._hear(self._ears)
            if isinstance(told, RoutingError):
                raise told
            if isinstance(told, DayRoute):
                self.routes[number] = told
                yield number, told
            elif told is not None:
                yield number, told

    @staticmethod
    def _hear(ears: Connection) -> Message:
        try:
            message: Message = ears.recv()
        except (EOFError, OSError) as gone:
            raise SolverDied(
                "the process of the search ended without an answer, most likely killed for want of memory"
            ) from gone
        return message


@dataclass(frozen=True, slots=True)
class _Mouth:
    """Tells the parent of better answers to one day, as long as there is a parent."""

    number: int
    mouth: Connection

    def on_better(self, better: Better) -> None:
        self.mouth.send((self.number, better))

    def should_stop(self) -> bool:
        parent = multiprocessing.parent_process()
        return parent is not None and not parent.is_alive()


def _work(job: Job, mouth: Connection) -> None:
    """Search one day after the other; end quietly when nobody listens any more."""
    step_back()
    end_with_parent()
    try:
        for number, (day, matrix) in enumerate(job.days):
            mouth.send((number, Better(0, 0, 0, most_prize(compile_day(day, matrix)))))
        for number, (day, matrix) in enumerate(job.days):
            watch = _Mouth(number, mouth)
            mouth.send((number, solve_on_matrix(day, matrix, job.budget, job.seed, watch)))
            if watch.should_stop():
                return
    except RoutingError as wrong:
        mouth.send((NOT_A_DAY, wrong))
    except (BrokenPipeError, ConnectionResetError):
        return
