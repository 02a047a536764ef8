"""What a day is compared with."""

from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.dailies.rules import Figures, days_before, measures_of, together, usual

amounts = st.dictionaries(st.sampled_from(["EUR", "CNY"]), st.integers(0, 10**9), max_size=2)
figures = st.builds(
    Figures,
    planned=st.integers(0, 30),
    done=st.integers(0, 30),
    orders=st.integers(0, 30),
    sold=amounts,
    collected=amounts,
    field_s=st.integers(0, 40_000),
)


def test_a_day_is_compared_with_the_same_weekday_of_four_weeks() -> None:
    assert days_before(date(2026, 3, 30)) == (
        date(2026, 3, 23),
        date(2026, 3, 16),
        date(2026, 3, 9),
        date(2026, 3, 2),
    )


def test_days_on_which_nobody_worked_are_not_usual() -> None:
    """A holiday between them does not halve what is expected."""
    found = usual([Figures(planned=8, done=8), Figures(), Figures(planned=4, done=4)])
    assert found.days == 2
    assert found.values["done"] == 6


def test_a_day_without_a_currency_sold_nothing_in_it() -> None:
    found = usual([Figures(done=1, sold={"EUR": 500}), Figures(done=1, sold={"CNY": 9}), Figures(done=1)])
    assert found.values["sold EUR"] == 0
    assert usual([]).values == {}


@given(st.lists(figures, max_size=6), st.lists(figures, max_size=6))
def test_teams_add_up(ones: list[Figures], others: list[Figures]) -> None:
    """Two teams together are the team of both, each currency by itself."""
    assert measures_of(together([together(ones), together(others)])) == measures_of(together([*ones, *others]))


@given(st.lists(figures, min_size=1, max_size=5))
def test_what_is_usual_lies_within_what_happened(days: list[Figures]) -> None:
    worked = [measures_of(each) for each in days if not each.is_empty]
    for name, value in usual(days).values.items():
        found = [each.get(name, 0) for each in worked]
        assert min(found) <= value <= max(found)
