"""The arithmetic of pay: steps, targets, accelerators, caps, and cents that add up."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.commission.rules import (
    Accelerator,
    Basis,
    Rule,
    Step,
    apportion,
    cap_scale,
    evaluate,
    evaluate_lines,
    half_up,
    share,
)

STEPS = (Step(0, 100), Step(100_000, 200), Step(500_000, 300))
"""1 %, 2 % from 1,000.00, 3 % from 5,000.00."""


def paid(basis: int, **told: Any) -> Fraction:
    return evaluate(Rule("r", told.pop("kind", Basis.AMOUNT), told.pop("steps", STEPS), **told), basis, "anna").capped


@pytest.mark.parametrize(
    ("basis", "expected"),
    [(0, 0), (50_000, 500), (100_000, 1_000), (100_050, 1_001), (600_000, 12_000), (-50_000, -500)],
)
def test_marginal_steps_pay_each_part_at_its_own_rate(basis: int, expected: int) -> None:
    assert paid(basis) == expected


@pytest.mark.parametrize(("basis", "expected"), [(99_999, Fraction(99_999, 100)), (100_000, 2_000), (600_000, 18_000)])
def test_whole_steps_pay_all_at_the_last_rate_reached(basis: int, expected: Fraction) -> None:
    assert paid(basis, marginal=False) == expected


def test_steps_of_a_target_are_parts_of_it() -> None:
    steps = (Step(0, 0), Step(8_000, 100), Step(10_000, 500))
    told: dict[str, Any] = {"steps": steps, "by_target": True, "usual_target": 50_000, "targets": {"anna": 100_000}}
    assert paid(79_999, **told) == 0
    assert paid(110_000, **told) == 20_000 * Fraction(1, 100) + 10_000 * Fraction(5, 100)


def test_the_accelerator_speeds_up_only_what_lies_beyond() -> None:
    fast = Accelerator(15_000, least=500_000)
    assert paid(500_000, accelerator=fast) == 9_000
    assert paid(600_000, accelerator=fast) == 9_000 + 3_000 * Fraction(3, 2)
    by_target = Accelerator(20_000, of_target_bp=12_000)
    assert paid(130_000, steps=(Step(0, 100),), accelerator=by_target, usual_target=100_000) == 1_300 + 100


def test_a_cap_is_the_most_that_is_paid_and_never_a_floor() -> None:
    assert paid(600_000, cap_minor=10_000) == 10_000
    assert paid(-600_000, cap_minor=10_000) == -6_000


def test_pieces_earn_by_the_thousand() -> None:
    assert paid(1_500 * 1000, kind=Basis.QUANTITY, steps=(Step(0, 5_000), Step(1_000, 8_000))) == 5_000 + 4_000


def test_lines_with_rates_of_their_own_keep_them_under_a_cap() -> None:
    rule = Rule("r", Basis.UNIT_PRICE, (Step(0, 0), Step(100, 1_000)), cap_minor=50)
    path = evaluate_lines(rule, [(1_000, 1_000), (500, 0)], "anna")
    assert (path.exact, path.capped, path.multiplier) == (100, 50, Fraction(1, 2))


@given(st.integers(-(10**9), 10**9), st.integers(-(10**9), 10**9))
def test_more_sales_never_pay_less_by_marginal_steps(one: int, other: int) -> None:
    low, high = sorted((one, other))
    assert paid(low) <= paid(high)


@given(st.integers(-(10**6), 10**6), st.lists(st.integers(0, 20), min_size=1, max_size=6), st.integers(0, 255))
def test_a_shared_amount_adds_up_and_nobody_is_a_cent_off(amount: int, weights: list[int], turn: int) -> None:
    found = share(amount, weights, turn)
    total = sum(weights) or len(weights)
    assert sum(found) == amount
    for part, weight in zip(found, weights if any(weights) else [1] * len(weights), strict=True):
        assert abs(part - Fraction(amount * weight, total)) < 1


@given(st.lists(st.integers(-(10**9), 10**9), max_size=40), st.integers(1, 10**6))
def test_rounded_parts_add_up_to_the_rounded_whole(parts: list[int], under: int) -> None:
    whole = half_up(Fraction(sum(parts), under))
    found = apportion(parts, whole, under)
    assert sum(found) == whole
    assert all(abs(cents - Fraction(part, under)) < 1 for cents, part in zip(found, parts, strict=True))


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=4), st.integers(0, 10**5))
def test_a_scheme_never_pays_more_than_its_cap(bases: list[int], cap: int) -> None:
    paths = [evaluate(Rule("r", Basis.AMOUNT, STEPS), each, "anna") for each in bases]
    assert sum((each.capped for each in paths), Fraction(0)) * cap_scale(paths, cap) <= cap or not any(bases)


@pytest.mark.parametrize(("value", "rounded"), [("1/2", 1), ("-1/2", -1), ("49/100", 0), ("3/2", 2), ("-149/100", -1)])
def test_halves_are_rounded_away_from_zero(value: str, rounded: int) -> None:
    assert half_up(Fraction(value)) == rounded
