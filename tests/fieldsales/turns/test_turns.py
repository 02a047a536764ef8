"""What several reps' accounts come to, and whose turn it is."""

from __future__ import annotations

import uuid
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.cadence.rules import Cadence
from fieldsales.turns.rules import (
    FACTORS,
    ORDINARY,
    KeyAccount,
    cadence_of,
    going_together,
    own_cadence,
    priority_of,
    whose_turn,
)

MONDAY = date(2026, 3, 2)
REPS = tuple(uuid.UUID(int=number) for number in (1, 2, 3))
ANNA, BEN, CARL = REPS


def test_the_most_demanding_terms_hold_for_all() -> None:
    weekly, monthly = Cadence("FREQ=WEEKLY", 4), Cadence("FREQ=MONTHLY", 20)
    accounts = (KeyAccount(ANNA, priority=4, cadence=monthly), KeyAccount(BEN, priority=2, cadence=weekly))
    assert (priority_of(accounts), own_cadence(accounts)) == (2, weekly)
    assert (priority_of(()), own_cadence(())) == (ORDINARY, None)
    assert FACTORS[ORDINARY] == 1


def test_an_account_counts_on_its_first_and_on_its_last_day() -> None:
    days = [MONDAY + timedelta(days=ahead) for ahead in range(4)]
    account = KeyAccount(ANNA, from_on=days[1], until_on=days[2])
    assert [account.counts_on(day) for day in days] == [False, True, True, False]


def test_one_alone_goes_together_with_nobody() -> None:
    assert going_together([KeyAccount(ANNA, together=True), KeyAccount(BEN)]) == frozenset()
    assert going_together([KeyAccount(ANNA, together=True), KeyAccount(BEN, together=True)]) == {ANNA, BEN}


def test_a_cadence_without_a_gap_has_two_thirds_of_its_period() -> None:
    assert cadence_of("FREQ=WEEKLY;INTERVAL=2", None).minimum_gap_days == 9
    assert cadence_of("FREQ=DAILY", None).minimum_gap_days == 1
    assert cadence_of("FREQ=WEEKLY", 6).minimum_gap_days == 6


@given(st.lists(st.sampled_from(REPS), min_size=40, max_size=40), st.integers(2, 3))
def test_nobody_is_passed_over_for_long(absent: list[uuid.UUID], many: int) -> None:
    """Whoever's turn it is goes; then each of the reps goes once before any goes twice."""
    reps, seen, went = REPS[:many], dict.fromkeys(absent[:1], MONDAY), []
    for ahead in range(1, 13):
        went.append(whose_turn(reps, seen))
        seen[went[-1]] = MONDAY + timedelta(days=ahead)
    for at in range(many, len(went) - many + 1):
        assert set(went[at : at + many]) == set(reps)
