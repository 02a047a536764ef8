"""What visits are worth for the time that they take, so that prizes and driving can be weighed."""

from collections.abc import Sequence

import numpy as np

from routing.compiled import NEVER_S, CompiledDay


def fair_price_s(day: CompiledDay, places: Sequence[int]) -> float:
    """What a point of prize costs in seconds of this day: the shift over the prizes that fit into it.

    Each visit is taken to need its service and the way from its nearest neighbour, most prize per second first.
    """
    left_s, prize = day.length_s, 0
    for place, need_s in _by_density(day, places):
        left_s -= need_s
        if left_s < 0:
            break
        prize += day.stop(place).prize
    return day.length_s / max(1, prize)


def most_promising(day: CompiledDay, places: Sequence[int], most: int) -> list[int]:
    """At most ``most`` places, in their given order: the mandatory ones, then those with most prize per second."""
    ranked = sorted(_by_density(day, places), key=lambda ranked: not day.stop(ranked[0]).mandatory)
    chosen = {place for place, _ in ranked[:most]}
    return [place for place in places if place in chosen]


def _by_density(day: CompiledDay, places: Sequence[int]) -> list[tuple[int, int]]:
    """Places with the seconds that a visit needs, most prize per second first."""
    here = np.array([0, *places])
    ways_s = np.array(day.travel_s)[here][:, places] + np.where(np.eye(len(here), len(places), k=-1), NEVER_S, 0)
    needs_s = [1 + day.service_s[place] + int(way_s) for place, way_s in zip(places, ways_s.min(axis=0), strict=True)]
    return sorted(
        zip(places, needs_s, strict=True), key=lambda ranked: day.stop(ranked[0]).prize / ranked[1], reverse=True
    )


def most_prize(day: CompiledDay) -> int:
    """A sum of prizes that no route of the day can exceed.

    The fractional knapsack (G. B. Dantzig, "Discrete-variable extremum problems", Operations Research 5(2), 1957) of
    the shift, the shortest way to the end taken off: each visit needs its service and the shortest way to it.
    """
    able = [place for place in range(1, day.end) if day.could_fit(place)]
    if not able:
        return 0
    nearest_s = [min(row[place] for at, row in enumerate(day.travel_s) if at != place) for place in range(day.end + 1)]
    needs_s = {place: day.service_s[place] + nearest_s[place] for place in able}
    left_s = day.shift.length_s - nearest_s[day.end]
    prize = 0
    for place in sorted(able, key=lambda place: -day.stop(place).prize / max(needs_s[place], 1e-9)):
        if needs_s[place] > left_s:
            return prize + day.stop(place).prize * max(0, left_s) // needs_s[place]
        left_s -= needs_s[place]
        prize += day.stop(place).prize
    return prize
