"""Old apps go on being heard, and are told to update in time."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.errors import BadSetting
from sync.versions import Advice, AppPolicy

numbers = st.lists(st.integers(0, 30), min_size=3, max_size=3)


@pytest.mark.parametrize(
    ("version", "status"),
    [
        ("1.9", "update_required"),
        ("1.10.0-beta1", "update_required"),
        ("1.10", "update_advised"),
        ("1.9.99+build7", "update_required"),
        ("2.0rc1", "update_advised"),
        ("2.0", "current"),
        ("10.0", "current"),
        ("my own build", "update_advised"),
        (None, "current"),
    ],
)
def test_a_version_is_compared_by_its_numbers_and_an_unreadable_one_may_be_of_any_age(version, status):
    verdict = AppPolicy("1.10", "2.0").judge(version)
    assert (verdict.status, verdict.oldest, verdict.advised) == (status, "1.10", "2.0")
    assert (verdict.mend is None) == (status == "current")


@pytest.mark.parametrize("version", ["0.0.1", "nonsense", None])
def test_without_a_policy_every_app_is_current(version):
    verdict = AppPolicy().judge(version)
    assert (verdict.status, verdict.oldest, verdict.advised, verdict.mend) == (Advice.CURRENT, None, None, None)


@given(numbers, numbers)
def test_exactly_what_is_older_than_the_oldest_must_update(oldest, version):
    told = AppPolicy(".".join(map(str, oldest))).judge(".".join(map(str, version))).status
    assert (told is Advice.UPDATE_REQUIRED) == (version < oldest)


@pytest.mark.parametrize("policy", [("nonsense", ""), ("", "v..1"), ("2.0", "1.9")])
def test_a_policy_that_makes_no_sense_is_refused_at_the_start(policy):
    with pytest.raises(BadSetting, match="FIELDSALES_"):
        AppPolicy(*policy)
