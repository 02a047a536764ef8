"""One rep's day as a question: who drives, whom they could visit, and when.

Times are whole seconds from local midnight of the day; a shop that closes at 02:00 next morning closes at
93,600. Positions are WGS-84 degrees. Every value checks itself on creation and raises
:class:`routing.errors.InvalidProblem`, so the solver never meets a day that makes no sense.
"""

from collections import Counter
from dataclasses import dataclass

from routing.checks import require, require_seconds, require_whole
from routing.errors import InvalidProblem

LATEST_S = 48 * 3600
"""The latest time of a day: shops and shifts may run past midnight, by a whole day at most."""

MAX_PRIZE = 1_000_000
"""The largest value of a visit; it keeps "every prize before any driving" exact in 64-bit integers."""

MAX_STOPS = 1_000
"""The most candidates of one rep's day, for the same reason."""


@dataclass(frozen=True, slots=True)
class Point:
    """A position on the earth.

    Attributes:
        lat: Latitude in WGS-84 degrees, -90 to 90.
        lon: Longitude in WGS-84 degrees, -180 to 180.
    """

    lat: float
    lon: float

    def __post_init__(self) -> None:
        """Refuse what is not on the earth, NaN included."""
        require(
            -90 <= self.lat <= 90,
            f"latitude {self.lat} is not between -90 and 90: is it swapped with the longitude?",
        )
        require(-180 <= self.lon <= 180, f"longitude {self.lon} is not between -180 and 180 degrees")


@dataclass(frozen=True, slots=True)
class Window:
    """A span of the day, from ``opens_s`` to ``closes_s``, both seconds from local midnight."""

    opens_s: int
    closes_s: int

    def __post_init__(self) -> None:
        """Refuse a window that is empty, backwards, or outside two days."""
        require_seconds("a window's opening", self.opens_s, LATEST_S)
        require_seconds("a window's closing", self.closes_s, LATEST_S)
        require(
            self.opens_s < self.closes_s,
            f"a window from {self.opens_s} to {self.closes_s} s never opens: "
            "past midnight add 86,400 to the closing; for a closed day give no window",
        )

    @property
    def length_s(self) -> int:
        """How long the window is open, in seconds."""
        return self.closes_s - self.opens_s


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
    """

    id: str
    at: Point
    service_s: int
    windows: tuple[Window, ...]
    prize: int
    mandatory: bool = False

    def __post_init__(self) -> None:
        """Refuse a nameless stop, a service longer than two days and a visit without value."""
        require(bool(self.id), "a stop without an id: give each stop a name of its own")
        require_seconds(f"stop {self.id}: service_s", self.service_s, LATEST_S)
        require_whole(f"stop {self.id}: prize", self.prize)
        require(
            1 <= self.prize <= MAX_PRIZE,
            f"stop {self.id}: prize {self.prize} is not between 1 and {MAX_PRIZE}: "
            "scale the prizes of the day, or leave out a visit that is worth nothing",
        )
        require(isinstance(self.windows, tuple), f"stop {self.id}: windows must be a tuple of Window")


@dataclass(frozen=True, slots=True)
class Lunch:
    """A break that the rep is owed, wholly inside ``window`` (starts and ends in it).

    It interrupts driving or waiting, never a visit. A rep who leaves late enough to have had it before, or
    is done early enough to have it after, needs no break on the road.
    """

    window: Window
    duration_s: int

    def __post_init__(self) -> None:
        """Refuse a lunch that does not fit its own window."""
        require_seconds("lunch: duration_s", self.duration_s, LATEST_S)
        require(
            0 < self.duration_s <= self.window.length_s,
            f"a lunch of {self.duration_s} s does not fit its window of {self.window.length_s} s: "
            "shorten the lunch or widen the window",
        )

    @property
    def earliest_end_s(self) -> int:
        """The first moment at which lunch can be over."""
        return self.window.opens_s + self.duration_s

    @property
    def latest_start_s(self) -> int:
        """The last moment at which lunch can begin."""
        return self.window.closes_s - self.duration_s


@dataclass(frozen=True, slots=True)
class Worker:
    """The rep whose day it is.

    Attributes:
        start: Where the day begins.
        end: Where it ends; None means with the last visit, wherever that is.
        shift: Leaves no earlier, is done (back at ``end``) no later.
        lunch: The break owed, or None.
    """

    start: Point
    end: Point | None
    shift: Window
    lunch: Lunch | None = None


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
        twice = [stop_id for stop_id, count in Counter(stop.id for stop in self.stops).items() if count > 1]
        if twice:
            raise InvalidProblem(f"stop {twice[0]} is given {'twice' if len(twice) == 1 else 'more than once'}")

    def points(self) -> tuple[Point, ...]:
        """The places that a travel matrix must cover: start, every stop in order, end.

        A day without an end point repeats the start in its place; the way there is then not counted.
        """
        end = self.worker.end or self.worker.start
        return (self.worker.start, *(stop.at for stop in self.stops), end)
