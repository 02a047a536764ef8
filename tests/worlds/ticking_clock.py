"""What a rep could possibly do, tried out tick by tick: slow, simple and written from the rules alone.

The timetable of the routing room is clever about lunch and opening hours; this is not, and is what it is judged by.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise, permutations

from worlds.rep_days import TICK_S

from routing.problem import DayProblem, Lunch
from routing.travel import TravelMatrix

Merit = tuple[int, int, int]


def earliest_end(problem: DayProblem, matrix: TravelMatrix, order: Sequence[int]) -> int | None:
    """When the rep can first be done with ``order`` (numbers of places); None when never.

    A state is (units of work done, ticks of lunch had). In each tick the rep works a unit, eats a tick or idles;
    a visit once begun is not interrupted, nor is lunch.
    """
    units = _units(problem, matrix, order)
    lunch, shift = problem.worker.lunch, problem.worker.shift
    states = {(0, 0)}
    now_s = min(shift.opens_s, lunch.window.opens_s if lunch else shift.opens_s)
    while now_s <= shift.closes_s:
        if any(done == len(units) and _lunch_is_fine(lunch, eaten, now_s) for done, eaten in states):
            return max(now_s, shift.opens_s)
        states = {after for state in states for after in _moves(problem, units, state, now_s)}
        now_s += TICK_S
    return None


def _units(problem: DayProblem, matrix: TravelMatrix, order: Sequence[int]) -> list[tuple[str, int]]:
    """The day's work, a tick each: "drive", "enter" a place for the first tick of a visit, "serve" for the rest."""
    units: list[tuple[str, int]] = []
    here = 0
    for place in order:
        units += [("drive", 0)] * (int(matrix.duration_s[here, place]) // TICK_S)
        units.append(("enter", place))
        units += [("serve", 0)] * (problem.stops[place - 1].service_s // TICK_S - 1)
        here = place
    if problem.worker.end is not None:
        units += [("drive", 0)] * (int(matrix.duration_s[here, len(problem.stops) + 1]) // TICK_S)
    return units


def _lunch_is_fine(lunch: Lunch | None, eaten: int, now_s: int) -> bool:
    """Had in full, or still to be had after work."""
    if lunch is None or eaten * TICK_S == lunch.duration_s:
        return True
    return eaten == 0 and now_s <= lunch.latest_start_s


def _moves(
    problem: DayProblem, units: list[tuple[str, int]], state: tuple[int, int], now_s: int
) -> list[tuple[int, int]]:
    done, eaten = state
    lunch = problem.worker.lunch
    meal = lunch.duration_s // TICK_S if lunch else 0
    kind = units[done][0] if done < len(units) else "rest"
    if 0 < eaten < meal:
        return [(done, eaten + 1)]
    moves = []
    if kind != "serve":
        moves.append((done, eaten))
    if lunch and eaten == 0 and kind != "serve" and lunch.window.opens_s <= now_s <= lunch.latest_start_s:
        moves.append((done, 1))
    if done < len(units) and _may_work(problem, units[done], now_s):
        moves.append((done + 1, eaten))
    return moves


def _may_work(problem: DayProblem, unit: tuple[str, int], now_s: int) -> bool:
    kind, place = unit
    if now_s < problem.worker.shift.opens_s:
        return False
    if kind != "enter":
        return True
    stop = problem.stops[place - 1]
    return any(w.opens_s <= now_s and now_s + stop.service_s <= w.closes_s for w in stop.windows)


def best_merit(problem: DayProblem, matrix: TravelMatrix) -> Merit:
    """The best possible (mandatory visits, prize, minus driving seconds), by trying every order of every choice."""
    places = range(1, len(problem.stops) + 1)
    orders = (order for size in range(1, len(places) + 1) for order in permutations(places, size))
    merits = [(0, 0, 0)]
    for order in orders:
        merit = merit_of(problem, matrix, order)
        if merit > max(merits) and earliest_end(problem, matrix, order) is not None:
            merits.append(merit)
    return max(merits)


def merit_of(problem: DayProblem, matrix: TravelMatrix, order: Sequence[int]) -> Merit:
    """What an order is worth: mandatory visits first, then prize, then little driving."""
    if not order:
        return (0, 0, 0)
    kept = [problem.stops[place - 1] for place in order]
    stations = [0, *order] if problem.worker.end is None else [0, *order, len(problem.stops) + 1]
    driving_s = sum(int(matrix.duration_s[a, b]) for a, b in pairwise(stations))
    return sum(stop.mandatory for stop in kept), sum(stop.prize for stop in kept), -driving_s
