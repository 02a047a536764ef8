"""The proof's two questions: which visits a day holds at most, and how little driving they take."""

from itertools import permutations
from time import perf_counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.rep_days import day, days_with_ways, even_ways, hours, shop

from routing.compiled import NEVER_S, compile_day
from routing.problem import DayProblem
from routing.proof.driving import least_driving
from routing.proof.prove import Effort, prove
from routing.proof.road import road_of, scale_of
from routing.schedule import earliest_end
from routing.travel import TravelMatrix

NO_LIMIT_S, PLENTY = 1 << 27, 10**9


@settings(max_examples=60)
@given(days_with_ways(max_stops=6))
def test_the_least_driving_through_all_visits_is_that_of_the_best_of_all_orders(
    world: tuple[DayProblem, TravelMatrix],
) -> None:
    """With lunch, several windows and ways of any length; no order at all is told as such."""
    compiled = compile_day(*world)
    places = [place for place in range(1, compiled.end) if compiled.could_fit(place)]
    if not places:
        return
    orders = [order for order in permutations(places) if earliest_end(compiled, order) != NEVER_S]
    road = road_of(compiled, places, scale_of(compiled, places))
    found = least_driving(road, NO_LIMIT_S, PLENTY)
    assert found.is_exact
    if not orders:
        assert found.nodes is None
        return
    assert found.nodes is not None
    least_s = min(compiled.driving_s(order) for order in orders)
    order = [places[node] for node in found.nodes]
    assert (sorted(order), compiled.driving_s(order), found.least_s) == (sorted(places), least_s, least_s)
    assert earliest_end(compiled, order) != NEVER_S
    none = least_driving(road, least_s, PLENTY)
    assert (none.nodes, none.is_exact) == (None, True)


def test_a_way_round_that_is_quicker_than_the_way_straight_on_is_driven() -> None:
    """From the first shop straight to the last it takes too long, by the one between it does not."""
    problem = day(
        shop("first", service_s=600),
        shop("between", service_s=600),
        shop("last", windows=hours("09:30-10:00"), service_s=600),
    )
    ways = np.full((5, 5), 600, dtype=np.int64)
    np.fill_diagonal(ways, 0)
    ways[1, 3] = ways[0, 3] = 7200
    compiled = compile_day(problem, TravelMatrix(ways, ways))
    road = road_of(compiled, [1, 2, 3], scale_of(compiled, [1, 2, 3]))
    assert least_driving(road, NO_LIMIT_S, PLENTY).nodes == [0, 1, 2]
    proof = prove(compiled, [1, 2, 3], 0, Effort(PLENTY, perf_counter() + 60))
    assert (proof.is_exact, proof.order) == (True, [1, 2, 3])


@settings(max_examples=30)
@given(days_with_ways(max_stops=6), st.integers(0, 200))
def test_a_search_for_less_driving_that_is_cut_short_claims_nothing(
    world: tuple[DayProblem, TravelMatrix], steps: int
) -> None:
    compiled = compile_day(*world)
    places = [place for place in range(1, compiled.end) if compiled.could_fit(place)]
    if places:
        road = road_of(compiled, places, scale_of(compiled, places))
        cut, whole = least_driving(road, NO_LIMIT_S, steps), least_driving(road, NO_LIMIT_S, PLENTY)
        assert cut.least_s <= whole.least_s


def test_a_day_of_many_equal_choices_is_proven_all_the_same() -> None:
    """Nine shops alike, room for four: 126 choices of the same prize are too many to be asked one by one."""
    problem = day(*(shop(f"shop {number}", service_s=5400, prize=1) for number in range(9)), shift="09:00-16:10")
    compiled = compile_day(problem, even_ways(problem, 10))
    places = list(range(1, 10))
    proof = prove(compiled, places, 0, Effort(PLENTY, perf_counter() + 60))
    assert proof.is_exact
    assert proof.order is not None
    assert (len(proof.order), proof.scale.split(proof.value)) == (4, (0, 4, 5 * 600))
