"""How much prize a day can hold at the very most: cheap, always true, seldom tight."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from routing.compiled import NEVER_S, CompiledDay
from routing.route import Bound
from routing.travel.matrix import IntMatrix

Needs = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Supply:
    """What one worker brings.

    Attributes:
        needs_s: ``(stops,)`` the least that each visit takes of the worker's time; infinite where there is no way.
        room_s: The time of the worker.
    """

    needs_s: Needs
    room_s: int


def most_prize(day: CompiledDay) -> int:
    """An upper bound on the prize of any route of a day."""
    can = np.array([day.could_fit(place) for place in range(1, day.end)], dtype=bool)
    service_s = np.array(day.service_s[1:-1], dtype=np.int64)
    nearest_s = nearest(np.array(day.travel_s, dtype=np.int64)[:-1, 1:-1])
    needs_s = np.where(can, nearest_s + service_s, np.inf)
    return knapsack([stop.prize for stop in day.problem.stops], [Supply(needs_s, day.length_s)])


def nearest(ways_s: IntMatrix) -> IntMatrix:
    """Seconds of the shortest way to each of n stops; ``ways_s`` is ``(n + 1, n)``, the start in its first row."""
    size = ways_s.shape[1]
    itself = np.eye(size + 1, size, k=-1, dtype=bool)
    shortest: IntMatrix = np.where(itself, NEVER_S, ways_s).min(axis=0, initial=NEVER_S)
    return shortest


def knapsack(prizes: Sequence[int], supplies: Sequence[Supply]) -> int:
    """An upper bound on the prize of one route for each worker.

    The fractional knapsack (G. B. Dantzig, "Discrete-variable extremum problems", Operations Research 5(2), 1957):
    each visit takes at least its service and the shortest way to its door, by whoever makes it with the least, out of
    all the time that the workers have. The ways home are not counted.
    """
    if not supplies or not prizes:
        return 0
    needs_s = np.maximum(np.min([supply.needs_s for supply in supplies], axis=0), 1e-9)
    worth = np.array(prizes, dtype=np.float64)
    most, left_s = 0.0, float(sum(supply.room_s for supply in supplies if np.isfinite(supply.needs_s).any()))
    for stop in np.argsort(-worth / needs_s, kind="stable"):
        if not needs_s[stop] < NEVER_S:
            break
        if needs_s[stop] > left_s:
            return int(most + worth[stop] * left_s / needs_s[stop] + 1e-6)
        most += worth[stop]
        left_s -= needs_s[stop]
    return int(most)


def gap_percent(prize: int, bound: Bound) -> float:
    """How much of the bound is missed, in percent of it, to two decimals rounded up."""
    missed = bound.prize - prize
    return 0.0 if missed <= 0 else float(np.ceil(1e4 * missed / bound.prize) / 100)
