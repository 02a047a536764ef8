"""Who drives: the shift, the breaks owed, and what a worker can carry and do."""

from dataclasses import dataclass
from itertools import pairwise
from math import isfinite

from routing.checks import require, require_seconds, require_whole
from routing.place import LATEST_S, Point, Window
from routing.stop import Stop, require_amounts, require_names

MAX_BREAKS = 6
"""The most breaks of one shift; each makes the search for the best timetable longer."""

MAX_OVERTIME_PRICE = 1_000


@dataclass(frozen=True, slots=True)
class Lunch:
    """A break that the rep is owed, wholly inside one of its windows (starts and ends in it).

    It interrupts driving or waiting, never a visit. A rep who leaves late enough to have had it before, or
    is done early enough to have it after, needs no break on the road.

    Attributes:
        window: When it may be had.
        duration_s: How long it takes, in seconds.
        also: Further windows in which it may be had instead.
    """

    window: Window
    duration_s: int
    also: tuple[Window, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a lunch that does not fit its own windows."""
        require_seconds("lunch: duration_s", self.duration_s, LATEST_S)
        require(isinstance(self.also, tuple), "lunch: also must be a tuple of Window")
        for window in (self.window, *self.also):
            require(
                0 < self.duration_s <= window.length_s,
                f"a lunch of {self.duration_s} s does not fit its window of {window.length_s} s: "
                "shorten the lunch or widen the window",
            )

    @property
    def windows(self) -> tuple[Window, ...]:
        """All windows, the earliest first."""
        return tuple(sorted((self.window, *self.also), key=lambda window: (window.opens_s, window.closes_s)))

    @property
    def earliest_end_s(self) -> int:
        """The first moment at which lunch can be over."""
        return self.windows[0].opens_s + self.duration_s

    @property
    def latest_start_s(self) -> int:
        """The last moment at which lunch can begin."""
        return max(window.closes_s for window in self.windows) - self.duration_s


@dataclass(frozen=True, slots=True)
class Worker:
    """The rep whose day it is.

    Attributes:
        start: Where the day begins.
        end: Where it ends; None means with the last visit, wherever that is.
        shift: Leaves no earlier, is done (back at ``end``) no later. None: does not work that day.
        breaks: The breaks owed, had in this order.
        id: The caller's own name; unique within a team.
        skills: What the worker can do; a stop that needs more is none of theirs.
        capacity: What fits into the car, by dimension. A dimension that is missing is without bound.
        max_visits: The most visits of the day; None for as many as fit.
        overtime_s: The shift may run over by so much.
        overtime_price: Seconds of driving that one second of overtime counts as.
        speed: Factor on speed: travel times are divided by it and rounded to the nearest second.
        max_travel_s: The most driving of the day in seconds, by this worker's own times; None for no bound.
        max_distance_m: The most metres of the day; None for no bound.
    """

    start: Point
    end: Point | None
    shift: Window | None
    breaks: tuple[Lunch, ...] = ()
    id: str = "rep"
    skills: frozenset[str] = frozenset()
    capacity: tuple[int, ...] = ()
    max_visits: int | None = None
    overtime_s: int = 0
    overtime_price: int = 1
    speed: float = 1.0
    max_travel_s: int | None = None
    max_distance_m: int | None = None

    def __post_init__(self) -> None:
        """Refuse a nameless worker, breaks out of order, negative limits and a speed that never arrives."""
        require(bool(self.id), "a worker without an id: give each worker a name of their own")
        who = f"worker {self.id}"
        require(isinstance(self.breaks, tuple), f"{who}: breaks must be a tuple of Lunch")
        require(len(self.breaks) <= MAX_BREAKS, f"{who}: {len(self.breaks)} breaks, at most {MAX_BREAKS}")
        for one, other in pairwise(self.breaks):
            require(
                one.windows[0].opens_s <= other.windows[0].opens_s,
                f"{who}: a break from {one.windows[0].opens_s} s stands before one from {other.windows[0].opens_s} s: "
                "give the breaks in the order in which they are had",
            )
        require_names(f"{who}: skills", self.skills)
        require_amounts(f"{who}: capacity", self.capacity)
        for name in ("max_visits", "max_travel_s", "max_distance_m"):
            limit = getattr(self, name)
            if limit is not None:
                require_whole(f"{who}: {name}", limit)
                require(limit >= 0, f"{who}: {name} is {limit}: give None for no bound")
        require_seconds(f"{who}: overtime_s", self.overtime_s, LATEST_S)
        require_whole(f"{who}: overtime_price", self.overtime_price)
        require(
            0 <= self.overtime_price <= MAX_OVERTIME_PRICE,
            f"{who}: overtime_price {self.overtime_price} is not between 0 and {MAX_OVERTIME_PRICE}",
        )
        require(
            isfinite(self.speed) and 0.01 <= self.speed <= 100,
            f"{who}: speed {self.speed} is not between 0.01 and 100: 1 drives as the matrix says",
        )

    @property
    def lunch(self) -> Lunch | None:
        """The first break owed; the only one of most workers."""
        return self.breaks[0] if self.breaks else None

    def may_visit(self, stop: Stop) -> bool:
        """Whether skills and the stop's own wishes let this worker make the visit; hours and ways apart."""
        if self.shift is None or not stop.skills <= self.skills or self.id in stop.forbids:
            return False
        if stop.lock and stop.lock.worker_id != self.id:
            return False
        return (not stop.only or self.id in stop.only) and all(
            amount <= room for amount, room in zip(stop.amount, self.capacity, strict=False)
        )
