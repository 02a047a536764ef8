"""When a report is due, and of which day: the latest missed one, once."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.mailings.rules import (
    WEEKDAYS,
    Covers,
    NoSuchLanguage,
    check_language,
    covered,
    due_moment,
    latest_due,
    usual_cover,
)

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
WORKDAYS = "MO,TU,WE,TH,FR"


def at(text: str) -> datetime:
    """A moment in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-03-02 16:59", "2026-02-27"),  # a minute early: Friday's is the latest
        ("2026-03-02 17:00", "2026-03-02"),  # seven in the evening in Greece
        ("2026-03-02 22:30", "2026-03-02"),  # after midnight there
        ("2026-03-08 12:00", "2026-03-06"),  # on Sunday still Friday's
    ],
)
def test_it_goes_by_the_clock_of_the_territory(now: str, due: str) -> None:
    assert latest_due(time(19), WORKDAYS, "Europe/Athens", LONG_AGO, at(now)) == date.fromisoformat(due)


def test_nothing_is_due_from_before_it_was_subscribed_to() -> None:
    """Who subscribes at eight gets the report of seven tomorrow."""
    made = at("2026-03-02 18:00")
    assert latest_due(time(19), WORKDAYS, "Europe/Athens", made, at("2026-03-03 16:00")) is None
    assert latest_due(time(19), WORKDAYS, "Europe/Athens", made, at("2026-03-03 17:00")) == date(2026, 3, 3)


def test_a_report_of_the_morning_is_of_the_day_before() -> None:
    assert usual_cover(time(7)) is Covers.DAY_BEFORE
    assert usual_cover(time(12)) is Covers.SAME_DAY
    assert covered(date(2026, 3, 2), Covers.DAY_BEFORE) == date(2026, 3, 1)


def test_a_time_that_a_day_in_spring_does_not_have_is_due_all_the_same() -> None:
    """Half past three at night on the day when clocks go from three to four."""
    day = date(2026, 3, 29)
    found = due_moment(day, time(3, 30), "Europe/Athens")
    assert latest_due(time(3, 30), "SU", "Europe/Athens", LONG_AGO, found) == day


@given(
    st.integers(0, 5 * 366 * 24 * 3600).map(lambda seconds: at("2024-01-01 00:00") + timedelta(seconds=seconds)),
    st.times(),
    st.sets(st.sampled_from(WEEKDAYS), min_size=1),
    st.sampled_from(["Asia/Shanghai", "America/Los_Angeles", "Pacific/Apia", "UTC"]),
)
def test_what_is_due_is_a_wanted_day_within_a_week_and_not_ahead(
    now: datetime, sends_at: time, weekdays: set[str], zone: str
) -> None:
    sends_at = sends_at.replace(microsecond=0)
    found = latest_due(sends_at, ",".join(weekdays), zone, LONG_AGO, now)
    assert found is not None
    assert WEEKDAYS[found.weekday()] in weekdays
    assert now - timedelta(days=8) < due_moment(found, sends_at, zone) <= now


def test_reports_are_written_in_two_languages() -> None:
    assert check_language("zh-CN") == "zh"
    with pytest.raises(NoSuchLanguage):
        check_language("el")
