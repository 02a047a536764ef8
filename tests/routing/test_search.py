"""The search for the order of a day: the core, the proof, the engine, and what they may say of each other."""

import gc
from dataclasses import replace
from itertools import permutations
from random import Random
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.rep_days import at, day, days_with_ways, even_ways, hours, noon_lunch, shop, ways

from routing.budget import Budget
from routing.compiled import NEVER_S, CompiledDay, compile_day
from routing.core.day import ground_of_day
from routing.core.rounds import Core
from routing.core.routes import END, TRAVEL, no_routes, put_in
from routing.polish import inserted, polish, worth
from routing.price import fair_price_s, most_promising
from routing.problem import DayProblem, Lock
from routing.proof.prove import Effort, prove
from routing.proof.road import scale_of
from routing.route import Bound
from routing.schedule import earliest_end
from routing.search import Best, search_order
from routing.solver import Effort as EngineEffort
from routing.solver import run_engine
from routing.travel import TravelMatrix

World = tuple[DayProblem, TravelMatrix]


def candidates(compiled: CompiledDay) -> list[int]:
    """The places that could be visited at all."""
    return [place for place in range(1, compiled.end) if compiled.could_fit(place)]


def best_of_all(compiled: CompiledDay) -> Best:
    """The best of every order of every choice of stops, tried one by one."""
    best = Best(compiled)
    for size in range(len(candidates(compiled)) + 1):
        for order in permutations(candidates(compiled), size):
            best.offer(order)
    return best


@settings(max_examples=40)
@given(days_with_ways(max_stops=5), st.sampled_from([300, 1800, 50_000]))
def test_every_order_that_the_engine_offers_can_be_driven_and_none_beats_the_best(world: World, price_s: int) -> None:
    """The engine knows opening hours and lunch as the timetable does."""
    compiled = compile_day(*world)
    places = candidates(compiled)
    offered: list[list[int]] = []
    if places:
        run_engine(compiled, places, price_s, EngineEffort(5, 60), offered.append)
    engine = Best(compiled)
    for order in offered:
        assert earliest_end(compiled, order) != NEVER_S
        engine.offer(order)
    assert engine.merit <= best_of_all(compiled).merit


@settings(max_examples=60)
@given(days_with_ways(max_stops=5), st.integers(0, 3))
def test_the_search_of_a_small_day_finds_the_best_and_proves_it(world: World, seed: int) -> None:
    """Against every order there is; with two clocks for lunch, several windows and ways of any length."""
    compiled = compile_day(*world)
    found = search_order(compiled, Budget(seconds=20), seed)
    best = Best(compiled)
    best.offer(found.order)
    assert best.order == found.order
    assert best.merit == best_of_all(compiled).merit
    assert found.is_proven
    assert found.bound == Bound(best.merit[1], -best.merit[2])


@settings(max_examples=30)
@given(days_with_ways(max_stops=8), st.integers(0, 2000))
def test_no_bound_is_below_the_best_however_early_the_proof_gives_up(world: World, steps: int) -> None:
    compiled = compile_day(*world)
    places = candidates(compiled)
    if not places:
        return
    scale = scale_of(compiled, places)
    early = prove(compiled, places, 0, Effort(steps, perf_counter() + 60))
    whole = prove(compiled, places, 0, Effort(10**9, perf_counter() + 60))
    assert whole.is_exact
    assert early.value >= whole.value
    if whole.order:
        best = Best(compiled)
        best.offer(whole.order)
        assert best.order == whole.order
        assert scale.value(best.merit[0], best.merit[1], -best.merit[2]) == whole.value
    again = prove(compiled, places, whole.value, Effort(10**9, perf_counter() + 60))
    assert (again.is_exact, again.value, again.order) == (True, whole.value, None)


@settings(max_examples=15)
@given(days_with_ways(max_stops=8), st.integers(0, 3))
def test_more_rounds_are_never_worse(world: World, seed: int) -> None:
    compiled = compile_day(*world)
    if not (places := candidates(compiled)):
        return
    core, best = Core(compiled, places, seed), Best(compiled)
    for _ in range(3):
        before = best.merit
        core.round(100, perf_counter() + 60)
        later = Best(compiled)
        later.offer(core.order())
        assert later.merit >= before
        best = later


