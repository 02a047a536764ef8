"""The judge's part for breaks: each is owed, had in full, in its window and its order, and stretches the clock once."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from routing.problem import DayProblem, Lunch
from routing.route import DayRoute, LunchPlace, PlacedLunch


def break_seconds(route: DayRoute, made: int) -> tuple[int, int]:
    """Seconds of breaks after ``made`` visits: before reaching the next door, and at it."""
    here = [had for had in route.breaks if had.after_visits == made]
    at_door = sum(had.duration_s for had in here if had.place is LunchPlace.ON_ARRIVAL)
    return sum(had.duration_s for had in here) - at_door, at_door


def break_seconds_on_last_leg(route: DayRoute, home_s: int) -> int:
    """What breaks add after the last visit, home being reached at ``home_s`` without: lengths, and waits for them."""
    here = [had for had in route.breaks if had.after_visits == len(route.visits)]
    if here and here[-1].place is LunchPlace.ON_ARRIVAL:
        return here[-1].start_s + here[-1].duration_s - home_s
    return sum(had.duration_s for had in here)


def breaks_hold(problem: DayProblem, route: DayRoute) -> Iterator[str]:
    """Every rule about breaks that the route breaks."""
    owed, had = problem.worker.breaks, route.breaks
    if not owed or not route.visits:
        if had:
            yield "a lunch that is not owed"
        return
    numbers = [each.number for each in had]
    if any(number >= len(owed) for number in numbers):
        yield "a lunch that is not owed"
        return
    firsts = range(len(owed) + 1) if not had else [numbers[0]]
    if numbers and numbers != list(range(numbers[0], numbers[0] + len(numbers))):
        yield f"breaks {numbers} are out of order"
    elif not any(_rest_is_had(owed, first, first + len(had), route) for first in firsts):
        yield f"no lunch on a route from {route.starts_s} to {route.ends_s}"
    for before, after in pairwise(had):
        if after.start_s < before.start_s + before.duration_s:
            yield f"lunch from {after.start_s} begins during the break before"
    for each in had:
        yield from _break_holds(owed[each.number], each, route)


def _rest_is_had(owed: Sequence[Lunch], first: int, last: int, route: DayRoute) -> bool:
    """Whether the breaks before number ``first`` fit in before leaving, and those from ``last`` on after the end."""
    over_s = _over(owed[:first], 0)
    return over_s is not None and over_s <= route.starts_s and _over(owed[last:], route.ends_s) is not None


def _over(owed: Sequence[Lunch], clock: int) -> int | None:
    """When breaks had one after the other from ``clock`` on are over; None when one is too late."""
    for lunch in owed:
        starts = [
            max(clock, window.opens_s)
            for window in (lunch.window, *lunch.also)
            if max(clock, window.opens_s) + lunch.duration_s <= window.closes_s
        ]
        if not starts:
            return None
        clock = min(starts) + lunch.duration_s
    return clock


def _break_holds(owed: Lunch, had: PlacedLunch, route: DayRoute) -> Iterator[str]:
    if had.duration_s != owed.duration_s:
        yield f"lunch of {had.duration_s} s, owed {owed.duration_s} s"
    windows = (owed.window, *owed.also)
    if not any(w.opens_s <= had.start_s and had.start_s + had.duration_s <= w.closes_s for w in windows):
        yield f"lunch from {had.start_s} is outside its window"
    if not _lies_in_its_gap(had, route):
        yield f"lunch from {had.start_s} is not between visits {had.after_visits} and {had.after_visits + 1}"
    for visit in route.visits:
        if had.start_s < visit.departure_s and visit.start_s < had.end_s:
            yield f"lunch from {had.start_s} inside the visit of {visit.stop_id}"


def _lies_in_its_gap(had: PlacedLunch, route: DayRoute) -> bool:
    visits, made = route.visits, had.after_visits
    if not 0 <= made <= len(visits):
        return False
    gap_from = visits[made - 1].departure_s if made else route.starts_s
    gap_to = visits[made].start_s if made < len(visits) else route.ends_s
    if had.place is LunchPlace.ON_ARRIVAL and made < len(visits):
        gap_from = visits[made].arrival_s
    return gap_from <= had.start_s and had.end_s <= gap_to
