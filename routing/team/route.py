"""A team's day as an answer: a route for every worker, and what nobody visits."""

from dataclasses import dataclass

from routing.route import Bound, DayRoute, LeftOut


@dataclass(frozen=True, slots=True)
class TeamRoute:
    """The day of a team.

    Attributes:
        routes: One for each worker, in the problem's order; it may hold no visits. ``left_out`` of each is empty: a
            stop is left out by the team.
        left_out: Every stop that nobody visits, in the problem's order.
        prize: The value of all visits made.
        travel_s: All driving.
        distance_m: All metres.
        wait_s: All waiting at doors.
        service_s: All time in shops.
        overtime_s: All overtime.
        unpreferred: How many visits are made by somebody whom the stop did not prefer.
        imbalance_s: Between the longest and the shortest working time (driving and service) of those with a shift.
        bound: What no other solution could do better; None when nothing is known.
        gap: Percent of the prize that is missed at most; 0.0 where that is proven, None when nothing is known.
        is_proven: No other solution is better by the whole goal; False when that is not known.
    """

    routes: tuple[DayRoute, ...]
    left_out: tuple[LeftOut, ...]
    prize: int
    travel_s: int
    distance_m: int
    wait_s: int
    service_s: int
    overtime_s: int = 0
    unpreferred: int = 0
    imbalance_s: int = 0
    bound: Bound | None = None
    gap: float | None = None
    is_proven: bool = False
