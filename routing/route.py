"""One rep's day as an answer: the visits in driving order, lunch, and what was left out and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class LunchPlace(StrEnum):
    """Where on the way between two places the rep has lunch."""

    BEFORE_DRIVE = "before_drive"  # at the place just visited
    ON_THE_WAY = "on_the_way"  # a halt on the road
    ON_ARRIVAL = "on_arrival"  # at the next place, before its visit


@dataclass(frozen=True, slots=True)
class PlacedLunch:
    """Lunch on the road: after ``after_visits`` visits were made (0: before the first)."""

    start_s: int
    duration_s: int
    after_visits: int
    place: LunchPlace

    @property
    def end_s(self) -> int:
        """When it is over, seconds from local midnight."""
        return self.start_s + self.duration_s


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
    """

    stop_id: str
    arrival_s: int
    wait_s: int
    start_s: int
    service_s: int
    departure_s: int
    travel_s: int
    distance_m: int


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stop that is not on the route.

    Attributes:
        stop_id: The id of the stop in the problem.
        code: Stable; one of :class:`routing.reasons.Reason`.
        reason: An English sentence made of ``code`` and ``params``.
        params: The numbers of the sentence, in seconds and prize, for a translation.
        mandatory: It had to be visited and could not.
    """

    stop_id: str
    code: str
    reason: str
    params: Mapping[str, int] = field(default_factory=dict, hash=False)
    mandatory: bool = False


@dataclass(frozen=True, slots=True)
class DayRoute:
    """The day in driving order.

    Attributes:
        visits: In driving order.
        lunch: The break on the road; None when none is owed or it falls before or after the route.
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
            then driving, with idling as weighted); False when that is not known.
        warnings: What whoever drives it should know of its travel times, in sentences; see
            :class:`routing.travel.TravelMatrix`.
    """

    visits: tuple[RoutedVisit, ...]
    lunch: PlacedLunch | None
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
    warnings: tuple[str, ...] = ()
