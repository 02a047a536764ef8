"""A visit that could be made: where, when, worth what, and by whom."""

from collections.abc import Iterable
from dataclasses import dataclass

from routing.checks import require, require_seconds, require_whole
from routing.place import LATEST_S, Point, Window

MAX_PRIZE = 1_000_000
"""The largest value of a visit; it keeps "every prize before any driving" exact in 64-bit integers."""


@dataclass(frozen=True, slots=True)
class Lock:
    """A visit promised to one worker: nobody else may make it.

    Attributes:
        worker_id: Who makes it, if it is made.
        place: Its number on the route, 0 the first visit; None leaves the order free.
    """

    worker_id: str
    place: int | None = None

    def __post_init__(self) -> None:
        """Refuse a lock to nobody and a place before the first."""
        require(bool(self.worker_id), "a lock without a worker_id: say whose visit it is")
        if self.place is not None:
            require_whole("a lock's place", self.place)
            require(self.place >= 0, f"a lock's place is {self.place}: the first visit of a route is 0")


@dataclass(frozen=True, slots=True)
class Stop:
    """A visit that could be made.

    Attributes:
        id: The caller's own name for it; unique within the day.
        at: Where the shop is.
        service_s: Time in the shop, in seconds.
        windows: When the shop is open. Service must start inside a window and end by the close of that same
            window: the rep is out of the door when the shop closes. Windows may touch or overlap. Empty
            means closed all day.
        prize: The value of the visit, a whole number from 1; only the ratios between stops matter.
        mandatory: Comes before every visit that is not, whatever their prizes. One that cannot be met is left
            out with its reason, never an error.
        skills: A worker must have all of them.
        only: Ids of the workers who may make it; empty lets anybody.
        forbids: Ids of workers who may not.
        prefers: Ids of the workers whom it would rather have; anybody else costs ``TeamProblem.preference_s``.
        amount: What it takes of the worker's capacity, by dimension; missing dimensions take nothing.
        lock: Whose visit it is, and as which of the route; None when that is free.
    """

    id: str
    at: Point
    service_s: int
    windows: tuple[Window, ...]
    prize: int
    mandatory: bool = False
    skills: frozenset[str] = frozenset()
    only: frozenset[str] = frozenset()
    forbids: frozenset[str] = frozenset()
    prefers: frozenset[str] = frozenset()
    amount: tuple[int, ...] = ()
    lock: Lock | None = None

    def __post_init__(self) -> None:
        """Refuse a nameless stop, an endless service, a visit without value and one that nobody could make."""
        require(bool(self.id), "a stop without an id: give each stop a name of its own")
        require_seconds(f"stop {self.id}: service_s", self.service_s, LATEST_S)
        require_whole(f"stop {self.id}: prize", self.prize)
        require(
            1 <= self.prize <= MAX_PRIZE,
            f"stop {self.id}: prize {self.prize} is not between 1 and {MAX_PRIZE}: "
            "scale the prizes of the day, or leave out a visit that is worth nothing",
        )
        require(isinstance(self.windows, tuple), f"stop {self.id}: windows must be a tuple of Window")
        for name in ("skills", "only", "forbids", "prefers"):
            require_names(f"stop {self.id}: {name}", getattr(self, name))
        require_amounts(f"stop {self.id}: amount", self.amount)
        if self.lock:
            holder = self.lock.worker_id
            refused = holder in self.forbids or (bool(self.only) and holder not in self.only)
            require(not refused, f"stop {self.id}: is locked to {holder}, whom its only or forbids rules out")


def require_names(name: str, names: object) -> None:
    """Refuse anything but a frozenset of texts: a bare string would be read letter by letter."""
    fits = isinstance(names, frozenset) and all(isinstance(each, str) and each for each in names)
    require(fits, f"{name} is {names!r}, not a frozenset of names")


def require_amounts(name: str, amounts: Iterable[int]) -> None:
    """Refuse anything but a tuple of whole numbers from 0."""
    require(isinstance(amounts, tuple), f"{name} is {amounts!r}, not a tuple of whole numbers")
    for amount in amounts:
        require_whole(name, amount)
        require(0 <= amount < 1 << 40, f"{name} holds {amount}, which is not between 0 and {(1 << 40) - 1}")
