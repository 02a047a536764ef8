"""How the phone moved: too fast for anybody, past the door, elsewhere; and honest short visits."""

from __future__ import annotations

from dataclasses import replace

from worlds.seen_visits import fix, north, visit

from fieldsales.evidence.rules import Evidence, Limits, Neighbour
from fieldsales.motion.rules import signals

DRIVING = tuple(fix(minute, north(15 + minute * 480)) for minute in range(-10, 30))
STANDING = tuple(fix(minute, north(15 if 0 <= minute <= 20 else 3000)) for minute in range(-10, 30))


def codes(evidence: Evidence) -> set[str]:
    return {each.code for each in signals(evidence, Limits())}


def test_nothing_speaks_against_standing_there() -> None:
    assert codes(visit()) == set()
    assert codes(visit(track=STANDING)) == set()


def test_nobody_is_two_kilometres_away_ten_seconds_later() -> None:
    there = fix(1 / 6, north(2500))
    assert codes(visit(neighbours=(Neighbour(there.at, there, None),))) == {"impossible_speed"}
    hazy = fix(1 / 6, north(2500), 900.0)
    assert codes(visit(neighbours=(Neighbour(hazy.at, hazy, None),))) == {"impossible_speed"}
    assert codes(visit(neighbours=(Neighbour(hazy.at, fix(1 / 6, north(1200), 300.0), None),))) == set()


def test_one_stray_fix_of_the_track_is_a_reflection_and_three_are_another_place() -> None:
    stray = tuple(fix(minute / 3, north(5000 if minute == -1 else 15)) for minute in range(-9, 60))
    assert codes(visit(track=stray)) == set()
    home = tuple(fix(minute / 3, north(9000 if -9 <= minute < 0 else 15)) for minute in range(-9, 60))
    assert codes(visit(track=home)) == {"impossible_speed"}


def test_in_and_out_within_seconds_is_told_unless_a_cause_is_given() -> None:
    assert codes(visit(minutes=0.3)) == {"in_and_out"}
    assert codes(visit(minutes=0.3, excused=True)) == set()


def test_a_visit_shorter_than_the_policy_asks_for_is_told() -> None:
    assert codes(visit(minutes=8, least_s=600)) == {"short_stay"}
    assert codes(visit(minutes=11, least_s=600)) == set()


def test_who_drives_past_was_not_there() -> None:
    assert "drive_by" in codes(visit(minutes=0.5, track=DRIVING))


def test_a_quarter_of_an_hour_is_not_believed_where_the_track_drives_on() -> None:
    passing = tuple(fix(minute, north(15 if minute == 0 else 6000)) for minute in range(-10, 30))
    assert codes(visit(minutes=20, track=passing)) & {"track_was_elsewhere", "drive_by"}


def test_a_forgotten_check_out_is_no_fake() -> None:
    left = tuple(fix(minute, north(15 if minute <= 12 else 15 + (minute - 12) * 400)) for minute in range(-3, 40))
    seen = visit(minutes=35, track=left)
    on_the_road = replace(seen.told[1], fix=fix(35, north(15 + 23 * 400)))
    assert codes(replace(seen, told=(seen.told[0], on_the_road))) == set()
