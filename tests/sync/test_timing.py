"""What happened when, on phones whose clocks are wrong."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.small_town import NOON

from sync.timing import Stamp, date_by_server, skew

minutes = st.integers(-500_000, 500_000).map(lambda each: timedelta(minutes=each))


def stamp(after=0.0, ahead=timedelta(0), boot="one"):
    """Return what a phone booted at noon says `after` minutes later, its clock `ahead`."""
    since_boot = timedelta(minutes=after)
    return Stamp(NOON + since_boot + ahead, since_boot // timedelta(milliseconds=1), boot)


@given(minutes, st.integers(0, 2000), st.integers(0, 2000))
def test_within_one_boot_the_counter_dates_whatever_the_wall_clock_says(ahead, event, later):
    dated = date_by_server(stamp(event, ahead), stamp(event + later, ahead), NOON + timedelta(minutes=event + later))
    assert dated.at == NOON + timedelta(minutes=event)
    assert ("clock_skew" in dated.flags) == (abs(ahead) > timedelta(minutes=2))
    assert "clock_moved" not in dated.flags


@given(minutes)
def test_across_boots_the_wall_clock_is_corrected_by_its_skew(ahead):
    dated = date_by_server(stamp(10, ahead, "one"), stamp(60, ahead, "two"), NOON + timedelta(minutes=60))
    assert dated.at == NOON + timedelta(minutes=10)


@pytest.mark.parametrize("moved", [timedelta(hours=-3), timedelta(minutes=10)])
def test_a_clock_that_was_set_meanwhile_is_flagged_and_does_not_move_the_event(moved):
    dated = date_by_server(stamp(0, moved), stamp(30), NOON + timedelta(minutes=30))
    assert dated.at == NOON
    assert dated.flags == ("clock_moved",)


@given(minutes, minutes, st.sampled_from(["one", "two"]))
def test_nothing_happens_after_we_heard_of_it(ahead, moved, boot):
    now = NOON + timedelta(minutes=7)
    assert date_by_server(stamp(9, ahead, boot), stamp(7, moved), now).at <= now


def test_skew_is_how_far_the_phone_is_ahead():
    assert skew(stamp(0, timedelta(minutes=3)), NOON) == timedelta(minutes=3)


@pytest.mark.parametrize(("days", "flags"), [(6.9, ()), (7, ()), (7.1, ("late",)), (2500, ("late",))])
@pytest.mark.parametrize("boot", ["one", "before that"])
def test_what_we_hear_of_after_a_week_is_flagged_and_keeps_its_date(boot, days, flags):
    event = stamp(0, boot=boot)
    dated = date_by_server(event, stamp(days * 24 * 60), NOON + timedelta(days=days))
    assert (dated.at, dated.flags) == (NOON, flags)
