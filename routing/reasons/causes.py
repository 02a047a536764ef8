"""Why a rep waits at a door, and what each way is driven for."""

from collections.abc import Sequence
from dataclasses import replace

from routing.compiled import CompiledDay
from routing.reasons.codes import CauseCode, Params, sentence
from routing.route import Cause, DayRoute, LunchPlace, RoutedVisit

START = "the start"


def with_causes(day: CompiledDay, order: Sequence[int], route: DayRoute) -> DayRoute:
    """The route with a cause for every wait and every way. ``order`` holds the numbers of its places."""
    visits = tuple(
        replace(visit, wait_cause=_wait(route, number, visit), way_cause=_way(day, order, number))
        for number, visit in enumerate(route.visits)
    )
    drives_home = bool(order) and day.problem.worker.end is not None
    home = _cause(CauseCode.HOME, {"origin": day.stop(order[-1]).id}) if drives_home else None
    return replace(route, visits=visits, last_leg_cause=home)


def _wait(route: DayRoute, number: int, visit: RoutedVisit) -> Cause | None:
    """A visit starts as early as it can: whoever waits, waits for the shop to open or for a break to begin."""
    if visit.wait_s == 0:
        return None
    at_door = [had for had in route.breaks if had.after_visits == number and had.place is LunchPlace.ON_ARRIVAL]
    if at_door and at_door[-1].end_s == visit.start_s:
        return _cause(CauseCode.BREAK_OPENS, {"starts_at_s": at_door[0].start_s})
    return _cause(CauseCode.OPENS, {"opens_at_s": visit.start_s})


def _way(day: CompiledDay, order: Sequence[int], number: int) -> Cause:
    without = [*order[:number], *order[number + 1 :]]
    detour_s = day.driving_s(order) - day.driving_s(without)
    origin = day.stop(order[number - 1]).id if number else START
    params: Params = {"origin": origin, "target": day.stop(order[number]).id, "detour_s": detour_s}
    return _cause(CauseCode.DETOUR if detour_s > 0 else CauseCode.ON_THE_WAY, params)


def _cause(code: CauseCode, params: Params) -> Cause:
    return Cause(code, sentence(code, params), params)
