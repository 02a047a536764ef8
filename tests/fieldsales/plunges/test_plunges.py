"""Whose orders have become small, and whose few."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.buyers import TODAY, Rows, crowd, every, history

from fieldsales.plunges.rules import chance_of_fewer_orders, chance_of_smaller_orders, fewer_orders


def fallen(since: int, amount: int) -> Rows:
    """A weekly buyer of 10,000 whose orders are of another amount since so many days ago."""
    return [*every(7, since=728, until=since + 1), *every(7, since=since, amount=amount)]


def smaller(name: str, buyers: dict[str, Rows]) -> float:
    return float(chance_of_smaller_orders(history(buyers), TODAY)[list(buyers).index(name)])


def fewer(name: str, buyers: dict[str, Rows]) -> float:
    return float(chance_of_fewer_orders(history(buyers), TODAY)[list(buyers).index(name)])


def test_orders_of_less_than_half_are_seen_within_a_month() -> None:
    assert smaller("fallen", crowd(40) | {"fallen": fallen(28, 4_000)}) > 0.9


def test_steady_orders_are_left_in_peace() -> None:
    assert smaller("steady 3", crowd(40)) < 0.05
    assert fewer("steady 3", crowd(40)) < 0.5


def test_one_small_order_is_no_fall() -> None:
    buyers = crowd(40) | {"once": [*every(7, since=728, until=8), (TODAY - timedelta(days=1), 4_000)]}
    assert smaller("once", buyers) < 0.5


def test_a_season_that_was_slack_last_year_too_is_no_fall() -> None:
    """Everybody orders for 3,000 in these weeks of each year, and for 10,000 else."""

    def of(ago: int) -> int:
        return 3_000 if ago <= 60 or 365 <= ago <= 425 else 10_000

    seasonal = {
        f"s{n}": [(TODAY - timedelta(days=ago), of(ago)) for ago in range(722 - n % 7, 0, -7)] for n in range(60)
    }
    assert smaller("s3", seasonal) < 0.5
    assert smaller("steady 3", crowd(60)) < 0.05


def test_three_missing_orders_of_five_are_seen() -> None:
    rare = [*every(7, since=728, until=64), *every(28, since=57)]
    assert fewer("rare", crowd(40) | {"rare": rare}) > 0.9
    assert float(fewer_orders(history({"rare": rare}), TODAY)[1][0]) > 2


def test_a_fall_of_everybody_at_once_is_seen_too() -> None:
    """Nothing in it compares a customer with the others of the same weeks."""
    assert min(smaller(name, {f"f{n}": fallen(42, 3_000) for n in range(30)}) for name in ("f0", "f29")) > 0.9


def test_who_has_no_past_has_not_fallen() -> None:
    buyers = crowd(20) | {"new": list(every(7, since=30)), "nobody": []}
    assert smaller("new", buyers) <= 0.02
    assert max(fewer("new", buyers), fewer("nobody", buyers)) < 0.15


@settings(max_examples=25)
@given(scale=st.integers(2, 1000), days=st.lists(st.integers(1, 729), unique=True, min_size=1, max_size=60))
def test_the_unit_of_money_changes_nothing(scale: int, days: list[int]) -> None:
    def told(unit: int) -> list[float]:
        drawn = [(TODAY - timedelta(days=ago), 700 * unit) for ago in days]
        buyers = crowd(20, amount=1000 * unit) | {"drawn": drawn}
        found = [chance_of_smaller_orders(history(buyers), TODAY), chance_of_fewer_orders(history(buyers), TODAY)]
        assert all(((each >= 0) & (each <= 1)).all() for each in found)
        return [float(each[-1]) for each in found]

    assert np.allclose(told(1), told(scale), atol=1e-6)
