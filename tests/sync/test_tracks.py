"""Positions by the thousand: dated by our clock, kept once, never refused for where or when they were."""

from __future__ import annotations

import math
import uuid
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError
from sqlalchemy import select
from worlds import phone as phones
from worlds.answers import codes, count
from worlds.small_town import NOON

from fieldsales.db.session import reading, transaction
from fieldsales.people.models import User
from fieldsales.tracks.models import TrackPoint
from sync.handlers.tracks import PointSchema, plain_points

HERE = {"lat": 38.24, "lon": 21.72}


def kept(town):
    with reading(town.engine) as session:
        return session.scalars(select(TrackPoint).order_by(TrackPoint.at)).all()


def test_points_are_dated_by_our_clock_whatever_the_phones_own_says(town):
    town.anna.ahead = timedelta(hours=-9)
    town.anna.track([HERE | {"ago_ms": ago, "accuracy_m": 5, "provider": "gps"} for ago in (60_000, 1)])
    town.anna.wait(30)
    town.anna.ahead = timedelta(days=3)
    [result] = town.anna.deliver(town.engine)
    assert (result.result["points"], result.result["new"]) == (2, 2)
    assert [each.at for each in kept(town)] == [NOON - timedelta(minutes=1), NOON - timedelta(milliseconds=1)]
    assert set(result.flags) == {"clock_skew", "clock_moved"}


def test_a_thousand_points_are_kept_once_however_often_they_are_told(town):
    points = [HERE | {"ago_ms": 5000 * each} for each in range(1000)]
    first = town.anna.track(points)
    assert [each.result["new"] for each in town.anna.send(town.engine).results] == [1000]
    assert [each.replayed for each in town.anna.send(town.engine).results] == [True]
    town.anna.queue.clear()
    town.anna.track([*points[:500], HERE | {"ago_ms": 7}, HERE | {"ago_ms": 7}])
    [again] = town.anna.deliver(town.engine)
    assert (again.result["points"], again.result["new"]) == (502, 1)
    assert count(town.engine, TrackPoint) == 1001
    assert kept(town)[0].track_id == uuid.UUID(first["entity"]["id"])


def test_two_devices_of_a_rep_are_at_one_place_and_two_reps_at_two(town):
    with transaction(town.engine) as session:
        second = phones.give(session, session.get_one(User, town.anna.who.user_id), NOON, "second phone")
    for phone in (town.anna, second, town.ben):
        phone.track([HERE | {"ago_ms": 0}])
    assert [phone.deliver(town.engine)[0].result["new"] for phone in (town.anna, second, town.ben)] == [1, 0, 1]


def test_points_that_are_odd_are_kept_and_flagged(town):
    week = 7 * 24 * 3600 * 1000
    town.anna.track([HERE | {"ago_ms": week}, HERE | {"ago_ms": 0, "mock": False}])
    town.anna.track([HERE | {"ago_ms": week + 1}])
    town.anna.track([HERE | {"ago_ms": -1}])
    town.anna.track([HERE | {"ago_ms": 60, "mock": True}])
    flags = [each.flags for each in town.anna.deliver(town.engine)]
    assert flags == [(), ("points_old",), ("points_ahead",), ("mock_location",)]
    assert count(town.engine, TrackPoint) == 5


def test_a_track_that_is_none_is_refused_whole(town):
    good = HERE | {"ago_ms": 1}
    spoilt = ({"lat": 91}, {"lon": None}, {"ago_ms": 1.5}, {"ago_ms": True}, {"speed_mps": -1}, {"mock": 1}, {"x": 1})
    for spoil in spoilt:
        town.anna.track([good, good | spoil])
    town.anna.track([])
    town.anna.track([good] * 1001)
    assert set(codes(town.anna.deliver(town.engine))) == {"mutation.malformed"}
    assert count(town.engine, TrackPoint) == 0


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(),
    st.floats(-90, 90),
    st.sampled_from(["", "gps", "1", "x" * 20, "x" * 21]),
    st.lists(st.none(), max_size=1),
)
POINTS = st.fixed_dictionaries(
    {"ago_ms": st.one_of(st.integers(0, 10**6), ODD), "lat": st.one_of(st.floats(-90, 90), ODD), "lon": ODD},
    optional=dict.fromkeys(("accuracy_m", "speed_mps", "heading_deg", "mock", "provider", "other"), ODD),
)


@given(POINTS)
def test_the_fast_way_takes_nothing_that_the_schema_does_not_and_says_the_same(point):
    fast = plain_points([point])
    try:
        slow = PointSchema().load(point)
    except ValidationError:
        assert fast is None
        return
    if fast is not None:
        assert fast == [slow]
        assert {name: type(value) for name, value in fast[0].items()} == {n: type(v) for n, v in slow.items()}


@given(st.floats(-90, 90), st.floats(-180, 180), st.integers(0, 10**9), st.one_of(st.none(), st.floats(0, 360)))
def test_the_fast_way_takes_what_phones_send(lat, lon, ago, heading):
    assert plain_points([{"lat": lat, "lon": lon, "ago_ms": ago, "heading_deg": heading, "provider": "gps"}])
    assert plain_points([{"lat": math.nan, "lon": lon, "ago_ms": ago}]) is None