@settings(max_examples=15)
@given(days_with_ways(max_stops=7), st.randoms(use_true_random=False))
def test_the_order_in_which_stops_are_listed_changes_nothing(world: World, random: Random) -> None:
    problem, matrix = world
    shuffled = random.sample(range(len(problem.stops)), len(problem.stops))
    places = [0, *(number + 1 for number in shuffled), len(problem.stops) + 1]
    cut = np.ix_(places, places)
    other = replace(problem, stops=tuple(problem.stops[number] for number in shuffled))
    same = compile_day(other, TravelMatrix(matrix.duration_s[cut], matrix.distance_m[cut]))
    compiled = compile_day(problem, matrix)
    orders = ([day.stop(place).id for place in search_order(day, Budget(20), 1).order] for day in (compiled, same))
    assert next(orders) == next(orders)


@settings(max_examples=30)
@given(days_with_ways(max_stops=6), st.randoms(use_true_random=False))
def test_the_core_reckons_the_end_of_a_day_as_the_timetable_does(world: World, random: Random) -> None:
    compiled = compile_day(*world)
    if not (places := candidates(compiled)):
        return
    ground = ground_of_day(compiled, places, 0)
    routes = no_routes(ground)
    order = random.sample(places, random.randint(1, len(places)))
    for index, place in enumerate(order):
        drivable = put_in(ground, routes, 0, place, index)
    end = earliest_end(compiled, order)
    assert drivable == (end != NEVER_S)
    if drivable:
        assert routes.sums[0, END] == end
        assert routes.sums[0, TRAVEL] == compiled.driving_s(order)


def test_a_proof_of_too_many_candidates_is_refused() -> None:
    problem = day(*(shop(f"shop {number}") for number in range(63)))
    compiled = compile_day(problem, even_ways(problem, 5))
    with pytest.raises(ValueError, match="63 candidates cannot be proven, at most 62"):
        prove(compiled, candidates(compiled), 0, Effort(1, perf_counter()))


def test_a_locked_place_is_kept_and_the_day_built_around_it() -> None:
    """The dearer visit must be the second, whatever the driving."""
    lock = Lock("rep", 1)
    problem = day(shop("a"), shop("b", lock=lock), shop("c"), shift="09:00-17:00")
    compiled = compile_day(
        problem, ways([[0, 9, 1, 9, 0], [9, 0, 9, 1, 9], [1, 9, 0, 9, 1], [9, 1, 9, 0, 9], [0, 9, 1, 9, 0]])
    )
    found = search_order(compiled, Budget(2), 0)
    assert len(found.order) == 3
    assert found.order[1] == 2


def test_two_small_visits_beat_one_big_one() -> None:
    """The trap of greedy choices: the most valuable single visit is not in the best day."""
    problem = day(
        shop("big", prize=10, service_s=95 * 60), shop("small", prize=9), shop("little", prize=9), shift="09:00-11:00"
    )
    found = search_order(compile_day(problem, even_ways(problem, 10)), Budget(5), 0)
    assert sorted(found.order) == [2, 3]
    assert found.bound == Bound(18, 1800)


def test_the_engine_takes_two_windows_and_lunch_into_account() -> None:
    """Both shops open briefly twice: one is served before lunch, the other after it."""
    problem = day(
        shop("a", service_s=3600, windows=hours("09:00-10:10", "14:00-15:10")),
        shop("b", service_s=3600, windows=hours("09:30-10:40", "14:00-15:00")),
        lunch=noon_lunch(),
        shift="09:00-15:10",
    )
    compiled = compile_day(problem, even_ways(problem, 5))
    best = Best(compiled)
    run_engine(compiled, [1, 2], 10_000, EngineEffort(5, 100), best.offer)
    assert sorted(best.order) == [1, 2]


