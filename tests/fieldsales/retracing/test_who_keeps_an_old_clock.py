"""A replay keeps the clock of the day that was recorded, whatever is done to its positions; honest days do not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from worlds.driven_rounds import BEFORE, formers, played_again, round_of
from worlds.seen_visits import visit

from fieldsales.evidence.rules import Limits, Told
from fieldsales.retracing.rules import retraced
from fieldsales.texture.rules import signals
from fieldsales.visits.models import EventKind

LIMITS = Limits()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(0.7, 1.4), st.floats(0, 8))
def test_a_replay_is_known_whatever_its_pace_and_its_errors(seed: int, pace: float, sigma: float) -> None:
    before = formers(seed + 1, seed + 2, seed)
    found = retraced(played_again(before[2].track, seed, pace=pace, sigma=sigma), before, LIMITS)
    assert found is not None
    assert found.day == before[2].day
    assert found.share >= LIMITS.retraced_share
    assert found.pace == pytest.approx(1 / pace, rel=0.03)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000))
def test_the_same_round_on_another_day_is_no_replay(seed: int) -> None:
    found = retraced(round_of(seed), formers(*range(seed + 1, seed + 6)), LIMITS)
    assert found is not None
    assert found.share < LIMITS.retraced_share


def test_at_the_same_speed_on_the_same_road_only_the_pauses_tell() -> None:
    manner = {"slow": 24.0, "fast": 24.2}
    track, before = round_of(1, **manner), formers(2, 3, **manner)
    found = retraced(track, before, LIMITS)
    assert found is None or found.share < LIMITS.retraced_share
    assert retraced(track, before, LIMITS, pauses=False) is None


def test_a_replay_that_stays_longer_at_doors_is_known_by_its_legs() -> None:
    before = formers(5, 6)
    track, late, last = [], 0.0, before[0].track[0]
    for number, each in enumerate(played_again(before[0].track, 1)):
        there = before[0].track[number]
        late += 25 * (abs(there.latitude - last.latitude) < 60 / 111_320)
        track.append(type(each)(each.at.fromtimestamp(each.at.timestamp() + late, each.at.tzinfo), *each.spot, 10.0))
        last = there
    found = retraced(track, before, LIMITS, pauses=False)
    assert found is not None
    assert found.share >= LIMITS.retraced_legs


def test_too_short_a_way_says_nothing() -> None:
    assert retraced(round_of(1, shops=2), formers(1), LIMITS) is None
    assert retraced((), formers(1), LIMITS) is None
    assert retraced(round_of(1), (), LIMITS) is None


def test_another_line_is_not_the_same_clock() -> None:
    aside = tuple(type(each)(each.at, each.latitude, each.longitude + 0.01, 10.0) for each in round_of(1))
    assert retraced(aside, formers(1), LIMITS) is None


def test_the_signal_says_which_day_it_was() -> None:
    before = formers(1, 2, 3)
    track = played_again(before[1].track, 9)
    middle = track[len(track) // 2]
    told = (Told(EventKind.CHECK_IN, middle.at, middle),)
    found = {each.code: each for each in signals(visit(told=told, track=track, formers=before), LIMITS)}[
        "retraced_track"
    ]
    assert found.facts["day"] == str(BEFORE.replace(day=24))
    assert "the rep" in found.says
    honest = visit(told=told, track=round_of(4), formers=before)
    assert "retraced_track" not in {each.code for each in signals(honest, LIMITS)}
