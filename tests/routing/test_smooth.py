"""Waiting costs: the visits of a route in an order that idles less."""

from dataclasses import replace
from itertools import permutations
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.rep_days import ALL_DAY, at, day, days_with_ways, even_ways, hours, noon_lunch, shop, ways

from routing.budget import Budget
from routing.checker import broken_rules
from routing.compiled import compile_day
from routing.day import solve_on_matrix
from routing.polish import polish
from routing.problem import DayProblem
from routing.route import DayRoute
from routing.smooth import neighbours, polish_smoothly, smooth
from routing.travel import TravelMatrix

FREE, COSTS = Budget(seconds=60), Budget(seconds=60, wait_weight=1.0)
"""Waiting, to two reps. The searches end by their patience or a proof, whatever the load of the machine."""

World = tuple[DayProblem, TravelMatrix]


def visited(route: DayRoute) -> list[str]:
    return [visit.stop_id for visit in route.visits]


def on_the_road_s(route: DayRoute) -> int:
    return route.travel_s + route.wait_s


def served(problem: DayProblem, route: DayRoute) -> tuple[int, int]:
    """How many mandatory stops, and what prize."""
    must = {stop.id for stop in problem.stops if stop.mandatory}
    return len(must & set(visited(route))), route.prize


def street(bakery: str = "11:00-17:00", dairy: str = "00:00-24:00", **facts: Any) -> World:
    """Four shops on a street from the office, ten minutes apart; a one-way bypass leads back from its far end.

    Least driving is up the street and back by the bypass, in 50 minutes.
    """
    opening = {"bakery": hours(bakery), "dairy": hours(dairy)}
    stops = [shop(name, windows=opening.get(name, (ALL_DAY,))) for name in ("arcade", "bakery", "corner", "dairy")]
    table = [[10 * abs(here - there) for there in range(5)] for here in range(5)]
    home = [0, 10, 20, 20, 10]
    rows = [[*row, back] for row, back in zip(table, home, strict=True)]
    return day(*stops, **facts), ways([*rows, [*table[0], 0]])


@pytest.mark.parametrize("lunch", [False, True])
def test_more_than_an_hour_of_waiting_is_not_worth_half_an_hour_of_driving(lunch: bool) -> None:
    """The bakery, second on the street, would be waited for from 9:50 to 11:00; it can as well be the last."""
    problem, matrix = street(lunch=noon_lunch("11:00-13:00") if lunch else None)
    waiting, smoothed = solve_on_matrix(problem, matrix, FREE), solve_on_matrix(problem, matrix, COSTS)
    assert (visited(waiting)[1], waiting.travel_s, waiting.wait_s) == ("bakery", 50 * 60, 70 * 60)
    assert (visited(smoothed)[3], smoothed.travel_s, smoothed.wait_s) == ("bakery", 80 * 60, 0)
    assert waiting.ends_s - smoothed.ends_s == 40 * 60
    assert (smoothed.lunch is not None) is lunch


def test_a_little_waiting_is_kept_where_driving_would_cost_more() -> None:
    problem, matrix = street(bakery="09:55-17:00")
    assert solve_on_matrix(problem, matrix, COSTS).wait_s == 5 * 60


def test_of_equal_ways_the_one_that_starts_with_the_shift_and_ends_early_is_driven() -> None:
    """Two shops in a street with the office: nothing is saved by beginning with the one that opens at eleven."""
    problem = day(shop("late", windows=hours("11:00-17:00")), shop("long", service_s=2 * 3600))
    route = solve_on_matrix(problem, even_ways(problem, 0), COSTS)
    assert (visited(route), route.starts_s, route.ends_s) == (["long", "late"], at("09:00"), at("11:30"))


def test_nobody_waits_at_a_door_only_to_have_left_home_earlier() -> None:
    problem = day(shop("late", windows=hours("11:00-17:00")), shop("any"))
    route = solve_on_matrix(problem, even_ways(problem, 10), COSTS)
    assert (route.starts_s, route.wait_s) == (at("10:50"), 0)


def test_a_proof_of_the_least_driving_is_none_of_the_least_waiting() -> None:
    problem, matrix = street()
    assert solve_on_matrix(problem, matrix, FREE).is_proven
    assert not solve_on_matrix(problem, matrix, COSTS).is_proven
    assert solve_on_matrix(*street(bakery="09:00-17:00"), COSTS).is_proven


def test_room_that_a_better_order_makes_is_filled() -> None:
    """Who waits at the bakery is too late for the dairy; who does the corner first is not."""
    compiled = compile_day(*street(dairy="11:45-12:20", shift="09:00-12:45"))
    arcade, bakery, corner, dairy = range(1, 5)
    assert polish(compiled, [arcade, bakery, corner]) == [arcade, bakery, corner]
    assert polish_smoothly(compiled, [arcade, bakery, corner], 1.0) == [arcade, corner, bakery, dairy]


@settings(max_examples=100)
@given(days_with_ways(max_stops=7))
def test_a_route_that_minds_waiting_is_sound_and_nowhere_worse(world: World) -> None:
    """No rule broken; as many mandatory stops, no less prize, and for the same prize no longer on the road."""
    problem, matrix = world
    before, after = solve_on_matrix(problem, matrix, FREE), solve_on_matrix(problem, matrix, COSTS)
    assert broken_rules(problem, matrix, after) == []
    assert served(problem, after) >= served(problem, before)
    if served(problem, after) == served(problem, before):
        assert on_the_road_s(after) <= on_the_road_s(before)


@settings(max_examples=60)
@given(days_with_ways(max_stops=7), st.floats(0.1, 5))
def test_smoothing_keeps_the_visits(world: World, weight: float) -> None:
    compiled = compile_day(*world)
    order = polish(compiled, [])
    assert sorted(smooth(compiled, order, weight)) == sorted(order)


@settings(max_examples=60)
@given(days_with_ways(max_stops=7))
def test_where_waiting_is_free_the_polished_order_stands(world: World) -> None:
    compiled = compile_day(*world)
    assert polish_smoothly(compiled, [], 0.0) == polish(compiled, [])


@settings(max_examples=60)
@given(days_with_ways(max_stops=7))
def test_after_smoothing_nothing_left_out_still_fits(world: World) -> None:
    """Or the reasons given would not be true."""
    compiled = compile_day(*world)
    order = polish_smoothly(compiled, [], 1.0)
    assert polish(compiled, order) == order


@settings(max_examples=40)
@given(days_with_ways(max_stops=7), st.randoms(use_true_random=False))
def test_minding_waiting_too_the_order_of_the_stops_changes_nothing(world: World, random: Random) -> None:
    problem, matrix = world
    shuffled = random.sample(range(len(problem.stops)), len(problem.stops))
    rows = [0, *(place + 1 for place in shuffled), len(problem.stops) + 1]
    picked = np.ix_(rows, rows)
    other = replace(problem, stops=tuple(problem.stops[place] for place in shuffled))
    other_matrix = TravelMatrix(matrix.duration_s[picked], matrix.distance_m[picked])
    one, two = solve_on_matrix(problem, matrix, COSTS), solve_on_matrix(other, other_matrix, COSTS)
    assert replace(one, left_out=()) == replace(two, left_out=())


def test_three_visits_have_every_other_order_for_a_neighbour() -> None:
    assert {tuple(other) for other in neighbours([1, 2, 3])} == set(permutations([1, 2, 3])) - {(1, 2, 3)}


def test_one_visit_has_no_neighbours() -> None:
    assert list(neighbours([1])) == []
