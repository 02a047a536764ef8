"""What is left of a day in the arrays that machine code wants. Places are numbered as in ``rest().points()``."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from routing.compiled import NEVER_S, CompiledDay
from routing.living.problem import LivingDay

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
NONE = -1


class Ground(NamedTuple):
    """The rest of a day.

    ``spans[place, k]`` are the first and last start of its k-th opening, in order, NEVER_S where there is none.
    ``rank`` is where a visit stands, ``place`` where it is locked, ``line`` its rank among those that keep their
    order; NONE for any other. ``worth`` puts one mandatory visit above all prizes. ``nearest`` is the shortest way
    to a place, ``shortest`` the shortest ways over any other places.
    """

    travel: Ints
    shortest: Ints
    nearest: Ints
    service: Ints
    spans: Ints
    worth: Ints
    rank: Ints
    place: Ints
    line: Ints
    by_density: Ints
    shift: Ints
    lunch: Ints
    prices: Floats


def ground_of(living: LivingDay, day: CompiledDay) -> Ground:
    """The arrays of a day that is under way; ``day`` is its compiled rest."""
    places = day.end + 1
    travel = np.minimum(np.array(day.travel_s, dtype=np.int64), NEVER_S)
    service = np.array(day.service_s, dtype=np.int64)
    worth, nearest = _worths(day), _nearest(travel)
    rank = _ranks(day, living.ahead, living.ahead)
    need_s = service + nearest
    lunch = day.lunch
    return Ground(
        travel=travel,
        shortest=_shortest(travel),
        nearest=nearest,
        service=service,
        spans=_spans(day),
        worth=worth,
        rank=rank,
        place=np.array([rank[at] if _is_locked(living, day, at) else NONE for at in range(places)], dtype=np.int64),
        line=_ranks(day, living.ahead, living.in_order),
        by_density=np.argsort(-worth[1:-1] / np.maximum(need_s[1:-1], 1e-9), kind="stable") + 1,
        shift=np.array([day.shift.opens_s, day.shift.closes_s], dtype=np.int64),
        lunch=np.array(
            [lunch.earliest_end_s, lunch.window.opens_s, lunch.latest_start_s, lunch.duration_s] if lunch else [],
            dtype=np.int64,
        ),
        prices=np.array([living.wait_weight, living.moving_price_s], dtype=np.float64),
    )


def _is_locked(living: LivingDay, day: CompiledDay, place: int) -> bool:
    return 0 < place < day.end and day.stop(place).id in living.in_place


def _ranks(day: CompiledDay, order: Sequence[str], among: Sequence[str] | frozenset[str]) -> Ints:
    ranks = {stop_id: rank for rank, stop_id in enumerate(order) if stop_id in among}
    found = [ranks.get(day.stop(place).id, NONE) for place in range(1, day.end)]
    return np.array([NONE, *found, NONE], dtype=np.int64)


def _worths(day: CompiledDay) -> Ints:
    stops = day.problem.stops
    most = 1 + sum(stop.prize for stop in stops)
    return np.array([0, *(stop.prize + most * stop.mandatory for stop in stops), 0], dtype=np.int64)


def _spans(day: CompiledDay) -> Ints:
    most = max((len(each) for each in day.starts), default=0)
    spans = np.full((day.end + 1, max(1, most), 2), NEVER_S, dtype=np.int64)
    for place, starts in enumerate(day.starts):
        for at, (first, last) in enumerate(starts):
            spans[place, at] = first, last
    return spans


def _nearest(travel: Ints) -> Ints:
    """The shortest way to each place from any other."""
    others = np.where(np.eye(len(travel), dtype=bool), NEVER_S, travel)
    nearest: Ints = np.minimum(others.min(axis=0), NEVER_S)
    return nearest


def _shortest(travel: Ints) -> Ints:
    """Floyd and Warshall's shortest ways: ways need not heed the triangle inequality."""
    ways = travel.copy()
    for over in range(len(ways)):
        np.minimum(ways, ways[:, over, None] + ways[None, over, :], out=ways)
    return ways
