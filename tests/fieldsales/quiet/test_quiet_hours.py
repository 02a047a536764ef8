"""Quiet hours on a wall clock that jumps: whatever the zone and the night, nobody is told anything in them."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from fieldsales.clock import zone
from fieldsales.quiet.rules import Quiet, is_quiet, next_wall, told_at

ATHENS, NEW_YORK, LORD_HOWE, KATHMANDU = "Europe/Athens", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"
NIGHT = Quiet(time(21), time(7))
walls = st.builds(time, st.integers(0, 23), st.integers(0, 59))
jumps = st.sampled_from(
    [
        (ATHENS, datetime(2026, 3, 29, 1, tzinfo=UTC)),
        (ATHENS, datetime(2026, 10, 25, 1, tzinfo=UTC)),
        (NEW_YORK, datetime(2026, 3, 8, 7, tzinfo=UTC)),
        (NEW_YORK, datetime(2026, 11, 1, 6, tzinfo=UTC)),
        (LORD_HOWE, datetime(2026, 4, 4, 15, tzinfo=UTC)),
        (LORD_HOWE, datetime(2026, 10, 3, 15, 30, tzinfo=UTC)),
        (KATHMANDU, datetime(2026, 7, 1, 18, 15, tzinfo=UTC)),
    ]
)


@given(jump=jumps, off=st.integers(-90_000, 90_000), begins=walls, ends=walls)
def test_what_is_told_is_never_told_in_quiet_hours_nor_later_than_their_end(
    jump: tuple[str, datetime], off: int, begins: time, ends: time
) -> None:
    here, around = jump
    quiet, moment = Quiet(begins, ends), around + timedelta(seconds=off)
    told = told_at(moment, quiet, here)
    assert told >= moment
    assert not is_quiet(told, quiet, here)
    step = timedelta(seconds=61)
    between = -((moment - told) // step)
    assert all(is_quiet(moment + step * each, quiet, here) for each in range(between))


@given(jump=jumps, off=st.integers(-90_000, 90_000), wall=walls)
def test_the_next_digest_comes_within_a_day_and_the_hour_of_a_jump(
    jump: tuple[str, datetime], off: int, wall: time
) -> None:
    here, around = jump
    moment = around + timedelta(seconds=off)
    told = next_wall(moment, wall, here)
    assert timedelta() < told - moment <= timedelta(hours=25, minutes=30)
    shown = told.astimezone(zone(here)).time().replace(tzinfo=None)
    jumped = told.astimezone(zone(here)).utcoffset() != (told - timedelta(hours=3)).astimezone(zone(here)).utcoffset()
    assume(not jumped)
    assert shown == wall


@pytest.mark.parametrize(
    ("moment", "told"),
    [
        ("2026-03-02T18:59:59+00:00", "2026-03-02T18:59:59+00:00"),
        ("2026-03-02T19:00:00+00:00", "2026-03-03T05:00:00+00:00"),
        ("2026-03-02T22:00:00+00:00", "2026-03-03T05:00:00+00:00"),
        ("2026-03-28T22:30:00+00:00", "2026-03-29T04:00:00+00:00"),
        ("2026-10-24T22:30:00+00:00", "2026-10-25T05:00:00+00:00"),
    ],
)
def test_a_night_in_athens_ends_at_seven_also_when_the_clock_is_changed(moment: str, told: str) -> None:
    assert told_at(datetime.fromisoformat(moment), NIGHT, ATHENS) == datetime.fromisoformat(told)


def test_the_end_that_the_clock_jumps_over_is_the_moment_of_the_jump() -> None:
    quiet = Quiet(time(1), time(3, 30))
    assert told_at(datetime(2026, 3, 29, 0, 10, tzinfo=UTC), quiet, ATHENS) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_no_hours_are_quiet_where_both_ends_are_the_same() -> None:
    assert told_at(datetime(2026, 3, 2, tzinfo=UTC), Quiet(time(3), time(3)), ATHENS) == datetime(
        2026, 3, 2, tzinfo=UTC
    )
