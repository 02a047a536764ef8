"""One rep's day as a question: who drives, whom they could visit, and when.

Times are whole seconds from local midnight of the day; a shop that closes at 02:00 next morning closes at
93,600. Positions are WGS-84 degrees. Every value checks itself on creation and raises
:class:`routing.errors.InvalidProblem`, so the solver never meets a day that makes no sense.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from routing.checks import require
from routing.errors import InvalidProblem
from routing.place import LATEST_S, Point, Window
from routing.stop import MAX_PRIZE, Lock, Stop
from routing.worker import Lunch, Worker

__all__ = [
    "LATEST_S",
    "MAX_PRIZE",
    "MAX_STOPS",
    "DayProblem",
    "Lock",
    "Lunch",
    "Point",
    "Stop",
    "Window",
    "Worker",
    "require_named_once",
]

MAX_STOPS = 1_000
"""The most candidates of one rep's day, for the same reason as ``MAX_PRIZE``."""


@dataclass(frozen=True, slots=True)
class DayProblem:
    """A worker and the stops that could fill the day, in any order."""

    worker: Worker
    stops: tuple[Stop, ...]

    def __post_init__(self) -> None:
        """Refuse a stop given twice and more stops than one day could ever choose from."""
        require(isinstance(self.stops, tuple), "stops must be a tuple of Stop")
        require(
            len(self.stops) <= MAX_STOPS,
            f"{len(self.stops)} candidates for one day, at most {MAX_STOPS}: keep the most valuable",
        )
        require_named_once("stop", (stop.id for stop in self.stops))

    def points(self) -> tuple[Point, ...]:
        """The places that a travel matrix must cover: start, every stop in order, end.

        A day without an end point repeats the start in its place; the way there is then not counted.
        """
        end = self.worker.end or self.worker.start
        return (self.worker.start, *(stop.at for stop in self.stops), end)


def require_named_once(noun: str, names: Iterable[str]) -> None:
    """Refuse a name that is given more than once."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise InvalidProblem(f"{noun} {twice[0]} is given {'twice' if len(twice) == 1 else 'more than once'}")
