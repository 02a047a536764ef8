"""An independent judge of a route: every rule of the day that it breaks, as sentences.

Shares no code with the timetable or the search, so that a mistake there cannot hide here. Tests and
benchmarks run it over every solution.
"""

from collections.abc import Iterator

from routing.problem import DayProblem, Stop
from routing.route import DayRoute, LunchPlace, RoutedVisit
from routing.travel.matrix import TravelMatrix


def broken_rules(problem: DayProblem, matrix: TravelMatrix, route: DayRoute) -> list[str]:
    """Every rule that ``route`` breaks as an answer to ``problem``; empty when it is sound.

    ``matrix`` covers ``problem.points()``.
    """
    return [
        *_every_stop_is_answered_once(problem, route),
        *_the_shift_holds(problem, route),
        *_visits_hold(problem, route),
        *_ways_hold(problem, matrix, route),
        *_lunch_holds(problem, route),
        *_sums_hold(problem, route),
    ]


def _every_stop_is_answered_once(problem: DayProblem, route: DayRoute) -> Iterator[str]:
    answered = [visit.stop_id for visit in route.visits] + [left.stop_id for left in route.left_out]
    if sorted(answered) != sorted(stop.id for stop in problem.stops):
        yield f"answered {sorted(answered)}, asked {sorted(stop.id for stop in problem.stops)}"
    must = {stop.id for stop in problem.stops if stop.mandatory}
    for left in route.left_out:
        if left.mandatory != (left.stop_id in must):
            yield f"{left.stop_id}: left out as mandatory={left.mandatory}"
        if not left.reason or not left.code:
            yield f"{left.stop_id}: left out without a reason"


def _the_shift_holds(problem: DayProblem, route: DayRoute) -> Iterator[str]:
    shift = problem.worker.shift
    if route.starts_s < shift.opens_s:
        yield f"leaves at {route.starts_s}, shift starts {shift.opens_s}"
    if route.ends_s > shift.closes_s:
        yield f"ends at {route.ends_s}, shift ends {shift.closes_s}"


def _visits_hold(problem: DayProblem, route: DayRoute) -> Iterator[str]:
    stops: dict[str, Stop] = {stop.id: stop for stop in problem.stops}
    for visit in route.visits:
        stop = stops.get(visit.stop_id)
        if stop is None:
            yield f"{visit.stop_id}: not asked for"
            continue
        if visit.service_s != stop.service_s:
            yield f"{stop.id}: served {visit.service_s} s, needs {stop.service_s} s"
        if visit.departure_s != visit.start_s + stop.service_s:
            yield f"{stop.id}: starts {visit.start_s}, leaves {visit.departure_s}"
        inside = (w.opens_s <= visit.start_s and visit.departure_s <= w.closes_s for w in stop.windows)
        if not any(inside):
            yield f"{stop.id}: served {visit.start_s} to {visit.departure_s}, outside its opening hours"
        if visit.wait_s < 0:
            yield f"{stop.id}: waits {visit.wait_s} s"


def _ways_hold(problem: DayProblem, matrix: TravelMatrix, route: DayRoute) -> Iterator[str]:
    """Each leg takes the matrix's time, and the clock between two visits adds up with lunch counted once."""
    number = {stop.id: place for place, stop in enumerate(problem.stops, start=1)}
    here, left_s = 0, route.starts_s
    for made, visit in enumerate(route.visits):
        place = number.get(visit.stop_id)
        if place is None:
            return
        if (visit.travel_s, visit.distance_m) != _way(matrix, here, place):
            yield f"{visit.stop_id}: way of {visit.travel_s} s, {visit.distance_m} m is not the matrix's"
        lunch_before_door, lunch_at_door = _lunch_in_gap(route, made)
        if visit.arrival_s != left_s + visit.travel_s + lunch_before_door:
            yield f"{visit.stop_id}: leaves {left_s}, drives {visit.travel_s}, arrives {visit.arrival_s}"
        if visit.start_s != visit.arrival_s + lunch_at_door + visit.wait_s:
            yield f"{visit.stop_id}: arrives {visit.arrival_s}, waits {visit.wait_s}, starts {visit.start_s}"
        here, left_s = place, visit.departure_s
    home = _way(matrix, here, len(problem.stops) + 1) if _drives_home(problem, route) else (0, 0)
    if (route.last_leg_s, route.last_leg_m) != home:
        yield f"last leg of {route.last_leg_s} s, {route.last_leg_m} m is not the matrix's {home}"
    if _lunch_on_last_leg_s(route) + left_s + home[0] != route.ends_s:
        yield f"leaves the last place {left_s}, drives {home[0]}, ends {route.ends_s}"


