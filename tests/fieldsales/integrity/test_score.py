"""One score with its signals in words; thresholds and points are a policy."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.seen_visits import HOME, visit

from fieldsales.integrity.rules import INTEGRITY, POINTS, score
from fieldsales.policies.rules import PolicyInvalid

BUILT_IN = INTEGRITY.read(INTEGRITY.default)


def policy(**told: Any) -> Any:
    return INTEGRITY.read({**INTEGRITY.default, **told})


def test_a_visit_that_nothing_speaks_against_has_a_hundred() -> None:
    found = score(visit(), BUILT_IN)
    assert (found.value, found.signals, found.doubtful) == (100, (), False)


def test_a_visit_from_home_is_in_doubt_and_says_why_the_costliest_first() -> None:
    found = score(visit(at=HOME), BUILT_IN)
    assert found.doubtful
    assert found.value == 100 - sum(each.points for each in found.signals)
    assert [each.signal.code for each in found.signals] == ["far_from_customer", "told_from_the_start"]
    assert "from the customer" in found.signals[0].signal.says


def test_points_thresholds_and_the_bar_are_the_managers() -> None:
    assert score(visit(at=HOME), policy(points={"far_from_customer": 5, "told_from_the_start": 0})).value == 95
    assert score(visit(minutes=0.3), policy(limits={"seconds_inside": 10})).value == 85
    assert score(visit(), policy(doubtful_below=100)).doubtful is False


@given(st.floats(0, 60), st.floats(0, 5000), st.dictionaries(st.sampled_from(sorted(POINTS)), st.integers(0, 100)))
def test_a_score_is_within_its_bounds_whatever_the_policy(
    minutes: float, metres: float, points: dict[str, int]
) -> None:
    found = score(visit(minutes, (38.264 + metres / 111_320, 21.732)), policy(points=points))
    assert 0 <= found.value <= 100


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"points": {"luck": 3}},
        {"limits": {"far_m": -1}},
        {"limits": {"repeated_fixes": 1.5}},
        {"doubtful_below": 101},
    ],
)
def test_a_policy_of_another_shape_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(PolicyInvalid):
        INTEGRITY.read({**(INTEGRITY.default if body else {}), **body})
