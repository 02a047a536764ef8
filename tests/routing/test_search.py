"""The search for the order of a day: the beam, the engine, and what they may say of each other."""

import gc
from random import Random
from time import perf_counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.rep_days import at, day, days_with_ways, even_ways, hours, noon_lunch, shop

from routing.beam import beam_search
from routing.compiled import NEVER_S, CompiledDay, compile_day
from routing.polish import inserted, polish, worth
from routing.price import fair_price_s, most_promising
from routing.problem import DayProblem
from routing.schedule import earliest_end
from routing.search import Best
from routing.solver import Effort, run_engine
from routing.travel import TravelMatrix

World = tuple[DayProblem, TravelMatrix]


def candidates(compiled: CompiledDay) -> list[int]:
    """The places that could be visited at all."""
    return [place for place in range(1, compiled.end) if compiled.could_fit(place)]


def beam(compiled: CompiledDay, width: int = 5000) -> Best:
    """What the beam finds, as the search sees it."""
    best = Best(compiled)
    if places := candidates(compiled):
        best.offer(beam_search(compiled, places, width, perf_counter() + 60).order)
    return best


@settings(max_examples=40)
@given(days_with_ways(max_stops=8), st.sampled_from([300, 1800, 50_000]))
def test_every_order_that_the_engine_offers_can_be_driven_and_none_beats_a_proof(world: World, price_s: int) -> None:
    """The engine knows opening hours and lunch as the timetable does; and a proof is a proof."""
    compiled = compile_day(*world)
    places = candidates(compiled)
    offered: list[list[int]] = []
    if places:
        run_engine(compiled, places, price_s, Effort(5, 60), offered.append)
    engine = Best(compiled)
    for order in offered:
        assert earliest_end(compiled, order) != NEVER_S
        engine.offer(order)
    assert engine.merit <= beam(compiled).merit


@settings(max_examples=40)
@given(days_with_ways(max_stops=8))
def test_a_narrow_beam_finds_only_drivable_orders_and_proves_only_the_best(world: World) -> None:
    compiled = compile_day(*world)
    places = candidates(compiled)
    if not places:
        return
    narrow = beam_search(compiled, places, 3, perf_counter() + 60)
    found = Best(compiled)
    found.offer(narrow.order)
    assert found.order == narrow.order
    if narrow.is_proven:
        assert found.merit == beam(compiled).merit


def test_a_beam_out_of_time_proves_nothing() -> None:
    problem = day(shop("a"), shop("b"))
    assert not beam_search(compile_day(problem, even_ways(problem, 5)), [1, 2], 100, perf_counter()).is_proven


def test_two_small_visits_beat_one_big_one() -> None:
    """The trap of greedy choices: the most valuable single visit is not in the best day."""
    problem = day(
        shop("big", prize=10, service_s=95 * 60), shop("small", prize=9), shop("little", prize=9), shift="09:00-11:00"
    )
    assert beam(compile_day(problem, even_ways(problem, 10))).merit == (0, 18, -1800)


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
    run_engine(compiled, [1, 2], 10_000, Effort(5, 100), best.offer)
    assert sorted(best.order) == [1, 2]


def test_the_engine_makes_mandatory_visits_first() -> None:
    problem = day(shop("dull", mandatory=True, prize=1), shop("rich", prize=1000), shift="09:00-10:15")
    compiled = compile_day(problem, even_ways(problem, 20))
    best = Best(compiled)
    run_engine(compiled, [1, 2], 10, Effort(5, 100), best.offer)
    assert best.order == [1]


def test_what_goes_wrong_while_listening_to_the_engine_comes_out() -> None:
    """The engine's wrapper swallows exceptions."""

    def refuse(order: list[int]) -> None:
        raise RuntimeError(f"no use for {sorted(order)}")

    problem = day(shop("a"), shop("b"))
    with pytest.raises(RuntimeError, match=r"no use for \[1, 2\]"):
        run_engine(compile_day(problem, even_ways(problem, 20)), [1, 2], 500, Effort(5, 100), refuse)


def test_a_run_of_the_engine_leaves_no_model_behind() -> None:
    """The engine's wrapper keeps callbacks for ever, and with them all that they lead to."""
    problem = day(shop("a"), shop("b"))
    run_engine(compile_day(problem, even_ways(problem, 20)), [1, 2], 500, Effort(5, 100), lambda order: None)
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
    run_engine(compiled, candidates(compiled), 300, Effort(2, 100), best.offer)
    assert len(best.order) == 7
    assert earliest_end(compiled, best.order) == at("16:30")
