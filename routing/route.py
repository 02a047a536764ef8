"""One rep's day as an answer: the visits in driving order, the breaks, and what was left out and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from routing.place import Window


class LunchPlace(StrEnum):
    """Where on the way between two places the rep has lunch."""

    BEFORE_DRIVE = "before_drive"  # at the place just visited
    ON_THE_WAY = "on_the_way"  # a halt on the road
    ON_ARRIVAL = "on_arrival"  # at the next place, before its visit


@dataclass(frozen=True, slots=True)
class PlacedLunch:
    """A break on the road: after ``after_visits`` visits were made (0: before the first).

    ``number`` says which of the worker's breaks it is, 0 the first.
    """

    start_s: int
    duration_s: int
    after_visits: int
    place: LunchPlace
    number: int = 0

    @property
    def end_s(self) -> int:
        """When it is over, seconds from local midnight."""
        return self.start_s + self.duration_s


@dataclass(frozen=True, slots=True)
class Cause:
    """Why a rep waits or drives: a stable code, its numbers and names, and the English sentence made of them."""

    code: str
    text: str
    params: Mapping[str, int | str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class RoutedVisit:
    """A visit with its times. Clock times are seconds from local midnight.

    Attributes:
        stop_id: The id of the stop in the problem.
        arrival_s: At the door.
        wait_s: At the door before service, lunch there not counted.
        start_s: Service begins.
        service_s: Length of the service.
        departure_s: Out of the door, ``start_s + service_s``; a lunch there comes after it.
        travel_s: Driving time from the place before, lunch on the way not counted.
        distance_m: Metres from the place before.
        wait_cause: Why the rep waits; None where nobody does.
        way_cause: What the way is driven for, and what it adds to the day.
    """

    stop_id: str
    arrival_s: int
    wait_s: int
    start_s: int
    service_s: int
    departure_s: int
    travel_s: int
    distance_m: int
    wait_cause: Cause | None = None
    way_cause: Cause | None = None


@dataclass(frozen=True, slots=True)
class PushedOut:
    """A visit that another would push off the route, and its prize."""

    stop_id: str
    prize: int


@dataclass(frozen=True, slots=True)
class Remedy:
    """One change that alone would make room for a visit, beside all that are kept: found by trying it.

    Attributes:
        code: Stable; one of :class:`routing.reasons.RemedyCode`.
        text: An English sentence made of ``code`` and ``params``.
        params: Its numbers and names.
    """

    code: str
    text: str
    params: Mapping[str, int | str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stop that is not on the route.

    Attributes:
        stop_id: The id of the stop in the problem.
        code: Stable; one of :class:`routing.reasons.Reason`.
        reason: An English sentence made of ``code`` and ``params``.
        params: The numbers and names of the sentence, for a translation.
        mandatory: It had to be visited and could not.
        worker_id: Whose day is told of: the one into which it fits best. Empty where nobody may make the visit.
        missed: The window that could not be met: of its hours, the nearest to when somebody could be there.
        extra_s: What the visit would take at least, driving and service, in seconds; None where there is no way.
        pushes_out: Which visits it would push out: those of least prize found that make room. Empty where none would.
        remedies: What would make it fit, each alone.
    """

    stop_id: str
    code: str
    reason: str
    params: Mapping[str, int | str] = field(default_factory=dict, hash=False)
    mandatory: bool = False
    worker_id: str = ""
    missed: Window | None = None
    extra_s: int | None = None
    pushes_out: tuple[PushedOut, ...] = ()
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Bound:
    """What no solution can do better.

    Attributes:
        prize: No solution has a greater sum of prizes.
        travel_s: No solution of that prize drives less, in seconds.
    """

    prize: int
    travel_s: int = 0


@dataclass(frozen=True, slots=True)
class DayRoute:
    """The day in driving order.

    Attributes:
        visits: In driving order.
        breaks: The breaks on the road, in order; not those that are owed but fall before or after the route.
        left_out: Every stop of the problem that is not in ``visits``, in the problem's order.
        starts_s: Leaves the start point; as late as delays no visit.
        ends_s: Arrives at the end point, or leaves the last visit when there is none.
        travel_s: All driving, the way to the end point included.
        distance_m: All metres, likewise.
        wait_s: All waiting at doors.
        service_s: All time in shops.
        prize: The value of all visits made.
        last_leg_s: Driving from the last visit to the end point.
        last_leg_m: Metres of the same.
        is_proven: No other choice or order of visits is better by the goal asked for (mandatory visits, prizes,
            then cost as :class:`routing.team.problem.TeamProblem` tells); False when that is not known.
        worker_id: Whose day it is.
        overtime_s: How far the day runs past the end of the shift.
        bound: What no other route could do better; None when nothing is known.
        gap: Percent of the prize that is missed at most; 0.0 where that is proven, None when nothing is known.
        last_leg_cause: What the last way is driven for; None where nobody drives it.
        warnings: What whoever drives it should know of its travel times, in sentences; see
            :class:`routing.travel.TravelMatrix`.
    """

    visits: tuple[RoutedVisit, ...]
    breaks: tuple[PlacedLunch, ...]
    left_out: tuple[LeftOut, ...]
    starts_s: int
    ends_s: int
    travel_s: int
    distance_m: int
    wait_s: int
    service_s: int
    prize: int
    last_leg_s: int
    last_leg_m: int
    is_proven: bool = False
    worker_id: str = "rep"
    overtime_s: int = 0
    bound: Bound | None = None
    gap: float | None = None
    last_leg_cause: Cause | None = None
    warnings: tuple[str, ...] = ()

    @property
    def lunch(self) -> PlacedLunch | None:
        """The first break on the road; the only one of most days."""
        return self.breaks[0] if self.breaks else None
