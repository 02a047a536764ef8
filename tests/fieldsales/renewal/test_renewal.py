"""The law of gaps: what is known of it in closed form, and what must hold whatever the numbers."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.renewal.rules import Prior, digamma, fit_prior, log_evidence, log_gamma, log_survival


@given(st.floats(1e-3, 1e6))
def test_log_gamma_is_that_of_the_standard_library(x: float) -> None:
    assert float(log_gamma(np.array(x))) == pytest.approx(math.lgamma(x), rel=1e-8, abs=1e-8)


@given(st.floats(1e-2, 1e5))
def test_digamma_goes_on_as_its_recurrence_has_it(x: float) -> None:
    assert float(digamma(np.array(x + 1)) - digamma(np.array(x))) == pytest.approx(1 / x, rel=1e-6)
    assert float(digamma(np.array(1.0))) == pytest.approx(-0.5772156649, abs=1e-9)


@given(
    gap=st.floats(0, 1e4), more=st.floats(0, 1e4), a=st.floats(0.1, 1e4), b=st.floats(0.1, 1e5), k=st.integers(1, 25)
)
def test_a_longer_silence_is_never_likelier(gap: float, more: float, a: float, b: float, k: int) -> None:
    short, long = log_survival(np.array([gap, gap + more]), np.array([a, a]), np.array([b, b]), k)
    assert long <= short + 1e-9
    assert short <= 0


def test_gaps_of_shape_one_are_survived_as_the_law_of_chance_has_it() -> None:
    """S(g) = (b / (b + g))^a."""
    told = log_survival(np.array([3.0]), np.array([2.0]), np.array([5.0]), 1)
    assert float(told[0]) == pytest.approx(2 * math.log(5 / 8))


@pytest.mark.parametrize("shape", [1, 4])
def test_the_prior_finds_back_from_what_the_rates_were_drawn(shape: int) -> None:
    dice = np.random.default_rng(7)
    rates = dice.gamma(3.0, 1 / 21.0, 4000)
    days = dice.gamma(shape * 30.0, 1 / (shape * rates))
    found = fit_prior(np.full(4000, 30.0), days, shape)
    assert found.a == pytest.approx(3.0, rel=0.1)
    assert found.a / found.b == pytest.approx(1 / 7, rel=0.05)


def test_regular_gaps_speak_for_a_regular_shape() -> None:
    """Thirty gaps of a week each, to the day."""
    gaps, days, logs = np.array([30.0]), np.array([210.0]), np.array([30 * math.log(7)])
    told = [float(log_evidence(gaps, days, logs, Prior(3.0, 21.0), shape)[0]) for shape in (1, 4, 16)]
    assert told == sorted(told)
