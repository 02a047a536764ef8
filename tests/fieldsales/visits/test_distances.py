"""Distances on the ellipsoid, against geopy's."""

from __future__ import annotations

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.visits.rules import metres_between

POINTS = st.tuples(st.floats(-90, 90), st.floats(-180, 180))
STEPS = st.tuples(st.floats(-0.05, 0.05), st.floats(-0.05, 0.05))


@given(POINTS, POINTS)
def test_a_distance_is_geopys_to_a_millimetre(one, other):
    assert metres_between(one, other) == pytest.approx(geodesic(one, other).meters, abs=1e-3)


@given(POINTS, STEPS)
def test_so_is_a_short_one(one, step):
    other = (max(-90.0, min(90.0, one[0] + step[0])), max(-180.0, min(180.0, one[1] + step[1])))
    assert metres_between(one, other) == pytest.approx(geodesic(one, other).meters, abs=1e-3)


@pytest.mark.parametrize(
    ("one", "other"), [((0, 0), (0, 180)), ((90, 0), (-90, 0)), ((0, 0), (0.5, 179.7)), ((5, 180), (5, -180))]
)
def test_so_is_one_to_the_other_end_of_the_world(one, other):
    assert metres_between(one, other) == pytest.approx(geodesic(one, other).meters, abs=1e-3)
