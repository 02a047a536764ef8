"""Days that hardly are days: each is answered sensibly, none is an error."""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import numpy as np
import pytest
from worlds.rep_days import ALL_DAY, OFFICE, day, even_ways, hours, shop

from routing.budget import Budget
from routing.checker import broken_rules
from routing.day import solve_day, solve_on_matrix
from routing.problem import DayProblem, Lock, Point, Stop, Window, Worker
from routing.reasons import Reason
from routing.route import DayRoute
from routing.team.checker import broken_team_rules
from routing.team.problem import TeamProblem
from routing.team.route import TeamRoute
from routing.team.solve import solve_team, solve_team_on_matrix
from routing.travel import NO_WAY_S, GreatCircle, TravelMatrix

SHORT = Budget(seconds=0.5, patience=1)
ANNA = Worker(OFFICE, OFFICE, hours("09:00-17:00")[0], id="anna")


def solved(problem: DayProblem, matrix: TravelMatrix) -> DayRoute:
    """A sound answer."""
    route = solve_on_matrix(problem, matrix, SHORT)
    assert broken_rules(problem, matrix, route) == []
    return route


def team(problem: TeamProblem, minutes: int = 10) -> TeamRoute:
    """A sound answer for a team, the same way between any two places."""
    size = len(problem.points())
    table = np.full((size, size), 60 * minutes, dtype=np.int64)
    np.fill_diagonal(table, 0)
    matrix = TravelMatrix(table, table)
    route = solve_team_on_matrix(problem, matrix, SHORT)
    assert broken_team_rules(problem, matrix, route) == []
    return route


def test_a_day_without_stops_is_an_empty_route_with_nothing_missed() -> None:
    route = solved(day(), even_ways(day(), 20))
    assert (route.visits, route.left_out, route.travel_s, route.gap, route.is_proven) == ((), (), 0, 0.0, True)


def test_one_stop_is_visited_and_proven() -> None:
    problem = day(shop("a"))
    route = solved(problem, even_ways(problem, 20))
    assert ([visit.stop_id for visit in route.visits], route.is_proven, route.gap) == (["a"], True, 0.0)


def test_a_day_on_which_all_is_closed_says_so_of_every_stop() -> None:
    problem = day(*(shop(name, windows=()) for name in "abc"))
    assert {left.code for left in solved(problem, even_ways(problem, 20)).left_out} == {Reason.CLOSED}


def test_shops_at_one_spot_are_all_visited_without_driving() -> None:
    problem = day(*(shop(name) for name in "abcdef"))
    route = solve_day(problem, GreatCircle(), SHORT)
    assert (len(route.visits), route.travel_s) == (6, 0)


def test_a_matrix_of_noughts_drives_nothing() -> None:
    problem = day(*(shop(name) for name in "abcd"))
    route = solved(problem, even_ways(problem, 0))
    assert (len(route.visits), route.travel_s, route.gap) == (4, 0, 0.0)


def test_the_date_line_is_a_line_like_any_other() -> None:
    """Two shops 2 km apart on Taveuni, one either side of the 180th meridian."""
    west, east = Point(-16.8, 179.99), Point(-16.8, -179.99)
    problem = DayProblem(Worker(west, west, hours("09:00-17:00")[0]), (shop("a", at=east),))
    route = solve_day(problem, GreatCircle(), SHORT)
    assert [visit.stop_id for visit in route.visits] == ["a"]
    assert route.distance_m < 6_000


def test_places_that_no_road_joins_are_left_out_by_name_and_the_rest_is_driven() -> None:
    problem = day(shop("island"), shop("mainland"))
    table = even_ways(problem, 20).duration_s.copy()
    table[1, :] = table[:, 1] = NO_WAY_S
    route = solved(problem, TravelMatrix(table, table))
    assert [(left.stop_id, left.code) for left in route.left_out] == [("island", Reason.NO_WAY)]
    assert [visit.stop_id for visit in route.visits] == ["mainland"]


def test_a_place_that_can_be_reached_but_not_left_is_one_without_a_way() -> None:
    problem = day(shop("trap"))
    table = even_ways(problem, 20).duration_s.copy()
    table[1, 2] = NO_WAY_S
    assert [left.code for left in solved(problem, TravelMatrix(table, table)).left_out] == [Reason.NO_WAY]


