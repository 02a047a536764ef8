"""Where a visit was told from: far, from home, from one spot for many, on the pin; and what excuses a distance."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.seen_visits import HOME, SHOP, fix, north, visit

from fieldsales.evidence.rules import Evidence, Limits, Neighbour
from fieldsales.places.rules import signals

LIMITS = Limits()


def codes(evidence: Evidence) -> dict[str, float]:
    return {each.code: each.strength for each in signals(evidence, LIMITS)}


def told_from(spot: tuple[float, float], accuracy: float | None = 10.0, **facts: object) -> Evidence:
    seen = visit(**facts)  # type: ignore[arg-type]
    return replace(seen, told=tuple(replace(each, fix=fix(0, spot, accuracy)) for each in seen.told))


def test_nothing_speaks_against_a_visit_told_at_the_door() -> None:
    assert codes(visit()) == {}


@pytest.mark.parametrize(("metres", "accuracy", "far"), [(210, 10, False), (290, 60, False), (290, 10, True)])
def test_the_accuracy_that_the_phone_told_counts_for_it(metres: float, accuracy: float, far: bool) -> None:
    assert ("far_from_customer" in codes(told_from(north(metres), accuracy))) is far


def test_a_phone_that_claims_to_know_nothing_is_not_believed_to_be_anywhere() -> None:
    assert codes(told_from(north(4000), 50_000)) == {"poor_accuracy": 1.0, "far_from_customer": 1.0}


@given(st.floats(0, 20_000), st.floats(0, 20_000))
def test_farther_is_never_better(one: float, other: float) -> None:
    near, far = sorted((one, other))
    before, after = (codes(told_from(north(each))).get("far_from_customer", 0.0) for each in (near, far))
    assert before <= after


def test_a_pin_from_which_earlier_visits_were_as_far_is_doubted_instead() -> None:
    spot = north(900)
    assert codes(told_from(spot, usual=(north(905), north(890)))) == {"customer_position_doubted": 1.0}
    assert "far_from_customer" in codes(told_from(spot, usual=(north(905),)))


def test_earlier_visits_from_there_excuse_nothing_where_others_were_told_from_there_too() -> None:
    spot = north(900)
    others = (Neighbour(fix(60, spot).at, fix(60, spot), north(-3000)),)
    found = codes(told_from(spot, usual=(north(905), north(890)), neighbours=others))
    assert set(found) == {"far_from_customer", "one_spot_for_many"}


def test_two_shops_in_one_building_are_no_spot_for_many() -> None:
    spot = north(900)
    others = (Neighbour(fix(60, spot).at, fix(60, spot), north(12)),)
    assert set(codes(told_from(spot, neighbours=others))) == {"far_from_customer"}


def test_what_is_told_from_home_says_so_unless_the_shop_is_next_door() -> None:
    assert codes(told_from(HOME)) == {"far_from_customer": 1.0, "told_from_the_start": 1.0}
    assert "told_from_the_start" not in codes(told_from(north(400), start=north(400)))


def test_a_check_out_at_the_customer_makes_up_for_a_check_in_that_was_far() -> None:
    seen = visit()
    early = replace(seen, told=(replace(seen.told[0], fix=fix(0, north(700))), seen.told[1]))
    assert codes(early)["far_from_customer"] < codes(told_from(north(700)))["far_from_customer"]


def test_positions_on_the_pin_twice_are_made_up() -> None:
    assert codes(told_from(SHOP)) == {"on_the_pin": 1.0}


def test_a_mock_app_and_no_position_are_told() -> None:
    seen = visit()
    mocked = replace(seen, told=(replace(seen.told[0], fix=fix(0, north(5), mock=True)), seen.told[1]))
    assert codes(mocked) == {"mock_location": 1.0}
    assert codes(replace(seen, told=(replace(seen.told[0], fix=None),))) == {"no_position": 1.0}


def test_a_check_out_elsewhere_is_told() -> None:
    seen = visit()
    late = replace(seen, told=(seen.told[0], replace(seen.told[1], fix=fix(20, north(1500)))))
    assert codes(late) == {"left_elsewhere": 1.0}


def test_a_customer_without_a_position_is_far_from_nobody() -> None:
    assert codes(visit(customer=None)) == {}
