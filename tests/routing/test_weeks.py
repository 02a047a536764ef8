"""Weeks of visits: each outlet by one of its options, days compact and within their limits."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing.errors import InvalidProblem, TravelError
from routing.pool import SolverPool
from routing.problem import Point
from routing.travel import GreatCircle
from routing.weeks.plan import Effort, WeeksPlan, days_of, solve_on_times, solve_weeks
from routing.weeks.problem import Option, Outlet, WeeksProblem

HOME = Point(38.25, 21.73)
QUICK = Effort(rounds_per_outlet=50, seconds=600)
TRAVEL = GreatCircle()


def weekdays(weeks: int = 2) -> tuple[Option, ...]:
    """Once a week, on the same of five days."""
    return tuple(Option(tuple(5 * week + day for week in range(weeks))) for day in range(5))


def outlet(name: str, north: float, east: float, *options: Option, service: int = 1200) -> Outlet:
    return Outlet(name, Point(38.25 + north, 21.73 + east), service, options or weekdays())


def five_villages(each: int = 6) -> WeeksProblem:
    """Villages far apart; a day for each is plainly best."""
    outlets = tuple(
        outlet(f"{village}-{house}", 0.2 * np.cos(village * 1.2566) + 0.001 * house, 0.2 * np.sin(village * 1.2566))
        for village in range(5)
        for house in range(each)
    )
    return WeeksProblem(HOME, outlets, (8 * 3600,) * 10, balance=0.5)


def check(problem: WeeksProblem, plan: WeeksPlan) -> None:
    """Whether a plan is one at all, counted again from its routes."""
    for each in problem.outlets:
        assert plan.days[each.id] in {option.days for option in each.options}
    visited = sorted((name, route.day) for route in plan.orders for name in route.outlets)
    assert visited == sorted((name, day) for name, days in plan.days.items() for day in days)


def test_each_village_has_a_day_of_its_own() -> None:
    problem = five_villages()
    plan = solve_weeks(problem, TRAVEL, Effort(rounds_per_outlet=400, seconds=60))
    check(problem, plan)
    for day in range(10):
        (route,) = days_of(plan, day)
        assert len({name.split("-")[0] for name in route.outlets}) == 1
    assert plan.over_s == 0


def test_driving_is_what_the_routes_drive() -> None:
    problem = five_villages(3)
    plan = solve_weeks(problem, TRAVEL, QUICK)
    matrix = TRAVEL.matrix(problem.points()).duration_s
    index = {each.id: place for place, each in enumerate(problem.outlets, start=1)}
    for route in plan.orders:
        stops = [0, *(index[name] for name in route.outlets), 0]
        assert route.travel_s == pytest.approx(sum(matrix[a, b] for a, b in pairwise(stops)))


def test_the_same_problem_has_the_same_answer_in_this_process_and_in_others() -> None:
    problem = five_villages(4)
    with SolverPool(0) as here, SolverPool(1) as there:
        first, again = (pool.solve_weeks([problem], TRAVEL, QUICK) for pool in (here, there))
    assert first == again == [solve_weeks(problem, TRAVEL, QUICK)]


def test_work_is_spread_over_the_days_even_where_driving_would_not_ask_for_it() -> None:
    outlets = tuple(outlet(str(at), 0.001 * at, 0.0) for at in range(20))
    problem = WeeksProblem(HOME, outlets, (8 * 3600,) * 10, balance=1.0)
    plan = solve_weeks(problem, TRAVEL, Effort(rounds_per_outlet=400, seconds=60))
    assert {len(route.outlets) for route in plan.orders} == {4}


def test_a_cost_of_an_option_is_weighed_against_driving() -> None:
    dear = tuple(Option(option.days, 0 if option.days[0] == 2 else 100_000) for option in weekdays())
    outlets = tuple(outlet(str(at), 0.01 * at, 0.0, *dear) for at in range(6))
    plan = solve_weeks(WeeksProblem(HOME, outlets, (8 * 3600,) * 10), TRAVEL, QUICK)
    assert set(plan.days.values()) == {(2, 7)}


def test_several_vehicles_share_what_one_cannot_carry() -> None:
    everyday = (Option((0,)),)
    outlets = tuple(Outlet(str(at), Point(38.25 + 0.01 * at, 21.73), 600, everyday, load=10) for at in range(9))
    problem = WeeksProblem(HOME, outlets, (8 * 3600,), vehicles=3, capacity=30)
    plan = solve_weeks(problem, TRAVEL, QUICK)
    check(problem, plan)
    assert plan.over_s == 0
    assert [route.load for route in plan.orders] == [30, 30, 30]


def test_nothing_to_visit_is_an_answer() -> None:
    assert solve_weeks(WeeksProblem(HOME, (), (3600,)), TRAVEL).orders == ()
    alone = WeeksProblem(HOME, (outlet("a", 0.1, 0.1, Option(())),), (3600,))
    assert solve_weeks(alone, TRAVEL, QUICK).days == {"a": ()}


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda: Option((3, 1)), "do not rise"),
        (lambda: Option((1,), -5), "0 or more"),
        (lambda: Outlet("a", HOME, 10, ()), "no option"),
        (lambda: WeeksProblem(HOME, (), ()), "0 days"),
        (lambda: WeeksProblem(HOME, (outlet("a", 0, 0, Option((1,))),), (3600, 0)), "nobody drives on day"),
        (lambda: WeeksProblem(HOME, (outlet("a", 0, 0), outlet("a", 0, 0)), (3600,) * 10), "twice"),
        (lambda: Effort(seconds=0), "more than 0"),
    ],
)
def test_what_makes_no_sense_is_refused(broken: object, told: str) -> None:
    with pytest.raises(InvalidProblem, match=told):
        broken()  # type: ignore[operator]


def test_a_matrix_of_another_size_is_refused() -> None:
    with pytest.raises(TravelError, match="3 places"):
        solve_on_times(WeeksProblem(None, (outlet("a", 0, 0), outlet("b", 0, 0)), (3600,) * 10), np.zeros((2, 2)))


@settings(deadline=None, max_examples=30)
@given(
    places=st.lists(st.tuples(st.floats(-0.2, 0.2), st.floats(-0.2, 0.2)), min_size=1, max_size=12),
    days=st.integers(1, 8),
    vehicles=st.integers(1, 3),
    seed=st.integers(0, 1000),
    data=st.data(),
)
def test_every_outlet_is_visited_by_one_of_its_options(
    places: list[tuple[float, float]], days: int, vehicles: int, seed: int, data: st.DataObject
) -> None:
    spread = st.lists(st.sets(st.integers(0, days - 1)).map(sorted).map(tuple), min_size=1, max_size=4, unique=True)
    outlets = tuple(
        outlet(str(at), *place, *(Option(each) for each in data.draw(spread))) for at, place in enumerate(places)
    )
    problem = WeeksProblem(HOME, outlets, (4 * 3600,) * days, vehicles=vehicles, capacity=9, balance=0.3)
    check(problem, solve_weeks(problem, TRAVEL, Effort(rounds_per_outlet=20, seconds=10), seed))