def _way(matrix: TravelMatrix, here: int, place: int) -> tuple[int, int]:
    return int(matrix.duration_s[here, place]), int(matrix.distance_m[here, place])


def _drives_home(problem: DayProblem, route: DayRoute) -> bool:
    return problem.worker.end is not None and bool(route.visits)


def _lunch_in_gap(route: DayRoute, made: int) -> tuple[int, int]:
    """Seconds of lunch after ``made`` visits: before reaching the next door, and at it."""
    lunch = route.lunch
    if lunch is None or lunch.after_visits != made:
        return 0, 0
    if lunch.place is LunchPlace.ON_ARRIVAL:
        return 0, lunch.duration_s
    return lunch.duration_s, 0


def _lunch_on_last_leg_s(route: DayRoute) -> int:
    """What lunch adds after the last visit: its length, and the wait for it when had on arrival."""
    lunch = route.lunch
    if lunch is None or lunch.after_visits != len(route.visits):
        return 0
    if lunch.place is LunchPlace.ON_ARRIVAL:
        return route.ends_s - (route.visits[-1].departure_s + route.last_leg_s)
    return lunch.duration_s


def _lunch_holds(problem: DayProblem, route: DayRoute) -> Iterator[str]:
    owed, had = problem.worker.lunch, route.lunch
    if owed is None or not route.visits:
        if had is not None:
            yield "a lunch that is not owed"
        return
    if had is None:
        before = route.starts_s >= owed.window.opens_s + owed.duration_s
        after = route.ends_s <= owed.window.closes_s - owed.duration_s
        if not before and not after:
            yield f"no lunch on a route from {route.starts_s} to {route.ends_s}"
        return
    if had.duration_s != owed.duration_s:
        yield f"lunch of {had.duration_s} s, owed {owed.duration_s} s"
    if had.start_s < owed.window.opens_s or had.start_s + had.duration_s > owed.window.closes_s:
        yield f"lunch from {had.start_s} is outside its window"
    if not _lunch_lies_in_its_gap(route.visits, had.after_visits, had.start_s, had.end_s, route):
        yield f"lunch from {had.start_s} is not between visits {had.after_visits} and {had.after_visits + 1}"
    for visit in route.visits:
        if had.start_s < visit.departure_s and visit.start_s < had.end_s:
            yield f"lunch from {had.start_s} inside the visit of {visit.stop_id}"


def _lunch_lies_in_its_gap(
    visits: tuple[RoutedVisit, ...], made: int, start_s: int, end_s: int, route: DayRoute
) -> bool:
    gap_from = visits[made - 1].departure_s if made else route.starts_s
    gap_to = visits[made].start_s if made < len(visits) else route.ends_s
    if route.lunch and route.lunch.place is LunchPlace.ON_ARRIVAL and made < len(visits):
        gap_from = visits[made].arrival_s
    return gap_from <= start_s and end_s <= gap_to


def _sums_hold(problem: DayProblem, route: DayRoute) -> Iterator[str]:
    prizes = {stop.id: stop.prize for stop in problem.stops}
    visits = route.visits
    sums = {
        "travel_s": (route.travel_s, route.last_leg_s + sum(visit.travel_s for visit in visits)),
        "distance_m": (route.distance_m, route.last_leg_m + sum(visit.distance_m for visit in visits)),
        "wait_s": (route.wait_s, sum(visit.wait_s for visit in visits)),
        "service_s": (route.service_s, sum(visit.service_s for visit in visits)),
        "prize": (route.prize, sum(prizes.get(visit.stop_id, 0) for visit in visits)),
    }
    for name, (said, summed) in sums.items():
        if said != summed:
            yield f"{name} says {said}, the visits sum to {summed}"
