"""How odd a silence is, from the customer's own rhythm and the market's."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.buyers import TODAY, crowd, every, history

from fieldsales.rhythm.rules import market_clock, rhythms, survival


def chance_of(name: str, buyers: dict[str, object]) -> float:
    told = rhythms(history(buyers), TODAY)  # type: ignore[arg-type]
    return float(told.chance[list(buyers).index(name)])


@given(a=st.integers(1, 30), x=st.floats(0.01, 0.99), shape=st.integers(1, 6))
def test_survival_is_the_binomial_tail_that_the_beta_function_stands_for(a: int, x: float, shape: int) -> None:
    """I_x(a, k) for whole a and k is the chance of at least a successes in a + k - 1 trials."""
    trials = a + shape - 1
    tail = sum(comb(trials, won) * x**won * (1 - x) ** (trials - won) for won in range(a, trials + 1))
    gap = (1 - x) / x / shape
    told = survival(np.array([gap]), np.array([float(a)]), np.array([1.0]), shape)
    assert told[0] == pytest.approx(tail, rel=1e-9, abs=1e-12)


@given(gap=st.floats(0, 500), more=st.floats(0, 500), a=st.floats(0.5, 100), b=st.floats(0.5, 1000))
def test_a_longer_silence_is_never_likelier(gap: float, more: float, a: float, b: float) -> None:
    short, long = survival(np.array([gap, gap + more]), np.array([a, a]), np.array([b, b]), 3)
    assert 0 <= long <= short + 1e-12 <= 1 + 1e-9


def test_the_same_silence_is_odder_for_the_regular_than_for_the_irregular() -> None:
    irregular = [(TODAY - timedelta(days=ago), 5_000) for ago in (25, 26, 28, 60, 62, 90, 130, 131, 170, 172, 200, 260)]
    buyers = crowd(40) | {"weekly": list(every(7, since=725, until=25)), "irregular": irregular}
    assert chance_of("weekly", buyers) < 0.02
    assert chance_of("irregular", buyers) > 4 * chance_of("weekly", buyers)


def test_a_holiday_of_the_whole_market_is_not_taken_for_silence() -> None:
    """Nobody ordered for three weeks: that says nothing about any one of them."""
    closed = crowd(200, until=22)
    assert chance_of("steady 3", closed) > 0.1
    assert chance_of("steady 3", crowd(200) | {"steady 3": list(every(7, since=722, until=22))}) < 0.02


def test_rhythm_in_words_is_in_calendar_days() -> None:
    told = rhythms(history(crowd(10) | {"fortnightly": list(every(14, since=700, until=3))}), TODAY)
    assert told.mean_days[-1] == pytest.approx(14)
    assert told.spread_days[-1] == pytest.approx(0, abs=1e-6)
    assert told.silent_days[-1] == 14


def test_who_never_ordered_or_only_once_is_never_odd() -> None:
    buyers = crowd(10) | {"never": [], "once": list(every(1, since=5, until=5))}
    told = rhythms(history(buyers), TODAY)
    assert (told.chance[-2], told.silent_days[-2]) == (1.0, 0)
    assert told.gaps[-1] == 0


def test_nobody_at_all_is_no_error() -> None:
    assert rhythms(history({}), TODAY).chance.size == 0
    assert rhythms(history({"never": []}), TODAY).chance.tolist() == [1.0]


@given(st.lists(st.integers(0, 29), max_size=200))
def test_the_market_clock_never_runs_backwards_and_keeps_the_mean_pace(days: list[int]) -> None:
    clock = market_clock(np.array(days, dtype=np.int64), 30).tolist()
    assert len(clock) == 31
    assert all(later > earlier for earlier, later in pairwise(clock))
    assert clock[-1] == pytest.approx(30)
