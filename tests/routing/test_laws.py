"""Laws of every route: time never hurts, one chance more never hurts, the order of the question changes nothing."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.rep_days import days_with_ways
from worlds.teams import teams_with_ways

from routing.budget import Budget
from routing.checker import broken_rules
from routing.compiled import compile_day
from routing.day import solve_on_matrix
from routing.problem import DayProblem, Window
from routing.route import DayRoute
from routing.slack import Slack
from routing.team.checker import broken_team_rules
from routing.team.matrix import day_of
from routing.team.problem import TeamProblem
from routing.team.route import TeamRoute
from routing.team.solve import solve_team_on_matrix
from routing.travel import TravelMatrix

ENOUGH = Budget(seconds=2.0, patience=2)
"""Days of five stops are proven in a few milliseconds."""

few = settings(max_examples=30, deadline=None)


def made(problem: DayProblem | TeamProblem, *routes: DayRoute) -> tuple[int, int]:
    """Mandatory visits made, and the prize of all."""
    must = {stop.id for stop in problem.stops if stop.mandatory}
    visits = [visit.stop_id for route in routes for visit in route.visits]
    return sum(name in must for name in visits), sum(route.prize for route in routes)


def merit(problem: DayProblem, matrix: TravelMatrix, budget: Budget = ENOUGH) -> tuple[int, int]:
    """What the best day makes."""
    return made(problem, solve_on_matrix(problem, matrix, budget))


def without(problem: Any, matrix: TravelMatrix, gone: int) -> tuple[Any, TravelMatrix]:
    """The same without the stop of that number."""
    before = len(problem.workers) if isinstance(problem, TeamProblem) else 1
    rest = [place for place in range(len(matrix)) if place != before + gone]
    stops = tuple(stop for number, stop in enumerate(problem.stops) if number != gone)
    return replace(problem, stops=stops), TravelMatrix(
        matrix.duration_s[rest][:, rest], matrix.distance_m[rest][:, rest]
    )


@few
@given(days_with_ways(max_stops=8))
def test_more_time_to_search_is_never_worse(world: tuple[DayProblem, TravelMatrix]) -> None:
    problem, matrix = world
    hurried = merit(problem, matrix, Budget(seconds=0.001, patience=1))
    assert merit(problem, matrix) >= hurried


@few
@given(days_with_ways(), st.integers(1, 8))
def test_a_longer_shift_is_never_worse(world: tuple[DayProblem, TravelMatrix], hours: int) -> None:
    problem, matrix = world
    shift = problem.worker.shift
    assert shift
    longer = replace(problem.worker, shift=Window(shift.opens_s, shift.closes_s + hours * 1800))
    assert merit(replace(problem, worker=longer), matrix) >= merit(problem, matrix)


@few
@given(days_with_ways(), st.data())
def test_one_stop_more_never_lowers_what_the_whole_is_worth(
    world: tuple[DayProblem, TravelMatrix], data: st.DataObject
) -> None:
    problem, matrix = world
    if problem.stops:
        fewer = without(problem, matrix, data.draw(st.integers(0, len(problem.stops) - 1)))
        assert merit(problem, matrix) >= merit(*fewer)


@few
@given(days_with_ways(), st.randoms(use_true_random=False))
def test_the_order_of_the_stops_changes_nothing(world: tuple[DayProblem, TravelMatrix], random: Random) -> None:
    problem, matrix = world
    shuffled = list(range(len(problem.stops)))
    random.shuffle(shuffled)
    places = np.array([0, *(1 + number for number in shuffled), len(problem.stops) + 1])
    other = replace(problem, stops=tuple(problem.stops[number] for number in shuffled))
    ways = TravelMatrix(matrix.duration_s[places][:, places], matrix.distance_m[places][:, places])
    one, two = solve_on_matrix(problem, matrix, ENOUGH), solve_on_matrix(other, ways, ENOUGH)
    assert replace(one, left_out=()) == replace(two, left_out=())
    assert {left.stop_id: left for left in one.left_out} == {left.stop_id: left for left in two.left_out}


@few
@given(days_with_ways(max_stops=7))
def test_the_bound_of_a_day_is_kept_and_met_where_it_is_proven(world: tuple[DayProblem, TravelMatrix]) -> None:
    problem, matrix = world
    route = solve_on_matrix(problem, matrix, Budget(seconds=0.2, patience=1))
    assert route.bound
    assert route.gap is not None
    assert route.prize <= route.bound.prize
    assert (route.gap == 0) == (route.prize == route.bound.prize)
    assert not route.is_proven or route.gap == 0


def team(problem: TeamProblem, matrix: TravelMatrix, seconds: float = 5.0) -> TeamRoute:
    """A team's day, searched for a moment."""
    return solve_team_on_matrix(problem, matrix, Budget(seconds=seconds, patience=1))


