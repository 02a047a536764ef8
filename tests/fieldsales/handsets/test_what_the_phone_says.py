"""A clock that was set meanwhile, and a phone that another rep uses too."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from worlds.seen_visits import visit
from worlds.small_town import NOON

from fieldsales.evidence.rules import Evidence, Limits, sharing
from fieldsales.handsets.rules import signals


def codes(evidence: Evidence) -> dict[str, float]:
    return {each.code: each.strength for each in signals(evidence, Limits())}


def minutes(*those: int) -> list[object]:
    return [NOON + timedelta(minutes=each) for each in those]


def test_a_wrong_clock_is_no_crime_and_one_that_was_set_is_told() -> None:
    seen = visit()
    assert codes(replace(seen, told=tuple(replace(each, flags=("clock_skew",)) for each in seen.told))) == {}
    moved = replace(seen, told=(replace(seen.told[0], flags=("clock_moved",)), seen.told[1]))
    assert codes(moved) == {"clock_moved": 1.0}


def test_a_phone_handed_on_says_less_than_one_that_goes_back_and_forth() -> None:
    until = NOON + timedelta(minutes=20)
    handed_on = sharing(NOON, until, minutes(-90))  # type: ignore[arg-type]
    back_and_forth = sharing(NOON, until, minutes(-30, 45))  # type: ignore[arg-type]
    assert sharing(NOON, until, []) is None
    assert handed_on is not None
    assert back_and_forth is not None
    assert (handed_on.between, handed_on.minutes) == (False, 90)
    assert (back_and_forth.between, back_and_forth.minutes) == (True, 25)
    assert codes(visit(sharing=handed_on)) == {"shared_device": 0.35}
    assert codes(visit(sharing=back_and_forth)) == {"shared_device": 1.0}