def test_five_hundred_visits_that_must_be_made_in_one_day_are_answered_in_seconds() -> None:
    """As many as fit are made, each of the others says that it had to be and could not."""
    rng = np.random.default_rng(5)
    spots = [Point(float(lat), float(lon)) for lat, lon in 52 + rng.random((500, 2)) / 20]
    stops = tuple(Stop(f"{n:03}", at, 900, (ALL_DAY,), 10, mandatory=True) for n, at in enumerate(spots))
    problem = DayProblem(Worker(spots[0], spots[0], hours("08:00-18:00")[0]), stops)
    began = perf_counter()
    route = solve_day(problem, GreatCircle(), SHORT)
    assert perf_counter() - began < 30
    assert len(route.visits) >= 25
    assert len(route.left_out) == 500 - len(route.visits)
    assert all(left.mandatory and left.reason.startswith("Must be visited, but cannot be") for left in route.left_out)


def test_a_team_of_nobody_leaves_all_out_because_nobody_works() -> None:
    route = team(TeamProblem((), (shop("a"), shop("b", mandatory=True))))
    assert [left.reason for left in route.left_out] == [
        "Nobody works that day.",
        "Must be visited, but cannot be: nobody works that day.",
    ]
    assert (route.routes, route.gap) == ((), 0.0)


def test_a_team_with_nothing_to_do_stays_at_home() -> None:
    route = team(TeamProblem((ANNA,), ()))
    assert (route.routes[0].visits, route.left_out, route.gap) == ((), (), 0.0)


def test_a_worker_without_a_shift_is_left_at_home_and_the_others_drive() -> None:
    off = replace(ANNA, id="ben", shift=None)
    route = team(TeamProblem((off, ANNA), (shop("a"), shop("b"))))
    assert [len(each.visits) for each in route.routes] == [0, 2]


def test_a_team_that_is_all_off_says_that_nobody_works() -> None:
    route = team(TeamProblem((replace(ANNA, shift=None), replace(ANNA, id="ben", shift=None)), (shop("a"),)))
    assert [left.code for left in route.left_out] == [Reason.NOBODY_WORKS]


def test_a_team_over_the_date_line_is_solved_from_coordinates() -> None:
    fiji = Point(-16.8, -179.99)
    problem = TeamProblem((replace(ANNA, start=Point(-16.8, 179.99), end=fiji),), (shop("a", at=fiji),))
    assert solve_team(problem, GreatCircle(), SHORT).travel_s < 900


def test_a_visit_that_only_one_may_make_names_whose_day_is_full() -> None:
    ben = replace(ANNA, id="ben", shift=Window(32_400, 32_400 + 3600))
    problem = TeamProblem(
        (ANNA, ben),
        (shop("kept", prize=50, lock=Lock("ben")), shop("a", only=frozenset({"ben"}), windows=(ALL_DAY,))),
    )
    (left,) = team(problem).left_out
    assert left.reason.startswith("Only ben may visit it. Serving it would take 40 min more")
    assert left.worker_id == "ben"
    assert [out.stop_id for out in left.pushes_out] == ["kept"]


def test_a_visit_that_nobody_has_the_skill_for_names_the_skill() -> None:
    (left,) = team(TeamProblem((ANNA,), (shop("a", skills=frozenset({"forklift"})),))).left_out
    assert left.reason == "Nobody who works that day has what it needs: forklift."
    assert [remedy.text for remedy in left.remedies] == ["If anna had the skill forklift."]


def test_a_visit_that_no_car_holds_says_what_it_takes() -> None:
    (left,) = team(TeamProblem((replace(ANNA, capacity=(5,)),), (shop("a", amount=(9,)),))).left_out
    assert left.reason == "Takes 9 of the capacity; no car holds more than 5."


def test_locked_visits_are_made_by_their_worker_in_their_place() -> None:
    problem = TeamProblem(
        (ANNA, replace(ANNA, id="ben")),
        (shop("a", lock=Lock("ben", 1)), shop("b", lock=Lock("ben", 0)), shop("c")),
    )
    ben = team(problem).routes[1]
    assert [visit.stop_id for visit in ben.visits][:2] == ["b", "a"]


@pytest.mark.parametrize("speed", [0.5, 2.0])
def test_a_faster_car_drives_the_same_way_in_less_time(speed: float) -> None:
    route = team(TeamProblem((replace(ANNA, speed=speed),), (shop("a"),)))
    assert route.travel_s == 2 * 600 / speed


def test_overtime_is_worked_where_it_gains_a_visit_and_told() -> None:
    late = replace(ANNA, shift=hours("09:00-09:45")[0], overtime_s=600)
    route = team(TeamProblem((late,), (shop("a"),)))
    assert (len(route.routes[0].visits), route.overtime_s) == (1, 300)
