"""Differences with their intervals: published examples, laws, and how often the truth lies inside."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from fieldsales.intervals.rules import Difference, Floats, means_apart, observed_apart, shares_apart, t_quantile

SIZES = ((60, 60), (270, 50), (900, 100))
"""Treated and control, from even to nine to one."""


def of_two_by_two(yes: int, many: int, yes_control: int, many_control: int) -> Difference:
    happened = np.repeat([True, False, True, False], [yes, many - yes, yes_control, many_control - yes_control])
    treated = np.arange(many + many_control) < many
    return shares_apart(happened, treated, np.zeros(len(treated), dtype=np.int64))


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_shares_agree_with_the_table_that_newcombe_printed(
    table: tuple[int, int, int, int], low: float, high: float
) -> None:
    """Statistics in Medicine 17 (1998) 873-890, table II, method 10."""
    found = of_two_by_two(*table)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


def test_quantiles_agree_with_printed_tables() -> None:
    for freedom, printed in ((8, 2.3060), (10, 2.2281), (29, 2.0452), (120, 1.9799)):
        assert t_quantile(0.975, freedom) == pytest.approx(printed, abs=1e-4)


def test_welch_agrees_with_a_sum_by_hand_where_both_groups_spread_alike() -> None:
    """Two groups of 0 and 2: means 1, variances 2·n/(n-1)/2; the error is that of any t test."""
    after = np.array([0.0, 2.0] * 20 + [1.0, 3.0] * 20)
    treated = np.arange(80) >= 40
    found = means_apart(after, np.zeros(80), treated, np.zeros(80, dtype=np.int64))
    assert found.estimate == pytest.approx(1.0)
    assert found.high - found.estimate == pytest.approx(1.9908 * np.sqrt(2 * (40 / 39) / 40), abs=2e-4)


def test_what_was_bought_before_narrows_the_interval_and_leaves_the_middle_true() -> None:
    chance, narrower, inside, none = np.random.default_rng(3), [], 0, np.zeros(400, dtype=np.int64)
    for _ in range(500):
        before = chance.normal(100, 30, 400)
        treated = chance.random(400) < 0.5
        after = before + chance.normal(0, 10, 400) + 5 * treated
        with_it, without = (means_apart(after, known, treated, none) for known in (before, np.zeros(400)))
        narrower.append((with_it.high - with_it.low) / (without.high - without.low))
        inside += with_it.low <= 5 <= with_it.high
    assert np.mean(narrower) == pytest.approx(10 / np.hypot(10, 30), abs=0.02)
    assert 0.92 <= inside / 500 <= 0.98


def test_a_share_that_rose_while_more_were_held_out_is_no_effect() -> None:
    """Two seasons with nothing achieved in either: lumped together they would show a difference."""
    calm, busy = np.arange(2000) % 10 < 2, np.arange(2000) % 10 < 8
    happened = np.concatenate([calm, busy])
    stratum = np.repeat([0, 1], 2000)
    treated = np.concatenate([np.arange(2000) // 10 < 180, np.arange(2000) // 10 < 100])
    assert shares_apart(happened, treated, stratum).estimate == pytest.approx(0)
    assert abs(shares_apart(happened, treated, np.zeros(4000, dtype=np.int64)).estimate) > 0.05


Sample = tuple[Floats, Floats, np.ndarray, np.ndarray]


@st.composite
def samples(draw: st.DrawFn) -> Sample:
    """After, before, treated and stratum, with at least three of each group in each stratum."""
    strata = draw(st.integers(1, 3))
    many = draw(st.integers(6, 40)) * strata
    amounts = st.floats(-1e6, 1e6).map(lambda value: round(value, 2))
    after = draw(arrays.arrays(np.float64, many, elements=amounts))
    before = draw(arrays.arrays(np.float64, many, elements=amounts))
    place = np.arange(many)
    return after, before, (place // strata) % 2 == 0, place % strata


def compared(sample: Sample) -> list[Difference]:
    after, before, treated, stratum = sample
    return [
        means_apart(after, before, treated, stratum),
        observed_apart(after, before, treated, stratum, np.arange(len(after))),
        shares_apart(after > 0, treated, stratum),
    ]


def close(one: float, other: float, scale: float = 1.0) -> bool:
    return bool(np.isclose(one, other, rtol=1e-6, atol=1e-6 * max(scale, 1.0)))


@given(samples())
def test_swapping_the_groups_flips_the_sign(sample: Sample) -> None:
    after, before, treated, stratum = sample
    scale = float(np.abs(after).max())
    for found, swapped in zip(compared(sample), compared((after, before, ~treated, stratum)), strict=True):
        assert close(found.estimate, -swapped.estimate, scale)
        assert close(found.low, -swapped.high, scale)
        assert close(found.high, -swapped.low, scale)


@given(samples(), st.sampled_from([0.01, 3.0, 1000.0]))
def test_amounts_in_another_unit_are_the_effect_in_that_unit(sample: Sample, factor: float) -> None:
    after, before, treated, stratum = sample
    scale = float(np.abs(after).max()) * max(factor, 1)
    pairs = zip(compared(sample)[:2], compared((factor * after, factor * before, treated, stratum))[:2], strict=True)
    for found, scaled in pairs:
        for bound in ("low", "estimate", "high"):
            assert close(factor * getattr(found, bound), getattr(scaled, bound), scale)


@given(samples(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_does_not_matter(sample: Sample, shuffle: object) -> None:
    order = np.array(sorted(range(len(sample[0])), key=lambda _: shuffle.random()))  # type: ignore[attr-defined]
    scale = float(np.abs(sample[0]).max())
    after, before, treated, stratum = sample
    again = compared((after[order], before[order], treated[order], stratum[order]))
    for found, shuffled in zip(compared(sample), again, strict=True):
        assert close(found.low, shuffled.low, scale)
        assert close(found.high, shuffled.high, scale)


@given(samples())
def test_the_middle_lies_inside_and_shares_stay_shares(sample: Sample) -> None:
    for found in compared(sample):
        assert found.low <= found.estimate <= found.high
    shares = compared(sample)[2]
    assert -1 <= shares.low <= shares.high <= 1


def test_groups_that_never_met_are_refused() -> None:
    after, before = np.arange(8.0), np.zeros(8)
    treated = np.arange(8) < 4
    apart = treated.astype(np.int64)
    for compare in (
        lambda: means_apart(after, before, treated, apart),
        lambda: shares_apart(after > 3, treated, apart),
        lambda: observed_apart(after, before, treated, apart, np.arange(8)),
    ):
        with pytest.raises(ValueError, match="both groups"):
            compare()


@pytest.mark.slow
@pytest.mark.parametrize(("treated_n", "control_n"), SIZES)
def test_skewed_amounts_are_covered_about_ninety_five_times_in_a_hundred(treated_n: int, control_n: int) -> None:
    """Two in five customers order, for log-normal amounts that hang on how large they are; 1,500 repetitions."""
    chance, many = np.random.default_rng(11), treated_n + control_n
    treated, stratum = np.arange(many) < treated_n, np.zeros(many, dtype=np.int64)
    inside = 0
    for _ in range(1500):
        size = chance.lognormal(0, 1, many)
        before = chance.poisson(3 * size).astype(np.float64)
        after = np.where(chance.random(many) < 0.4, chance.lognormal(0, 0.8, many) * size, 0) + 0.3 * treated
        found = means_apart(after, before, treated, stratum)
        inside += found.low <= 0.3 <= found.high
    assert 0.93 <= inside / 1500 <= 0.98


@pytest.mark.slow
def test_rows_of_one_customer_hang_together_and_are_not_counted_as_many() -> None:
    """Each of 150 customers is seen eight times with a level of its own; nothing is achieved. 1,000 repetitions."""
    chance = np.random.default_rng(5)
    who, stratum = np.repeat(np.arange(150), 8), np.zeros(1200, dtype=np.int64)
    outside = 0
    for _ in range(1000):
        leaning = chance.random(150)[who]
        treated = chance.random(1200) < 0.3 + 0.6 * leaning
        after = chance.normal(0, 1, 150)[who] + chance.normal(0, 1, 1200)
        outside += observed_apart(after, np.zeros(1200), treated, stratum, who).tells_something
    assert 0.03 <= outside / 1000 <= 0.08
