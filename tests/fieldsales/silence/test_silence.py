"""Who will stay away: named buyers whose future is plain, and laws."""

from __future__ import annotations

import random
from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.buyers import TODAY, Rows, crowd, every, history

from fieldsales.silence.rules import chance_of_silence


def chance_of(name: str, buyers: dict[str, Rows], horizon: int = 60) -> float:
    return float(chance_of_silence(history(buyers), TODAY, horizon)[list(buyers).index(name)])


def irregular(many: int) -> dict[str, Rows]:
    """Buyers who order at random, every three weeks on average."""
    dice = random.Random(4)
    found: dict[str, Rows] = {}
    for number in range(many):
        ago, days = 720.0, set()
        while ago > 1:
            days.add(int(ago))
            ago -= dice.expovariate(1 / 21)
        found[f"irregular {number}"] = [(TODAY - timedelta(days=each), 10_000) for each in sorted(days, reverse=True)]
    return found


def test_a_weekly_buyer_who_was_here_last_week_comes_again() -> None:
    assert chance_of("steady 3", crowd(60)) < 0.02


def test_a_weekly_buyer_who_stopped_a_month_ago_is_most_likely_gone() -> None:
    assert chance_of("gone", crowd(60) | {"gone": list(every(7, since=728, until=35))}) > 0.5


def test_the_same_silence_says_less_of_an_irregular_buyer() -> None:
    buyers = irregular(80) | {"now": list(every(21, since=722, until=50))}
    regular = crowd(80) | {"now": list(every(7, since=722, until=50))}
    assert chance_of("now", buyers) < chance_of("now", regular)


def test_who_never_ordered_will_not() -> None:
    assert chance_of("nobody", crowd(40) | {"nobody": []}) == 1


def test_an_empty_history_has_no_answers_and_no_failure() -> None:
    assert chance_of_silence(history({}), TODAY, 60).shape == (0,)
    assert chance_of("nobody", {"nobody": []}) == 1


def test_the_longer_the_silence_the_likelier_it_lasts() -> None:
    buyers = crowd(50)
    told = [chance_of("x", buyers | {"x": list(every(14, since=700, until=until))}) for until in (1, 15, 29, 43, 71)]
    assert told == sorted(told)


def test_the_longer_the_horizon_the_less_likely_nobody_comes() -> None:
    told = [chance_of("irregular 1", irregular(60), horizon) for horizon in (7, 30, 90, 365)]
    assert told == sorted(told, reverse=True)


@settings(max_examples=25)
@given(st.data())
def test_chances_are_chances_and_the_order_of_customers_changes_nothing(data: st.DataObject) -> None:
    days = st.lists(st.integers(1, 729), unique=True, max_size=40)
    drawn = {f"drawn {number}": [(TODAY - timedelta(days=ago), 500) for ago in data.draw(days)] for number in range(3)}
    buyers = crowd(30) | drawn
    names = data.draw(st.permutations(list(buyers)))
    plain = chance_of_silence(history(buyers), TODAY, 60)
    shuffled = chance_of_silence(history({name: buyers[name] for name in names}), TODAY, 60)
    assert ((plain >= 0) & (plain <= 1)).all()
    by_name = dict(zip(names, shuffled, strict=True))
    assert np.allclose([by_name[name] for name in buyers], plain, atol=1e-6)
