"""Who is held out: by a lot that nothing steers, never a key account, never where too much is at stake."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.holdout.rules import NO_LOT, Holdout, Opening, draw, episodes_needed, lot_number
from fieldsales.intervals.rules import shares_apart

DAY = date(2026, 3, 2)


def opening(at_risk: int = 1_000, currency: str = "EUR", *, key_account: bool = False) -> Opening:
    return Opening(uuid.uuid4(), at_risk, currency, key_account)


def test_by_default_nothing_is_held_out() -> None:
    assert {draw(Holdout(), opening(), DAY) for _ in range(100)} == {NO_LOT}


def test_a_lot_is_the_same_however_often_it_is_drawn_and_another_on_another_day() -> None:
    who, holdout = opening(), Holdout(share_bp=5000)
    assert len({draw(holdout, who, DAY) for _ in range(5)}) == 1
    days = {draw(holdout, who, DAY + timedelta(days=more)).held_out for more in range(64)}
    assert days == {True, False}


@pytest.mark.parametrize("share_bp", [500, 1000, 2500])
def test_the_share_is_kept_whatever_the_salt(share_bp: int) -> None:
    for salt in ("a", "b"):
        held = [draw(Holdout(share_bp, salt=salt), opening(), DAY).held_out for _ in range(20_000)]
        assert np.mean(held) == pytest.approx(share_bp / 10_000, abs=0.01)


def test_lots_of_two_salts_have_nothing_to_do_with_each_other() -> None:
    who = [uuid.uuid4() for _ in range(20_000)]
    numbers = [[lot_number(salt, each, DAY) for each in who] for salt in ("a", "b")]
    assert abs(np.corrcoef(numbers)[0, 1]) < 0.03


@given(st.integers(0, 10_000), st.integers(0, 10**9))
def test_a_key_account_is_never_held_out(share_bp: int, at_risk: int) -> None:
    assert draw(Holdout(share_bp), opening(at_risk, key_account=True), DAY) == NO_LOT


def test_where_too_much_is_at_stake_nobody_is_held_out_and_no_lot_is_drawn() -> None:
    bound = Holdout(share_bp=9_999, most_at_risk_minor={"EUR": 50_000})
    assert draw(bound, opening(50_000), DAY).held_out
    assert draw(bound, opening(50_001), DAY) == NO_LOT
    assert draw(bound, opening(1, "JPY"), DAY) == NO_LOT, "a currency that has no bound beside others that have"


def test_a_lot_says_until_when_and_with_which_share() -> None:
    lot = draw(Holdout(share_bp=9_999, days=14), opening(), DAY)
    assert (lot.held_out, lot.until, lot.share_bp) == (True, date(2026, 3, 16), 9_999)


def test_more_is_needed_for_less_and_a_tenth_needs_more_than_a_half() -> None:
    assert episodes_needed(0.3, 0.05, 1000) > episodes_needed(0.3, 0.1, 1000) > episodes_needed(0.3, 0.1, 5000)
    assert episodes_needed(0.3, 0.1, 5000) == 2 * 356, "the textbook's 356 for each group"


@pytest.mark.slow
def test_as_many_as_are_said_to_be_needed_show_the_effect_four_times_in_five() -> None:
    chance, share = np.random.default_rng(9), 1000
    many = episodes_needed(0.3, 0.1, share)
    seen = 0
    for _ in range(1000):
        treated = chance.random(many) >= share / 10_000
        happened = chance.random(many) < np.where(treated, 0.4, 0.3)
        seen += shares_apart(happened, treated, np.zeros(many, dtype=np.int64)).tells_something
    assert 0.75 <= seen / 1000 <= 0.87
