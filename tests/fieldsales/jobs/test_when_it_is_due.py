"""Schedules: when work is due, by the wall clocks of territories, and what is caught up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.jobs.rules import (
    LONGEST_WAIT,
    MOST_MISSED,
    CatchUp,
    Daily,
    Every,
    Monthly,
    Series,
    wait_after,
)

ATHENS, NEW_YORK, TOKYO = "Europe/Athens", "America/New_York", "Asia/Tokyo"
MOMENTS = st.datetimes(datetime(2024, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_night_is_that_of_the_territory() -> None:
    found = list(Daily(time(2)).slots(at("2026-03-01T12:00"), at("2026-03-03T12:00"), [ATHENS]))
    assert [(slot.due_at, slot.day) for slot in found] == [
        (at("2026-03-02T00:00"), date(2026, 3, 2)),
        (at("2026-03-03T00:00"), date(2026, 3, 3)),
    ]


def test_what_is_for_the_whole_house_waits_for_the_last_territory() -> None:
    (slot,) = Daily(time(2)).slots(at("2026-03-02T00:00"), at("2026-03-02T23:00"), [TOKYO, NEW_YORK])
    assert (slot.due_at, slot.day) == (at("2026-03-02T07:00"), date(2026, 3, 2))


def test_some_weekdays_only() -> None:
    found = Daily(time(2), frozenset({0})).slots(at("2026-03-01T00:00"), at("2026-03-15T23:00"), ["UTC"])
    assert [slot.day for slot in found] == [date(2026, 3, 2), date(2026, 3, 9)]


def test_once_a_month() -> None:
    found = Monthly(3, time(4)).slots(at("2026-01-03T04:00"), at("2026-04-01T00:00"), ["UTC"])
    assert [slot.due_at for slot in found] == [at("2026-02-03T04:00"), at("2026-03-03T04:00")]


@given(MOMENTS, st.integers(0, 40), st.sampled_from([ATHENS, NEW_YORK, TOKYO, "Australia/Lord_Howe"]), st.times())
def test_each_day_has_its_night_however_the_clocks_are_changed(
    start: datetime, days: int, zone: str, wall: time
) -> None:
    """Looking twice finds what looking once does: no night is lost between two looks, and none comes twice."""
    schedule, end = Daily(wall.replace(second=0, microsecond=0)), start + timedelta(days=days)
    middle = start + (end - start) / 3
    whole = list(schedule.slots(start, end, [zone]))
    assert [*schedule.slots(start, middle, [zone]), *schedule.slots(middle, end, [zone])] == whole
    seen = [slot.day for slot in whole]
    assert seen == [seen[0] + timedelta(days=number) for number in range(len(seen))] if seen else days <= 1


def test_each_missed_night_is_caught_up_or_only_the_latest() -> None:
    since, until = at("2026-03-01T12:00"), at("2026-03-05T12:00")
    each = Series("pay", "", ("UTC",), Daily(time(2)), CatchUp.EACH)
    latest = Series("tiers", "", ("UTC",), Daily(time(2)), CatchUp.LATEST)
    assert [slot.day.day for slot in each.due(since, until)[0]] == [2, 3, 4, 5]
    slots, passed_over = latest.due(since, until)
    assert ([slot.day.day for slot in slots], passed_over) == ([5], 3)


def test_a_year_away_is_not_a_year_of_nights() -> None:
    series = Series("pay", "", ("UTC",), Daily(time(2)), CatchUp.EACH)
    slots, passed_over = series.due(at("2025-03-01T12:00"), at("2026-03-01T12:00"))
    assert (len(slots), passed_over) == (MOST_MISSED, 365 - MOST_MISSED)


def test_what_comes_often_is_due_once_however_long_the_house_was_away() -> None:
    series = Series("mail", "", ("UTC",), Every(timedelta(seconds=10)))
    (slot,), _ = series.due(at("2020-03-01T12:00"), at("2026-03-01T12:00:04"))
    assert slot.due_at == at("2026-03-01T12:00:00")


def test_the_next_and_the_last_time() -> None:
    series = Series("plan", ATHENS, (ATHENS,), Daily(time(2)))
    nearly = series.next(at("2026-03-02T12:00"))
    assert nearly is not None
    assert nearly.day == date(2026, 3, 3)
    assert series.last(at("2026-03-02T12:00")).day == date(2026, 3, 2)


def test_waits_grow_and_end_growing() -> None:
    waits = [wait_after(attempts) for attempts in range(1, 40)]
    assert waits == sorted(waits)
    assert (waits[0], waits[-1]) == (timedelta(seconds=30), LONGEST_WAIT)
