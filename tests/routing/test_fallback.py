"""A road router that fails: the day is planned as the crow flies, and says so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

import numpy as np
from worlds.osrm_server import Town, osrm_server
from worlds.rep_days import OFFICE, day, shop

from routing.budget import Budget
from routing.day import solve_day
from routing.errors import TravelError
from routing.pool import SolverPool
from routing.problem import Point
from routing.travel import Cached, Fallback, GreatCircle, OnDay, Osrm, Shelf, TravelTable, ways_of

A, B, C = Point(52.0, 5.0), Point(52.01, 5.0), Point(52.02, 5.01)


class Moody(GreatCircle):
    """Streets that fail while told to; counts how often it is asked."""

    fails = True
    asked = 0
    leaves: datetime | None = None

    def table(self, sources: Sequence[Point], targets: Sequence[Point], leaves: datetime | None = None) -> TravelTable:
        Moody.asked += 1
        Moody.leaves = leaves
        if Moody.fails:
            raise TravelError("the router is asleep")
        return super().table(sources, targets)


def test_a_router_that_fails_is_replaced_by_the_great_circle_with_a_warning() -> None:
    with osrm_server(Town(says=(503, b"busy"))) as town:
        matrix = Fallback(Osrm(town.url), GreatCircle()).matrix([A, B, C])
    assert np.array_equal(matrix.duration_s, GreatCircle().matrix([A, B, C]).duration_s)
    (warning,) = matrix.warnings
    assert warning.startswith(
        "Driving times are estimated from straight lines, not from streets: osrm http://127.0.0.1"
    )
    assert "answers 503" in warning


def test_a_router_that_answers_gives_no_warning() -> None:
    with osrm_server(Town()) as town:
        matrix = Fallback(Osrm(town.url), GreatCircle()).matrix([A, B, C])
    assert matrix.warnings == ()
    assert matrix.duration_s[0, 1] == 101


def test_the_warning_stands_on_the_route_of_the_day() -> None:
    with osrm_server(Town(says=(503, b"busy"))) as town:
        travel = Fallback(Osrm(town.url), GreatCircle())
        problem = day(shop("kiosk", at=Point(OFFICE.lat + 0.01, OFFICE.lon)))
        route = solve_day(problem, travel, Budget(patience=1))
        with SolverPool(0) as pool:
            (pooled,) = pool.solve_days([problem], travel, Budget(patience=1))
    assert len(route.visits) == len(route.warnings) == 1
    assert pooled.warnings == route.warnings


def test_one_that_failed_is_left_in_peace_for_a_while() -> None:
    """Twenty reps' days do not wait for a dead server twenty times."""
    now = [0.0]
    Moody.fails, Moody.asked = True, 0
    travel = Fallback(Moody(), GreatCircle(), clock=lambda: now[0])
    for _ in range(20):
        assert "asleep" in travel.matrix([A, B]).warnings[0]
    assert Moody.asked == 1
    Moody.fails, now[0] = False, 31.0
    assert travel.matrix([A, B]).warnings == ()


def test_what_is_remembered_needs_no_router() -> None:
    shelf = Shelf(":memory:")
    with osrm_server(Town()) as town:
        told = Fallback(Cached(Osrm(town.url), shelf), GreatCircle()).matrix([A, B])
    after = Fallback(Cached(Osrm(town.url), shelf), GreatCircle())
    assert np.array_equal(after.matrix([A, B]).duration_s, told.duration_s)
    assert after.matrix([A, B]).warnings == ()
    assert after.matrix([A, B, C]).warnings != ()


def test_roads_of_another_region_are_no_roads() -> None:
    """All the stops would be left out for want of a way, and nobody would know why."""
    with osrm_server(Town(islands={(A.lon, A.lat)})) as town:
        travel = Fallback(Osrm(town.url), GreatCircle())
        assert "knows no road between the start of the day" in travel.matrix([A, B, C, A]).warnings[0]
        assert travel.matrix([B, A, C, B]).warnings == ()  # one shop on an island is just that


def test_lines_are_straight_where_no_street_is_known() -> None:
    with osrm_server(Town(says=(500, b""))) as town:
        assert Fallback(Osrm(town.url), GreatCircle()).legs([A, B, C]) == ((A, B), (B, C))


def test_a_day_is_asked_about_at_the_hour_when_its_shift_begins() -> None:
    Moody.fails = False
    problem = day(shop("kiosk", at=B))
    travel = OnDay(Moody(), date(2026, 3, 2))
    ways_of(problem, travel)
    seconds = problem.worker.shift.opens_s
    assert Moody.leaves == datetime.combine(date(2026, 3, 2), time()) + timedelta(seconds=seconds)
