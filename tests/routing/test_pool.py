"""Many days in other processes."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from worlds.rep_days import day, hours, shop

from routing.budget import Budget
from routing.errors import InvalidProblem, SolverDied, TravelError
from routing.pool import SolverPool
from routing.problem import DayProblem, Point
from routing.progress import Better
from routing.travel import GreatCircle, TravelMatrix

BUDGET = Budget(seconds=1, patience=1)


def week() -> list[DayProblem]:
    """Five days with one shop more each day."""
    names = "abcde"
    return [day(*(shop(name) for name in names[:count])) for count in range(1, 6)]


@pytest.fixture(scope="module")
def pool() -> Iterator[SolverPool]:
    with SolverPool(1) as opened:
        yield opened


def test_routes_come_in_the_order_of_the_days(pool: SolverPool) -> None:
    routes = pool.solve_days(week(), GreatCircle(), BUDGET)
    assert [len(route.visits) for route in routes] == [1, 2, 3, 4, 5]


def test_other_processes_and_this_one_find_the_same(pool: SolverPool) -> None:
    with SolverPool(0) as here:
        assert here.solve_days(week(), GreatCircle(), BUDGET) == pool.solve_days(week(), GreatCircle(), BUDGET)


def test_reasons_travel_home_from_another_process(pool: SolverPool) -> None:
    (route,) = pool.solve_days([day(shop("late", windows=hours("20:00-21:00")))], GreatCircle(), BUDGET)
    assert route.left_out[0].code == "hours_miss_shift"


@pytest.mark.parametrize("workers", [0, 1])
def test_progress_counts_every_day(workers: int, pool: SolverPool) -> None:
    told: list[tuple[int, int]] = []
    with SolverPool(0) as here:
        (pool if workers else here).solve_days(
            week(), GreatCircle(), BUDGET, progress=lambda done, total: told.append((done, total))
        )
    assert told == [(1, 5), (2, 5), (3, 5), (4, 5), (5, 5)]


def test_no_days_need_no_process(pool: SolverPool) -> None:
    assert pool.solve_days([], GreatCircle(), BUDGET) == []


class NoRoads:
    """A router that is down."""

    def matrix(self, points: Sequence[Point]) -> TravelMatrix:
        raise TravelError(f"no answer for {len(points)} places")


def test_a_router_that_is_down_is_told_as_such(pool: SolverPool) -> None:
    with pytest.raises(TravelError, match="no answer for 3 places"):
        pool.solve_days(week(), NoRoads(), BUDGET)


def test_a_process_that_dies_gives_a_clear_error_and_the_pool_lives_on() -> None:
    with SolverPool(1) as pool:
        pool.solve_days(week()[:1], GreatCircle(), BUDGET)
        _kill_the_processes(pool)
        with pytest.raises(SolverDied, match="killed for want of memory: use fewer processes"):
            pool.solve_days(week(), GreatCircle(), BUDGET)
        assert len(pool.solve_days(week(), GreatCircle(), BUDGET)) == 5


def _kill_the_processes(pool: SolverPool) -> None:
    assert pool._processes is not None
    for process in list(pool._processes._processes):
        os.kill(process, signal.SIGKILL)


def test_fewer_processes_than_none_are_refused() -> None:
    with pytest.raises(InvalidProblem, match="-1 solving processes"):
        SolverPool(-1)


@pytest.mark.parametrize("workers", [0, 1])
def test_a_pool_hands_on_what_waiting_counts_for(pool: SolverPool, workers: int) -> None:
    """Two shops at the office: who minds idling does not begin with the one that opens at eleven."""
    problem = day(shop("late", windows=hours("11:00-17:00")), shop("long", service_s=2 * 3600))
    opened = pool if workers else SolverPool(0)
    [route] = opened.solve_days([problem], GreatCircle(), replace(BUDGET, wait_weight=1.0))
    assert [visit.stop_id for visit in route.visits] == ["long", "late"]


@pytest.mark.parametrize("workers", [0, 1])
def test_whoever_waits_hears_of_better_answers_and_of_what_none_can_exceed(workers: int) -> None:
    told: dict[int, list[Better]] = {}
    with SolverPool(workers) as opened:
        routes = opened.solve_days(
            week(), GreatCircle(), BUDGET, told=lambda number, better: told.setdefault(number, []).append(better)
        )
    for number, route in enumerate(routes):
        heard = [(each.mandatory, each.prize, -each.travel_s) for each in told[number]]
        assert heard == sorted(heard)
        assert told[number][-1].prize == route.prize
        assert all(each.prize <= each.bound for each in told[number])
        assert set(told[number][-1].order) == {visit.stop_id for visit in route.visits}


def test_what_breaks_a_search_off_ends_its_processes() -> None:
    """Fifty candidates would be searched for a minute; nobody waits for that."""
    stops = [shop(f"shop {number}", at=Point(52 + number % 7 / 50, 5 + number / 99)) for number in range(50)]
    began, others = time.perf_counter(), set(multiprocessing.active_children())
    with pytest.raises(KeyboardInterrupt), SolverPool(1) as pool:
        pool.solve_days([day(*stops)], GreatCircle(), Budget(seconds=60, patience=None), told=_interrupt)
    assert time.perf_counter() - began < 20
    assert set(multiprocessing.active_children()) <= others


def _interrupt(_number: int, _better: Better) -> None:
    raise KeyboardInterrupt
