"""The rest of a day planned again, with as few visits moved as can be.

The goal is lexicographic: first the most mandatory and locked visits, then the greatest sum of prizes, then the least
cost: driving, idling by its weight, and `moving_price_s` for each visit that moves. A visit moves when it leaves the
order in which it stands beside the others; one that goes in between, or falls out, moves nobody.

A day to which nothing new comes and that can still be driven as it stands, stands.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from routing.compiled import CompiledDay, compile_day
from routing.errors import InvalidProblem
from routing.living.ground import NONE, Ground, Ints, ground_of
from routing.living.improve import first_order, improve, stir
from routing.living.problem import LivingDay, Made
from routing.living.prove import prove
from routing.living.reasons import explain_now
from routing.living.weigh import CANNOT, weigh
from routing.price import most_promising
from routing.route import DayRoute, LeftOut
from routing.schedule import timetable
from routing.travel.matrix import TravelMatrix, TravelProvider

NODES = 40_000
"""How many beginnings of an order the proof may look at. A count, unlike a clock, gives the same answer every time."""

NODES_AGAIN = 20_000
"""As many once more, from the better order that stirring finds where that was not enough."""

MOST_AHEAD = 60
"""So many visits at most are weighed beside each other, the most promising; the others are left out."""


@dataclass(frozen=True, slots=True)
class Replanned:
    """The answer to a day under way.

    Attributes:
        made: The visits made, as they were given.
        route: The rest of the day: it starts where the rep is. What is left out has its reason.
        moved: The visits that left the order in which they stood: the fewest whose moving explains the new order.
        added: The new visits on the route.
        dropped: The visits that stood and have no room any more, with their reasons.
        stands: Nothing new came and the day can be driven as it stands, so it does.
        is_proven: No other order of the rest is better by the goal; True also of a day that stands.
    """

    made: tuple[Made, ...]
    route: DayRoute
    moved: tuple[str, ...]
    added: tuple[str, ...]
    dropped: tuple[LeftOut, ...]
    stands: bool
    is_proven: bool


def replan(living: LivingDay, travel: TravelProvider, seed: int = 0) -> Replanned:
    """The best rest of a day from where the rep is now.

    Raises:
        TravelError: when ``travel`` gives no usable matrix.
        InvalidProblem: when more than 60 visits must be weighed that stand already.
    """
    return replan_on_matrix(living, travel.matrix(living.rest().points()), seed)


def replan_on_matrix(living: LivingDay, matrix: TravelMatrix, seed: int = 0) -> Replanned:
    """As :func:`replan`, over a matrix of ``living.rest().points()`` already at hand."""
    day = compile_day(living.rest(), matrix)
    order, is_proven, stands = _best_order(living, day, seed)
    route = timetable(day, order)
    if route is None:
        raise AssertionError(f"the timetable cannot drive the order {order} that was found drivable")
    if not order:
        route = _straight_home(day, route)
    route = replace(route, left_out=explain_now(living, day, order, route), is_proven=is_proven)
    ahead, driven = set(living.ahead), [visit.stop_id for visit in route.visits]
    return Replanned(
        made=living.made,
        route=route,
        moved=moved_between(living.ahead, driven),
        added=tuple(stop_id for stop_id in driven if stop_id not in ahead),
        dropped=tuple(left for left in route.left_out if left.stop_id in ahead),
        stands=stands,
        is_proven=is_proven,
    )


def moved_between(before: Sequence[str], after: Sequence[str]) -> tuple[str, ...]:
    """The fewest visits that, taken out of both orders, leave the same order of those that are in both.

    They are those outside a longest increasing subsequence; of several, the one whose last visits stood earliest.
    """
    ranks = {stop_id: rank for rank, stop_id in enumerate(before)}
    both = [stop_id for stop_id in after if stop_id in ranks]
    runs: list[list[str]] = []
    for at, stop_id in enumerate(both):
        shorter = [runs[other] for other in range(at) if ranks[both[other]] < ranks[stop_id]]
        runs.append([*_longest(shorter), stop_id])
    stay = set(_longest(runs))
    return tuple(stop_id for stop_id in both if stop_id not in stay)


def _longest(runs: Sequence[list[str]]) -> list[str]:
    return max(runs, key=len, default=[])


def _best_order(living: LivingDay, day: CompiledDay, seed: int) -> tuple[list[int], bool, bool]:
    """The order in numbers of places, whether it is proven, and whether it is the one that stands."""
    ground = ground_of(living, day)
    standing = np.arange(1, len(living.ahead) + 1, dtype=np.int64)
    has_news = len(standing) < len(day.problem.stops)
    if not has_news and _worth(ground, standing) != CANNOT:
        return standing.tolist(), True, True
    ground, names = _most_promising(living, day, ground)
    if len(names) == 0:
        return [], True, False
    best, left = prove(ground, improve(ground, first_order(ground)), NODES)
    if left == 0:
        best, left = prove(ground, stir(ground, best, seed), NODES_AGAIN)
    return [int(names[place - 1]) for place in best], bool(left > 0), False


def _worth(ground: Ground, order: Ints) -> int:
    room = np.zeros(len(ground.service), dtype=np.int64)
    return weigh(ground, order, len(order), room)[0]


def _most_promising(living: LivingDay, day: CompiledDay, ground: Ground) -> tuple[Ground, Ints]:
    """The ground of those visits only that could be made at all, and their numbers."""
    able = [place for place in range(1, day.end) if day.could_fit(place)]
    if sum(day.stop(place).mandatory or ground.rank[place] != NONE for place in able) > MOST_AHEAD:
        raise InvalidProblem(f"more than {MOST_AHEAD} visits stand ahead of one rep: plan the day anew instead")
    kept = np.array(most_promising(day, able, MOST_AHEAD) if able else [], dtype=np.int64)
    at = np.concatenate(([0], kept, [day.end])).astype(np.int64)
    by_density = [place for place in ground.by_density if place in set(kept.tolist())]
    numbers = {int(place): number for number, place in enumerate(kept, start=1)}
    return Ground(
        travel=ground.travel[np.ix_(at, at)],
        shortest=ground.shortest[np.ix_(at, at)],
        nearest=ground.nearest[at],
        service=ground.service[at],
        spans=ground.spans[at],
        worth=ground.worth[at],
        rank=ground.rank[at],
        place=ground.place[at],
        line=ground.line[at],
        by_density=np.array([numbers[int(place)] for place in by_density], dtype=np.int64),
        shift=ground.shift,
        lunch=ground.lunch,
        prices=ground.prices,
    ), kept


def _straight_home(day: CompiledDay, route: DayRoute) -> DayRoute:
    """A rep with nothing left to do drives home, however late."""
    way_s, way_m = day.travel_s[0][day.end], day.distance_m[0][day.end]
    ends_s = route.starts_s + way_s
    return replace(route, ends_s=ends_s, travel_s=way_s, distance_m=way_m, last_leg_s=way_s, last_leg_m=way_m)
