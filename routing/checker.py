"""An independent judge of a route: every rule of the day that it breaks, as sentences.

Shares no code with the timetable or the search, so that a mistake there cannot hide here. Tests and
benchmarks run it over every solution.
"""

from collections.abc import Iterator
from math import floor

from routing.checker_breaks import break_seconds, break_seconds_on_last_leg, breaks_hold
from routing.problem import DayProblem, Stop, Worker
from routing.route import DayRoute
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
        *breaks_hold(problem, route),
        *_limits_hold(problem, route),
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
    worker, shift = problem.worker, problem.worker.shift
    if route.worker_id != worker.id:
        yield f"the day of {route.worker_id}, asked was that of {worker.id}"
    if shift is None:
        if route.visits:
            yield f"{worker.id} does not work that day"
        return
    if route.starts_s < shift.opens_s:
        yield f"leaves at {route.starts_s}, shift starts {shift.opens_s}"
    if route.ends_s > shift.closes_s + worker.overtime_s:
        yield f"ends at {route.ends_s}, shift ends {shift.closes_s}, at most {worker.overtime_s} s of overtime"
    if route.overtime_s != max(0, route.ends_s - shift.closes_s):
        yield f"overtime says {route.overtime_s}, ends at {route.ends_s}, shift ends {shift.closes_s}"


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
    """Each leg takes the matrix's time, and the clock between two visits adds up with breaks counted once."""
    number = {stop.id: place for place, stop in enumerate(problem.stops, start=1)}
    speed = problem.worker.speed
    here, left_s = 0, route.starts_s
    for made, visit in enumerate(route.visits):
        place = number.get(visit.stop_id)
        if place is None:
            return
        if (visit.travel_s, visit.distance_m) != _way(matrix, here, place, speed):
            yield f"{visit.stop_id}: way of {visit.travel_s} s, {visit.distance_m} m is not the matrix's"
        before_door_s, at_door_s = break_seconds(route, made)
        if visit.arrival_s != left_s + visit.travel_s + before_door_s:
            yield f"{visit.stop_id}: leaves {left_s}, drives {visit.travel_s}, arrives {visit.arrival_s}"
        if visit.start_s != visit.arrival_s + at_door_s + visit.wait_s:
            yield f"{visit.stop_id}: arrives {visit.arrival_s}, waits {visit.wait_s}, starts {visit.start_s}"
        here, left_s = place, visit.departure_s
    home = _way(matrix, here, len(problem.stops) + 1, speed) if _drives_home(problem, route) else (0, 0)
    if (route.last_leg_s, route.last_leg_m) != home:
        yield f"last leg of {route.last_leg_s} s, {route.last_leg_m} m is not the matrix's {home}"
    if left_s + home[0] + break_seconds_on_last_leg(route, left_s + home[0]) != route.ends_s:
        yield f"leaves the last place {left_s}, drives {home[0]}, ends {route.ends_s}"


def _way(matrix: TravelMatrix, here: int, place: int, speed: float) -> tuple[int, int]:
    """Seconds at the worker's speed, to the nearest (half up), and metres."""
    return floor(int(matrix.duration_s[here, place]) / speed + 0.5), int(matrix.distance_m[here, place])


def _drives_home(problem: DayProblem, route: DayRoute) -> bool:
    return problem.worker.end is not None and bool(route.visits)


def _limits_hold(problem: DayProblem, route: DayRoute) -> Iterator[str]:
    """What a worker can do, carry and drive, and what visits ask of the worker."""
    worker = problem.worker
    stops = {stop.id: stop for stop in problem.stops}
    made = [stops[visit.stop_id] for visit in route.visits if visit.stop_id in stops]
    for place, stop in enumerate(made):
        yield from _suits(worker, stop, place)
    for axis, room in enumerate(worker.capacity):
        load = sum(stop.amount[axis] for stop in made if axis < len(stop.amount))
        if load > room:
            yield f"carries {load} of dimension {axis}, room for {room}"
    limits = (("visits", worker.max_visits, len(made)), ("seconds", worker.max_travel_s, route.travel_s))
    for what, most, had in (*limits, ("metres", worker.max_distance_m, route.distance_m)):
        if most is not None and had > most:
            yield f"makes {had} {what}, at most {most}"


def _suits(worker: Worker, stop: Stop, place: int) -> Iterator[str]:
    if stop.skills - worker.skills:
        yield f"{stop.id}: needs {sorted(stop.skills - worker.skills)}, which {worker.id} lacks"
    if (stop.only and worker.id not in stop.only) or worker.id in stop.forbids:
        yield f"{stop.id}: {worker.id} may not visit it"
    if stop.lock and stop.lock.worker_id != worker.id:
        yield f"{stop.id}: is locked to {stop.lock.worker_id}, visited by {worker.id}"
    elif stop.lock and stop.lock.place is not None and stop.lock.place != place:
        yield f"{stop.id}: is locked to place {stop.lock.place}, visited as {place}"


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
    if route.bound and route.bound.prize < route.prize:
        yield f"a bound of {route.bound.prize} on a prize of {route.prize}"
    for name, (said, summed) in sums.items():
        if said != summed:
            yield f"{name} says {said}, the visits sum to {summed}"
