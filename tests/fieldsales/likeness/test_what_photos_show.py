"""Photos that were shown before, taken before, or taken elsewhere; and shops that look like themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from worlds.seen_visits import north, visit
from worlds.small_town import NOON

from fieldsales.evidence.rules import Limits
from fieldsales.likeness.rules import signals
from fieldsales.shots.rules import Shown


def codes(**shown: Any) -> dict[str, float]:
    photo = Shown("storefront", **{"taken": NOON + timedelta(minutes=3), "sure": True} | shown)
    return {each.code: each.strength for each in signals(visit(photos=(photo,)), Limits())}


def test_nothing_speaks_against_a_photo_of_then_and_there() -> None:
    assert codes(spot=north(40)) == {}


def test_the_same_bytes_again_are_told() -> None:
    assert codes(bits_apart=0, same_bytes=True) == {"photo_reused": 1.0}


def test_a_likeness_to_another_customers_photo_is_told_in_full() -> None:
    assert codes(bits_apart=3) == {"photo_reused": 1.0}


def test_the_same_shop_may_look_the_same_where_the_camera_dates_the_photo_to_the_visit() -> None:
    assert codes(bits_apart=3, same_customer=True) == {"photo_reused": 0.2}
    assert codes(bits_apart=3, same_customer=True, taken=None) == {"photo_reused": 1.0, "photo_undated": 1.0}


@pytest.mark.parametrize(
    ("hours", "more", "strength"),
    [
        (0.5, {}, None),
        (2, {}, 1.0),
        (2, {"sure": False}, 0.6),
        (9, {"sure": False}, 1.0),
        (9, {"clock_odd": True}, None),
    ],
)
def test_a_photo_of_hours_before_is_told_as_far_as_the_camera_can_know(
    hours: float, more: dict[str, Any], strength: float | None
) -> None:
    assert codes(taken=NOON - timedelta(hours=hours), **more).get("photo_earlier") == strength


def test_a_photo_taken_elsewhere_is_told() -> None:
    assert codes(spot=north(3000)) == {"photo_elsewhere": 1.0}


def test_the_grid_of_a_screen_is_told_from_the_policys_threshold_on() -> None:
    assert codes(grating_db=Limits().grating_db + 1) == {"screen_in_photo": 1.0}
    assert codes(grating_db=Limits().grating_db - 1) == {}
