"""What happened when, on phones whose clocks are wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.small_town import NOON

from sync.timing import FRESH, TOLERATED, Stamp, moved, reckon

minutes = st.integers(-500_000, 500_000).map(lambda each: timedelta(minutes=each))
milliseconds = st.integers(0, 119_000).map(lambda each: timedelta(milliseconds=each))


def stamp(after=0.0, ahead=timedelta(0), boot="one"):
    """Return what a phone booted at noon says `after` minutes later, its clock `ahead`."""
    since_boot = timedelta(minutes=after)
    return Stamp(NOON + since_boot + ahead, since_boot // timedelta(milliseconds=1), boot)


def at_once(after, ahead=timedelta(0), boot="one", known=None):
    """A batch that arrives the moment it is sent."""
    return reckon(stamp(after, ahead, boot), NOON + timedelta(minutes=after), known)


@given(minutes, st.integers(0, 2000), st.integers(0, 2000))
def test_within_one_boot_the_counter_dates_whatever_the_wall_clock_says(ahead, event, later):
    dated = at_once(event + later, ahead).date(stamp(event, ahead))
    assert dated.at == NOON + timedelta(minutes=event)
    assert ("clock_skew" in dated.flags) == (abs(ahead) > timedelta(minutes=2))
    assert "clock_moved" not in dated.flags


@given(minutes)
def test_across_boots_the_wall_clock_is_corrected_by_its_skew(ahead):
    assert at_once(60, ahead, "two").date(stamp(10, ahead)).at == NOON + timedelta(minutes=10)


@pytest.mark.parametrize("by", [timedelta(hours=-3), timedelta(minutes=10)])
def test_a_clock_that_was_set_meanwhile_is_flagged_and_does_not_move_the_event(by):
    dated = at_once(30).date(stamp(0, by))
    assert dated.at == NOON
    assert dated.flags == ("clock_moved",)


@given(minutes, minutes, st.sampled_from(["one", "two"]), st.integers(-60, 60))
def test_nothing_happens_after_we_heard_of_it(ahead, by, boot, before):
    known = at_once(before, boot="one").anchor
    now = NOON + timedelta(minutes=7)
    assert reckon(stamp(7, by), now, known).date(stamp(9, ahead, boot)).at <= now


def test_skew_is_how_far_the_phone_is_ahead():
    assert at_once(0, timedelta(minutes=3)).skew == timedelta(minutes=3)


@given(st.lists(st.tuples(st.integers(0, 300), milliseconds), min_size=1, max_size=8), st.integers(-300, 300))
def test_the_way_shifts_dates_and_skew_by_no_more_than_the_least_delay_seen(batches, ahead_minutes):
    """Batches of one boot, each sent at a minute and a while on its way, in the order of their sending."""
    known, least, ahead = None, None, timedelta(minutes=ahead_minutes)
    for sent, delay in sorted(batches):
        least = delay if least is None else min(least, delay)
        reckoning = reckon(stamp(sent, ahead), NOON + timedelta(minutes=sent) + delay, known)
        shift = reckoning.date(stamp(0, ahead)).at - NOON
        assert timedelta(0) <= shift <= least
        assert reckoning.skew == ahead - shift
        known = reckoning.anchor


@given(st.lists(st.integers(0, 100_000_000), min_size=2), st.lists(milliseconds, min_size=1, max_size=4), minutes)
def test_within_one_boot_and_batch_the_order_of_the_counter_is_the_order_of_dates(counters, delays, ahead):
    known = None
    for delay in delays:
        sent = Stamp(NOON + ahead, max(counters), "one")
        reckoning = reckon(sent, NOON + delay, known)
        known = reckoning.anchor
    dates = [reckoning.date(Stamp(NOON + ahead, each, "one")).at for each in sorted(counters)]
    assert dates == sorted(dates)
    assert dates[-1] <= reckoning.now


@pytest.mark.parametrize("late", [timedelta(0), timedelta(seconds=50)])
def test_a_slow_batch_is_dated_by_the_fastest_of_its_boot(late):
    fast = at_once(10).anchor
    assert reckon(stamp(60), NOON + timedelta(minutes=60) + late, fast).date(stamp(20)).at == NOON + timedelta(
        minutes=20
    )


def test_an_anchor_that_is_no_longer_fresh_is_given_up_because_counters_drift():
    old = at_once(0).anchor
    later, drifted = NOON + FRESH + timedelta(seconds=1), timedelta(seconds=1)
    assert reckon(stamp(FRESH / timedelta(minutes=1)), later, old).anchor.zero == NOON + drifted


def test_a_counter_that_slept_is_tied_to_our_clock_anew():
    """An app whose counter stands still while the phone sleeps must not have its work dated into the past."""
    before = at_once(10).anchor
    slept = timedelta(hours=1)
    reckoning = reckon(stamp(20), NOON + timedelta(minutes=20) + slept, before)
    assert reckoning.date(stamp(19)).at == NOON + timedelta(minutes=19) + slept


def test_what_was_done_in_the_boot_before_is_dated_by_its_counter_although_the_clock_was_set():
    before = at_once(30).anchor
    reckoning = at_once(90, timedelta(days=-400), "two", known=before)
    dated = reckoning.date(stamp(45))
    assert dated.at == NOON + timedelta(minutes=45)
    assert dated.flags == ("clock_skew", "clock_moved")


@pytest.mark.parametrize(("by", "told"), [(TOLERATED, False), (-TOLERATED, False), (-timedelta(minutes=3), True)])
def test_a_clock_that_was_set_between_two_exchanges_is_told(by, told):
    assert moved(timedelta(hours=1), timedelta(hours=1) + by) is told


def test_a_clock_that_was_set_to_another_century_dates_nothing_there():
    """Sent by a clock of 2099, done by one of 2000, in a boot that nobody heard of."""
    sent = replace(stamp(0), wall=NOON.replace(year=2099))
    dated = reckon(sent, NOON).date(replace(stamp(0, boot="other"), wall=NOON.replace(year=2000)))
    assert (dated.at, dated.flags) == (NOON, ("clock_skew", "late"))


@pytest.mark.parametrize(("days", "flags"), [(6.9, ()), (7, ()), (7.1, ("late",)), (2500, ("late",))])
@pytest.mark.parametrize("boot", ["one", "before that"])
def test_what_we_hear_of_after_a_week_is_flagged_and_keeps_its_date(boot, days, flags):
    dated = at_once(days * 24 * 60).date(stamp(0, boot=boot))
    assert (dated.at, dated.flags) == (NOON, flags)
