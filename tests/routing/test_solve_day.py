"""One rep's day, from problem to route."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds import ticking_clock
from worlds.rep_days import OFFICE, at, day, days_with_ways, even_ways, hours, noon_lunch, shop

from routing.budget import Budget
from routing.checker import broken_rules
from routing.day import solve_day, solve_on_matrix
from routing.errors import TravelError
from routing.problem import DayProblem, Point
from routing.route import DayRoute
from routing.travel import NO_WAY_S, GreatCircle, TravelMatrix


def visited(route: DayRoute) -> list[str]:
    """The ids of the visits in driving order."""
    return [visit.stop_id for visit in route.visits]


def left_out(route: DayRoute) -> dict[str, str]:
    """The codes of the stops left out, by id."""
    return {left.stop_id: left.code for left in route.left_out}


def merit(problem: DayProblem, matrix: TravelMatrix, route: DayRoute) -> ticking_clock.Merit:
    """What a route is worth, reckoned by the ticking clock's book-keeping."""
    number = {stop.id: place for place, stop in enumerate(problem.stops, start=1)}
    return ticking_clock.merit_of(problem, matrix, [number[stop_id] for stop_id in visited(route)])


@settings(max_examples=60)
@given(days_with_ways())
def test_a_small_day_is_solved_to_the_optimum_and_soundly(world: tuple[DayProblem, TravelMatrix]) -> None:
    """Every order of every choice of stops, tried tick by tick, is no better; the judge finds no broken rule."""
    problem, matrix = world
    route = solve_on_matrix(problem, matrix)
    assert broken_rules(problem, matrix, route) == []
    assert merit(problem, matrix, route) == ticking_clock.best_merit(problem, matrix)


@settings(max_examples=25)
@given(days_with_ways(max_stops=8), st.randoms(use_true_random=False))
def test_the_order_in_which_stops_are_listed_changes_nothing(
    world: tuple[DayProblem, TravelMatrix], random: Random
) -> None:
    problem, matrix = world
    shuffled = random.sample(range(len(problem.stops)), len(problem.stops))
    rows = [0, *(place + 1 for place in shuffled), len(problem.stops) + 1]
    other = replace(problem, stops=tuple(problem.stops[place] for place in shuffled))
    picked = np.ix_(rows, rows)
    other_matrix = TravelMatrix(matrix.duration_s[picked], matrix.distance_m[picked])
    one, two = solve_on_matrix(problem, matrix), solve_on_matrix(other, other_matrix)
    assert replace(one, left_out=()) == replace(two, left_out=())
    assert sorted(one.left_out, key=lambda left: left.stop_id) == sorted(two.left_out, key=lambda left: left.stop_id)


@settings(max_examples=15)
@given(days_with_ways(max_stops=8))
def test_the_same_day_gets_the_same_route_again(world: tuple[DayProblem, TravelMatrix]) -> None:
    assert solve_on_matrix(*world) == solve_on_matrix(*world)


def test_a_city_day_of_forty_candidates_is_sound() -> None:
    """More shops than fit, with lunch and split opening hours, at real coordinates."""
    random = np.random.default_rng(4)
    stops = tuple(
        shop(
            f"shop {number}",
            at=Point(52 + random.random() * 0.15, 5 + random.random() * 0.2),
            windows=hours("08:30-12:00", "13:30-18:00") if number % 2 else hours("10:00-18:00"),
            prize=int(random.integers(1, 60)),
            mandatory=number % 20 == 0,
        )
        for number in range(40)
    )
    problem, travel = day(*stops, lunch=noon_lunch()), GreatCircle()
    route = solve_day(problem, travel, Budget(seconds=0.4))
    assert broken_rules(problem, travel.matrix(problem.points()), route) == []
    assert 8 <= len(route.visits) < 40
    assert route.lunch is not None
    assert {"shop 0", "shop 20"} <= set(visited(route))


