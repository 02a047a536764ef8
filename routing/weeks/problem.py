"""The coming weeks of one depot or one rep as a question: whom to visit on which days.

Days are numbered from 0; which of them is a Monday or a holiday, the caller knows and says by the options. Times and
costs are whole seconds, or any other unit used throughout.
"""

from dataclasses import dataclass
from itertools import pairwise

from routing.checks import require
from routing.problem import Point

MOST_DAYS = 400
"""The most days of a problem: a year and some."""


@dataclass(frozen=True, slots=True)
class Option:
    """One way to spread a customer's visits over the days.

    Attributes:
        days: The days of the visits, in order; none if the customer is not visited in these weeks.
        cost: What the option costs beside driving: a wish not met, a change of what was agreed.
    """

    days: tuple[int, ...]
    cost: int = 0

    def __post_init__(self) -> None:
        """Refuse days that are out of order or twice there, and rewards."""
        require(all(a < b for a, b in pairwise(self.days)), f"the days of an option do not rise: {self.days}")
        require(self.cost >= 0, f"an option costs {self.cost}: give 0 or more")


@dataclass(frozen=True, slots=True)
class Outlet:
    """A customer: where it is, how long a visit takes, how much it loads, and the ways to spread its visits."""

    id: str
    point: Point | None
    service_s: int
    options: tuple[Option, ...]
    load: int = 0

    def __post_init__(self) -> None:
        """Refuse an outlet that cannot be visited in any way."""
        require(bool(self.options), f"outlet {self.id} has no option: give at least one, or leave it out")
        require(self.service_s >= 0, f"outlet {self.id}: a visit of {self.service_s} s")
        require(self.load >= 0, f"outlet {self.id}: a load of {self.load}")


@dataclass(frozen=True, slots=True)
class WeeksProblem:
    """The outlets of one depot, and what a day can hold.

    Attributes:
        start: Where every route starts and ends; None where a matrix is given.
        outlets: The customers.
        day_limits_s: By day, the most travel and service of one route; 0 for a day on which nobody drives.
        vehicles: How many routes there are a day; 1 for a rep.
        capacity: The most load of one route; None if it does not matter.
        balance: How much evenness of the days counts: the cost of the squares of the routes' times over twice their
            mean, times this. 0 looks at driving alone.
    """

    start: Point | None
    outlets: tuple[Outlet, ...]
    day_limits_s: tuple[int, ...]
    vehicles: int = 1
    capacity: int | None = None
    balance: float = 0.0

    def __post_init__(self) -> None:
        """Refuse no days, too many, and options on days that there are not."""
        days = len(self.day_limits_s)
        require(0 < days <= MOST_DAYS, f"{days} days: give 1 to {MOST_DAYS}")
        require(self.vehicles > 0, f"{self.vehicles} vehicles: give 1 or more")
        require(self.balance >= 0, f"a balance of {self.balance}: give 0 or more")
        require(len({each.id for each in self.outlets}) == len(self.outlets), "an outlet is there twice")
        for outlet in self.outlets:
            for option in outlet.options:
                wrong = [day for day in option.days if not (0 <= day < days and self.day_limits_s[day] > 0)]
                require(not wrong, f"outlet {outlet.id}: nobody drives on day {wrong[:1]} of an option")

    @property
    def days(self) -> int:
        """How many days there are."""
        return len(self.day_limits_s)

    def points(self) -> list[Point]:
        """The start and then the outlets, as a matrix numbers them."""
        known = [self.start, *(outlet.point for outlet in self.outlets)]
        require(None not in known, "a place has no position: give one, or a matrix")
        return [point for point in known if point is not None]
