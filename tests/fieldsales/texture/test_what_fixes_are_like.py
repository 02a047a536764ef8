"""Real fixes scatter, and each errs much as the one before; made-up ones do not, and recordings repeat themselves."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from worlds.seen_visits import SHOP, fix, north, resting, visit

from fieldsales.evidence.rules import Evidence, Limits, Neighbour, repeats
from fieldsales.texture.rules import memory, signals


def codes(evidence: Evidence) -> set[str]:
    return {each.code for each in signals(evidence, Limits())}


@given(st.integers(0, 1000))
def test_a_phone_at_rest_remembers_and_an_app_does_not(seed: int) -> None:
    real, made_up = (memory(resting(6, memory=share, seed=seed)) for share in (0.7, 0.0))
    assert real is not None
    assert made_up is not None
    assert made_up < Limits().memory < real


def test_a_short_track_says_nothing() -> None:
    assert memory(resting(0.5, memory=0.0)) is None
    assert memory(()) is None


def test_made_up_errors_are_told() -> None:
    assert codes(visit(track=resting(6, memory=0.0))) == {"fixes_without_memory"}
    assert codes(visit(track=resting(6, memory=0.7))) == set()


def test_a_few_fixes_repeated_all_day_are_told() -> None:
    assert codes(visit(track=tuple(fix(minute, SHOP) for minute in range(100)))) == {"frozen_fixes"}


def test_a_phone_that_dozes_now_and_then_is_not_frozen() -> None:
    awake = resting(4, memory=0.7)
    dozing = tuple(
        fix((each.at - awake[0].at) / timedelta(minutes=1), awake[at // 3 * 3].spot) for at, each in enumerate(awake)
    )
    assert codes(visit(track=dozing)) == set()


def test_what_an_earlier_day_has_to_the_last_digit_is_a_replay() -> None:
    day = resting(1, memory=0.7)
    assert repeats(day, [each.spot for each in day[:7]]) == (7, 60)
    assert repeats([fix(0, SHOP, 900.0)], [SHOP]) == (0, 0)
    assert codes(visit(repeated=30, compared=40)) == {"replayed_track"}
    assert codes(visit(repeated=2, compared=40)) == set()


def test_the_same_accuracy_at_every_door_is_told() -> None:
    there = tuple(Neighbour(fix(at, north(at * 300)).at, fix(at, north(at * 300)), None) for at in range(1, 12))
    seen = visit(neighbours=there, varied=True)
    assert codes(seen) == set()
    same = tuple(each for each in seen.told if each.fix and each.fix.accuracy_m == 10.0)
    assert codes(visit(neighbours=there, told=same, varied=True)) == {"accuracy_never_changes"}


def test_a_phone_that_never_told_another_accuracy_is_no_suspect_for_that() -> None:
    there = tuple(Neighbour(fix(at, north(at * 300)).at, fix(at, north(at * 300)), None) for at in range(1, 12))
    assert codes(visit(neighbours=there, told=())) == set()
