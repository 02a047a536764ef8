"""What a visit must carry, by tier or category, and what is missing by name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.small_town import NOON

from fieldsales.conduct.rules import VISITS, Asked, Carried, OffPlan, Part, missing
from fieldsales.policies.rules import PolicyInvalid

EVERYTHING = Asked(frozenset(Part), frozenset(Part), 10, OffPlan.ALLOWED)
NOTHING = Carried(NOON, None, False, False, (), False, False)


def policy(*cases: dict[str, Any]) -> Any:
    return VISITS.read({"radius_m": 200, "cases": list(cases), "otherwise": {"check_in": ["position"]}})


def test_the_first_case_that_fits_holds() -> None:
    found = policy(
        {"tiers": ["A"], "categories": ["hotel"], "asked": {"off_plan": "asked"}},
        {"tiers": ["A", "B"], "asked": {"check_out": ["shelf_photo"], "least_minutes": 5}},
    )
    assert found.of("A", "hotel").off_plan is OffPlan.ASKED
    assert found.of("A", "shop").asks == {Part.SHELF_PHOTO}
    assert found.of("C", "hotel").asks == {Part.POSITION}
    assert found.of(None, None).asks == {Part.POSITION}


def test_on_arrival_only_what_is_due_then_is_missing() -> None:
    asked = Asked(frozenset({Part.POSITION, Part.STOREFRONT_PHOTO}), frozenset({Part.SUMMARY}), 10, OffPlan.ALLOWED)
    assert missing(asked, NOTHING, leaving=False) == ["position", "storefront_photo"]
    assert missing(asked, NOTHING, leaving=True) == ["position", "storefront_photo", "summary", "time_in_store"]


def test_what_came_is_not_missing_any_more() -> None:
    left = NOON + timedelta(minutes=10)
    done = Carried(NOON, left, True, True, ("storefront", "shelf", "other"), True, True)
    assert missing(EVERYTHING, done, leaving=True) == []


@given(st.sets(st.sampled_from(Part)), st.sets(st.sampled_from(Part)), st.booleans(), st.booleans())
def test_nothing_is_missing_that_nobody_asks_for(came: set[Part], left: set[Part], leaving: bool, said: bool) -> None:
    asked = Asked(frozenset(came), frozenset(left), 0, OffPlan.ALLOWED)
    found = missing(asked, Carried(NOON, None, said, said, (), said, said), leaving=leaving)
    assert set(found) <= {each.value for each in came | left}


@pytest.mark.parametrize(
    "body",
    [
        {"radius_m": 5, "cases": [], "otherwise": {}},
        {"radius_m": 200, "cases": [{"tiers": [], "asked": {}}], "otherwise": {}},
        {"radius_m": 200, "cases": [], "otherwise": {"check_in": ["smile"]}},
        {"radius_m": 200, "otherwise": {}},
    ],
)
def test_a_policy_of_another_shape_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(PolicyInvalid):
        VISITS.read(body)
