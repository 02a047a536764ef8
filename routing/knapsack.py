"""How much prize a day can hold at the very most: cheap, always true, seldom tight."""

from collections.abc import Iterable

import numpy as np

from routing.compiled import CompiledDay
from routing.route import Bound


def most_prize(day: CompiledDay) -> int:
    """An upper bound on the prize of any route of a day."""
    return most_prize_between([day])


def most_prize_between(days: Iterable[CompiledDay]) -> int:
    """An upper bound on the prize of one day for each worker, all over the same stops.

    The fractional knapsack (G. B. Dantzig, "Discrete-variable extremum problems", Operations Research 5(2), 1957):
    each visit takes at least its service and the shortest way to its door, whoever makes it, out of all the time
    that the workers have. The last way home is not counted.
    """
    team = list(days)
    if not team:
        return 0
    stops = team[0].problem.stops
    needs = np.full(len(stops), np.inf)
    for day in team:
        ways_s = np.array(day.travel_s, dtype=np.int64)[:-1, 1:-1]
        nearest_s = np.where(np.eye(len(stops) + 1, len(stops), k=-1, dtype=bool), 1 << 40, ways_s).min(
            axis=0, initial=1 << 40
        )
        can = np.array([day.could_fit(place) for place in range(1, day.end)], dtype=bool)
        needs = np.minimum(needs, np.where(can, nearest_s + np.array(day.service_s[1:-1], dtype=np.int64), np.inf))
    prizes = np.array([stop.prize for stop in stops], dtype=np.int64)
    return _knapsack(prizes, needs, sum(day.length_s for day in team))


def _knapsack(
    prizes: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    needs: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    room_s: int,
) -> int:
    possible = np.isfinite(needs)
    prizes, needs = prizes[possible], np.maximum(needs[possible], 1e-9)
    order = np.argsort(-prizes / needs, kind="stable")
    most, left_s = 0.0, float(room_s)
    for prize, need_s in zip(prizes[order], needs[order], strict=True):
        if need_s > left_s:
            return int(most + prize * left_s / need_s + 1e-6)
        most += int(prize)
        left_s -= need_s
    return int(most)


def gap_percent(prize: int, bound: Bound) -> float:
    """How much of the bound is missed, in percent of it, to two decimals rounded up."""
    missed = bound.prize - prize
    return 0.0 if missed <= 0 else float(np.ceil(1e4 * missed / bound.prize) / 100)