def test_the_engine_makes_mandatory_visits_first() -> None:
    problem = day(shop("dull", mandatory=True, prize=1), shop("rich", prize=1000), shift="09:00-10:15")
    compiled = compile_day(problem, even_ways(problem, 20))
    best = Best(compiled)
    run_engine(compiled, [1, 2], 10, EngineEffort(5, 100), best.offer)
    assert best.order == [1]


def test_what_goes_wrong_while_listening_to_the_engine_comes_out() -> None:
    """The engine's wrapper swallows exceptions."""

    def refuse(order: list[int]) -> None:
        raise RuntimeError(f"no use for {sorted(order)}")

    problem = day(shop("a"), shop("b"))
    with pytest.raises(RuntimeError, match=r"no use for \[1, 2\]"):
        run_engine(compile_day(problem, even_ways(problem, 20)), [1, 2], 500, EngineEffort(5, 100), refuse)


def test_a_run_of_the_engine_leaves_no_model_behind() -> None:
    """The engine's wrapper keeps callbacks for ever, and with them all that they lead to."""
    problem = day(shop("a"), shop("b"))
    run_engine(compile_day(problem, even_ways(problem, 20)), [1, 2], 500, EngineEffort(5, 100), lambda order: None)
    gc.collect()
    assert not [thing for thing in gc.get_objects() if type(thing).__name__ == "RoutingModel"]


def test_the_fair_price_is_the_shift_over_the_prizes_that_fit() -> None:
    """Two of three half-hour visits, 30 minutes apart, fit two hours and a bit: 7,500 s for 30 points."""
    problem = day(
        *(shop("a", prize=10), shop("b", prize=20), shop("c", prize=5)),
        shift="09:00-11:05",
    )
    assert fair_price_s(compile_day(problem, even_ways(problem, 30)), [1, 2, 3]) == 7500 / 30


def test_the_most_promising_are_the_mandatory_and_the_best_per_second() -> None:
    problem = day(
        *(shop("slow", service_s=7200), shop("quick", service_s=600), shop("rich", prize=99)),
        shop("must", prize=1, mandatory=True),
    )
    compiled = compile_day(problem, even_ways(problem, 10))
    assert most_promising(compiled, [1, 2, 3, 4], 3) == [2, 3, 4]
    assert most_promising(compiled, [1, 2, 3, 4], 9) == [1, 2, 3, 4]


@settings(max_examples=60)
@given(days_with_ways(max_stops=6), st.randoms(use_true_random=False))
def test_a_polished_order_has_no_single_change_left(world: World, random: Random) -> None:
    """Nothing fits in, and no visit could be swapped for a better one: what the reasons say of it is true."""
    compiled = compile_day(*world)
    start: list[int] = []
    for place in random.sample(range(1, compiled.end), compiled.end - 1):
        start = inserted(compiled, start, place) or start
    order = polish(compiled, start)
    assert earliest_end(compiled, order) != NEVER_S or not order
    assert _merit(compiled, order) >= _merit(compiled, start)
    for place in set(candidates(compiled)) - set(order):
        assert inserted(compiled, order, place) is None
        for kept in order:
            without = [other for other in order if other != kept]
            assert worth(compiled, kept) >= worth(compiled, place) or inserted(compiled, without, place) is None


def _merit(compiled: CompiledDay, order: list[int]) -> tuple[int, int]:
    """Mandatory visits and prize."""
    stops = [compiled.stop(place) for place in order]
    return sum(stop.mandatory for stop in stops), sum(stop.prize for stop in stops)


def test_a_hundred_candidates_are_searched_without_a_beam() -> None:
    """The engine alone fills a day of eight half-hour visits 30 minutes apart."""
    random = np.random.default_rng(1)
    problem = day(*(shop(f"shop {number:03}", prize=int(random.integers(1, 9))) for number in range(100)))
    compiled = compile_day(problem, even_ways(problem, 30))
    best = Best(compiled)
    run_engine(compiled, candidates(compiled), 300, EngineEffort(2, 100), best.offer)
    assert len(best.order) == 7
    assert earliest_end(compiled, best.order) == at("16:30")
