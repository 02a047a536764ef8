"""Stays read off a track: where, from when to when; strays and gaps."""

from __future__ import annotations

from worlds.seen_visits import SHOP, fix, north, resting

from fieldsales.stays.rules import seconds_near, stays
from fieldsales.visits.rules import metres_between


def test_a_day_with_two_doors_has_two_stays() -> None:
    track = [
        fix(minute, SHOP if minute < 20 else north(4000) if minute >= 30 else north((minute - 19) * 400))
        for minute in range(50)
    ]
    first, second = stays(track)
    assert (first.seconds, second.seconds) == (19 * 60, 20 * 60)
    assert metres_between(second.spot, north(4000)) < 1


def test_a_drifting_phone_stays_in_one_place() -> None:
    (stay,) = stays(resting(2, memory=0.8))
    assert stay.fixes > 110
    assert metres_between(stay.spot, SHOP) < 30


def test_one_fix_thrown_across_the_street_ends_no_stay() -> None:
    track = [fix(minute, north(300 if minute == 7 else 0)) for minute in range(20)]
    assert [stay.fixes for stay in stays(track)] == [19]


def test_who_drives_on_stays_nowhere() -> None:
    assert stays([fix(minute, north(minute * 500)) for minute in range(30)]) == []
    assert stays([]) == []


def test_over_a_gap_no_time_is_counted() -> None:
    track = [fix(0, SHOP), fix(1, SHOP), fix(40, SHOP), fix(41, SHOP)]
    assert seconds_near(track, SHOP, 80) == 120