@pytest.mark.parametrize("shift", ["09:00-17:00", "13:45-17:00"])
def test_no_stops_make_an_empty_route(shift: str) -> None:
    """Also when the shift begins in the middle of lunch."""
    problem, travel = day(lunch=noon_lunch(), shift=shift), GreatCircle()
    route = solve_day(problem, travel)
    assert broken_rules(problem, travel.matrix(problem.points()), route) == []
    assert (route.visits, route.left_out, route.travel_s, route.prize) == ((), (), 0, 0)


def test_one_stop_is_visited() -> None:
    problem = day(shop("a"))
    assert visited(solve_on_matrix(problem, even_ways(problem, 20))) == ["a"]


def test_closed_shops_are_never_on_the_route() -> None:
    problem = day(*(shop(name, windows=()) for name in "abc"))
    route = solve_on_matrix(problem, even_ways(problem, 20))
    assert route.visits == ()
    assert left_out(route) == {"a": "closed", "b": "closed", "c": "closed"}


def test_shops_in_one_building_need_no_driving() -> None:
    problem = day(*(shop(name, at=OFFICE) for name in "abcdef"))
    route = solve_day(problem, GreatCircle())
    assert sorted(visited(route)) == list("abcdef")
    assert route.travel_s == 0


def test_a_mandatory_stop_outweighs_every_prize() -> None:
    problem = day(shop("dull", mandatory=True, prize=1), shop("rich", prize=1000), shift="09:00-10:15")
    route = solve_on_matrix(problem, even_ways(problem, 20))
    assert visited(route) == ["dull"]


def test_a_mandatory_stop_that_cannot_be_met_is_left_out_with_its_reason() -> None:
    problem = day(shop("late", mandatory=True, windows=hours("18:00-20:00")), shop("a"))
    route = solve_on_matrix(problem, even_ways(problem, 20))
    assert visited(route) == ["a"]
    (left,) = route.left_out
    assert left.mandatory
    assert left.code == "hours_miss_shift"
    assert left.reason.startswith("Must be visited, but cannot be: open only outside")


def test_of_mandatory_stops_that_clash_one_is_kept() -> None:
    problem = day(*(shop(name, mandatory=True, windows=hours("10:00-10:40")) for name in "ab"))
    route = solve_on_matrix(problem, even_ways(problem, 20))
    assert len(route.visits) == 1
    assert list(left_out(route).values()) == ["mandatory_clash"]


def test_a_hundred_mandatory_stops_in_one_day_fill_it() -> None:
    problem = day(*(shop(f"shop {number:03}", mandatory=True) for number in range(100)))
    matrix = even_ways(problem, 10)
    route = solve_on_matrix(problem, matrix, Budget(seconds=0.3))
    assert broken_rules(problem, matrix, route) == []
    assert len(route.visits) == 11


def test_a_place_without_a_road_is_left_out() -> None:
    problem = day(shop("island"), shop("mainland"))
    table = even_ways(problem, 20).duration_s.copy()
    table[1, :] = table[:, 1] = NO_WAY_S
    route = solve_on_matrix(problem, TravelMatrix(table, table))
    assert visited(route) == ["mainland"]
    assert left_out(route) == {"island": "no_way"}


def test_a_far_customer_is_worth_any_detour_that_fits() -> None:
    """Prize before driving, however little the prize."""
    problem = day(shop("near", prize=100), shop("far", prize=1))
    table = np.array([[0, 5, 180, 0], [5, 0, 180, 5], [180, 180, 0, 180], [0, 5, 180, 0]]) * 60
    assert sorted(visited(solve_on_matrix(problem, TravelMatrix(table, table)))) == ["far", "near"]


def test_a_shift_may_run_past_midnight() -> None:
    night = shop("bar", windows=hours("23:00-23:59"), service_s=900)
    later = replace(night, id="club", windows=(replace(night.windows[0], opens_s=at("24:30"), closes_s=at("26:00")),))
    problem = day(night, later, shift="22:00-27:00")
    assert visited(solve_on_matrix(problem, even_ways(problem, 20))) == ["bar", "club"]


def test_a_matrix_of_another_day_is_refused() -> None:
    problem = day(shop("a"), shop("b"))
    with pytest.raises(TravelError, match="covers 3 places, the day has 4"):
        solve_on_matrix(problem, even_ways(day(shop("a")), 20))