@few
@given(teams_with_ways())
def test_every_team_day_is_sound_and_within_its_bound(world: tuple[TeamProblem, TravelMatrix]) -> None:
    problem, matrix = world
    route = team(problem, matrix)
    assert broken_team_rules(problem, matrix, route) == []
    assert route.bound
    assert route.bound.prize >= route.prize


@few
@given(teams_with_ways())
def test_a_team_leaves_nothing_out_that_still_fits_somewhere(world: tuple[TeamProblem, TravelMatrix]) -> None:
    problem, matrix = world
    route = team(problem, matrix)
    number = {stop.id: index for index, stop in enumerate(problem.stops)}
    for left in route.left_out:
        for worker, day in enumerate(route.routes):
            order = [number[visit.stop_id] for visit in day.visits]
            compiled = compile_day(*day_of(problem, matrix, worker, [*order, number[left.stop_id]]))
            assert not Slack(compiled, range(1, len(order) + 1)).fits(len(order) + 1)


@few
@given(teams_with_ways())
def test_what_a_reason_pushes_out_is_on_the_route_that_it_tells_of(world: tuple[TeamProblem, TravelMatrix]) -> None:
    problem, matrix = world
    route = team(problem, matrix)
    made_by = {day.worker_id: {visit.stop_id for visit in day.visits} for day in route.routes}
    for left in route.left_out:
        assert {out.stop_id for out in left.pushes_out} <= made_by.get(left.worker_id, set())


@few
@given(teams_with_ways(max_workers=1))
def test_a_team_of_one_does_no_worse_than_the_rep_alone(world: tuple[TeamProblem, TravelMatrix]) -> None:
    problem, matrix = world
    if problem.workers:
        alone = DayProblem(problem.workers[0], problem.stops)
        route = solve_on_matrix(alone, matrix, Budget(seconds=0.3, patience=1))
        assert broken_rules(alone, matrix, route) == []
        assert made(problem, *team(problem, matrix).routes) >= made(problem, route)


@few
@given(teams_with_ways(), st.randoms(use_true_random=False))
def test_the_order_of_stops_and_workers_changes_nothing_for_a_team(
    world: tuple[TeamProblem, TravelMatrix], random: Random
) -> None:
    problem, matrix = world
    many, size = len(problem.workers), len(problem.stops)
    crew, shops = list(range(many)), list(range(size))
    random.shuffle(crew)
    random.shuffle(shops)
    rows = [*crew, *(many + shop for shop in shops), *(many + size + each for each in crew)]
    places = np.array(rows, dtype=np.intp)
    ways = TravelMatrix(matrix.duration_s[places][:, places], matrix.distance_m[places][:, places])
    other = replace(
        problem,
        workers=tuple(problem.workers[each] for each in crew),
        stops=tuple(problem.stops[shop] for shop in shops),
    )
    one, two = team(problem, matrix), team(other, ways)
    assert {day.worker_id: day for day in one.routes} == {day.worker_id: day for day in two.routes}
    assert {left.stop_id: left for left in one.left_out} == {left.stop_id: left for left in two.left_out}
