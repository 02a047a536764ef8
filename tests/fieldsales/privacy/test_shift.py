"""The shift by the wall clock: past midnight, and where the clock is set forward or back."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.privacy.rules import Hours, Shift, Windows

ZONES = [ZoneInfo(name) for name in ("Europe/Athens", "America/Chicago", "Australia/Lord_Howe", "Asia/Shanghai")]
"""The clock on Lord Howe is set by half an hour, the one in Shanghai never."""
CHANGES = {
    "Europe/Athens": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/Chicago": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 4, 5), date(2026, 10, 4)),
    "Asia/Shanghai": (date(2026, 6, 1),),
}
NONE = timedelta()
MINUTES = st.integers(0, 24 * 60 - 1)


def in_shift(moment: datetime, shift: Shift, margin: timedelta) -> bool:
    return Windows(shift, margin).hold(moment)


def at(minute: int) -> time:
    return time(minute // 60, minute % 60)


def told_by_the_clock(day: date, minute: int, zone: ZoneInfo) -> list[datetime]:
    """All moments at which a clock on the wall shows so many minutes after a day's midnight: none, one or two."""
    wall = datetime.combine(day, time()) + timedelta(minutes=minute)
    found = {wall.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1)}
    return sorted(each for each in found if each.astimezone(zone).replace(tzinfo=None) == wall)


@st.composite
def nights(draw: st.DrawFn) -> tuple[Shift, date]:
    """A shift, and a day near which the clock may be set."""
    zone = draw(st.sampled_from(ZONES))
    day = draw(st.sampled_from(CHANGES[zone.key])) + timedelta(days=draw(st.integers(-1, 1)))
    near = [day + timedelta(days=ahead) for ahead in range(-3, 4)]
    worked = frozenset(draw(st.sets(st.sampled_from(near))))
    return Shift(Hours(at(draw(MINUTES)), at(draw(MINUTES))), zone, worked), day


@given(nights())
def test_a_moment_is_in_the_shift_if_the_clock_shows_a_minute_of_it(night: tuple[Shift, date]) -> None:
    """Compared with all minutes of all shifts, told one by one."""
    shift, day = night
    since = shift.hours.since.hour * 60 + shift.hours.since.minute
    until = shift.hours.until.hour * 60 + shift.hours.until.minute
    until += 24 * 60 if until <= since else 0
    meant = {
        moment
        for worked in shift.worked
        for minute in range(since, until)
        for moment in told_by_the_clock(worked, minute, shift.zone)
    }
    noon = datetime.combine(day, time(12), tzinfo=UTC)
    tried = [noon + timedelta(minutes=each) for each in range(-36 * 60, 36 * 60, 7)]
    assert {each for each in tried if in_shift(each, shift, NONE)} == meant & set(tried)


@given(nights(), st.integers(0, 240), st.integers(-36 * 60, 36 * 60))
def test_a_margin_only_adds(night: tuple[Shift, date], margin: int, ahead: int) -> None:
    shift, day = night
    moment = datetime.combine(day, time(12), tzinfo=UTC) + timedelta(minutes=ahead)
    if in_shift(moment, shift, NONE):
        assert in_shift(moment, shift, timedelta(minutes=margin))


@given(nights(), st.integers(-36 * 60, 36 * 60))
def test_who_does_not_work_has_no_shift(night: tuple[Shift, date], ahead: int) -> None:
    shift, day = night
    moment = datetime.combine(day, time(12), tzinfo=UTC) + timedelta(minutes=ahead)
    assert not in_shift(moment, Shift(shift.hours, shift.zone, frozenset()), timedelta(hours=1))


def minutes_of_night(first: date, zone: str) -> int:
    shift = Shift(Hours(time(22), time(6)), ZoneInfo(zone), {first})
    begin = datetime.combine(first, time(), tzinfo=UTC)
    return sum(in_shift(begin + timedelta(minutes=each), shift, NONE) for each in range(48 * 60))


@pytest.mark.parametrize(
    ("day", "hours"), [(date(2026, 3, 27), 8), (date(2026, 3, 28), 7), (date(2026, 10, 24), 9), (date(2026, 10, 26), 8)]
)
def test_a_night_lasts_as_long_as_the_clock_makes_it(day: date, hours: int) -> None:
    assert minutes_of_night(day, "Europe/Athens") == hours * 60


def test_the_night_belongs_to_the_day_on_which_it_begins() -> None:
    friday, zone = date(2026, 3, 6), ZoneInfo("Europe/Athens")
    shift = Shift(Hours(time(22), time(6)), zone, {friday})
    inside, outside = datetime(2026, 3, 7, 5, 59, tzinfo=zone), datetime(2026, 3, 6, 5, 59, tzinfo=zone)
    assert in_shift(inside, shift, NONE)
    assert not in_shift(outside, shift, NONE)
    assert not in_shift(datetime(2026, 3, 7, 6, tzinfo=zone), shift, NONE), "its end is outside"


def test_the_margin_reaches_into_the_day_before() -> None:
    zone = ZoneInfo("Europe/Athens")
    shift = Shift(Hours(time(0, 30), time(8)), zone, {date(2026, 3, 6)})
    moment = datetime(2026, 3, 5, 23, 45, tzinfo=zone)
    assert in_shift(moment, shift, timedelta(hours=1))
    assert not in_shift(moment, shift, timedelta(minutes=44))


def test_a_long_shift_with_its_margin_reaches_two_days_on() -> None:
    zone = ZoneInfo("Europe/Athens")
    shift = Shift(Hours(time(23, 30), time(23)), zone, {date(2026, 3, 5)})
    assert in_shift(datetime(2026, 3, 7, 2, tzinfo=zone), shift, timedelta(hours=4))
    assert not in_shift(datetime(2026, 3, 7, 3, tzinfo=zone), shift, timedelta(hours=4))
