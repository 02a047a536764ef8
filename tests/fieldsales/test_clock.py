"""Moments are UTC inside; days and wall clocks belong to a place."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

import pytest

from fieldsales.clock import UnknownTimeZone, at_second, local_day, second_of_day, utc_now, zone


def test_a_day_begins_at_its_own_midnight() -> None:
    late = datetime(2026, 3, 2, 22, 30, tzinfo=UTC)
    assert local_day(late, "Europe/Athens") == date(2026, 3, 3)
    assert local_day(late, "America/Chicago") == date(2026, 3, 2)


def test_nine_in_the_morning_is_nine_on_the_day_when_clocks_change() -> None:
    """29 March 2026 in Athens has 23 hours; the shop still opens at nine by its own clock."""
    assert at_second(date(2026, 3, 29), 9 * 3600, "Europe/Athens") == datetime(2026, 3, 29, 6, tzinfo=UTC)
    assert at_second(date(2026, 3, 28), 9 * 3600, "Europe/Athens") == datetime(2026, 3, 28, 7, tzinfo=UTC)


def test_seconds_may_run_past_midnight() -> None:
    assert at_second(date(2026, 1, 31), 25 * 3600, "UTC") == datetime(2026, 2, 1, 1, tzinfo=UTC)


def test_a_wall_clock_counts_from_midnight() -> None:
    assert second_of_day(time(8, 30, 5)) == 8 * 3600 + 30 * 60 + 5


def test_now_is_aware() -> None:
    assert utc_now().tzinfo is UTC


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd"])
def test_a_zone_that_is_none_is_refused(name: str) -> None:
    with pytest.raises(UnknownTimeZone, match="is not a time zone"):
        zone(name)
