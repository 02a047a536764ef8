"""Where a period will end."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.forecasts.rules import Forecast, WorkDays, forecast, pace_bp, share_by

MONDAY = date(2026, 3, 2)
WEEK = [MONDAY + timedelta(days=each) for each in range(5)]
amounts = st.integers(0, 10**9)


def test_without_earlier_periods_every_working_day_left_brings_as_much_as_those_that_are_over() -> None:
    assert forecast(300, WorkDays(3, 7), []) == Forecast(1000, "working_days", 3000)


def test_where_most_usually_comes_at_the_end_less_than_half_on_half_way_is_enough() -> None:
    assert forecast(300, WorkDays(5, 5), [0.25, 0.35, 0.30]) == Forecast(1000, "usual_shape", 3000, 3)


def test_two_earlier_periods_or_a_usual_share_of_hardly_anything_say_nothing() -> None:
    assert forecast(300, WorkDays(5, 5), [0.3, 0.3]).method == "working_days"
    assert forecast(300, WorkDays(5, 5), [0.01, 0.02, 0.0]).method == "working_days"


def test_a_period_that_is_over_ends_where_it_is_and_one_that_has_not_begun_ends_nowhere_yet() -> None:
    assert forecast(300, WorkDays(10, 0), []) == Forecast(300, "over")
    assert forecast(0, WorkDays(0, 10), [0.5, 0.5, 0.5]) == Forecast(None, "not_begun")


@given(amounts, amounts, st.integers(1, 60), st.integers(1, 60), st.lists(st.floats(0, 1), max_size=6))
def test_who_reached_more_by_the_same_day_never_ends_lower(
    one: int, other: int, done: int, left: int, shares: list[float]
) -> None:
    days = WorkDays(done, left)
    ends = [forecast(each, days, shares).end or 0 for each in sorted((one, other))]
    assert ends[0] <= ends[1]
    assert ends[0] >= min(one, other)


def test_the_share_that_had_come_counts_days_off_with_the_working_day_before() -> None:
    series = {WEEK[0]: 10, WEEK[1]: 10, WEEK[4] + timedelta(days=1): 80}
    assert share_by(series, WEEK, Fraction(2, 5)) == 0.2
    assert share_by(series, WEEK, Fraction(1)) == 1.0
    assert share_by(series, WEEK, Fraction(0)) == 0.0
    assert share_by({}, WEEK, Fraction(1, 2)) is None
    assert share_by({WEEK[0]: -5}, WEEK, Fraction(1, 2)) is None


@given(st.dictionaries(st.sampled_from(WEEK), st.integers(-100, 1000)), st.integers(0, 5))
def test_a_share_lies_between_nothing_and_all(series: dict[date, int], done: int) -> None:
    share = share_by(series, WEEK, Fraction(done, 5))
    assert share is None or 0 <= share <= 1


def test_the_pace_is_what_was_reached_beside_what_is_due() -> None:
    assert pace_bp(45, 100, Fraction(1, 2)) == 9000
    assert pace_bp(45, 100, Fraction(0)) is None
