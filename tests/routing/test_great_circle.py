"""Travel as the crow flies, stretched."""

import numpy as np
import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from routing.errors import InvalidProblem, TravelError
from routing.problem import Point
from routing.travel import GreatCircle, TravelMatrix

points = st.builds(Point, st.floats(-90, 90), st.floats(-180, 180))


@given(points, points)
def test_distances_agree_with_the_ellipsoid_within_0_57_percent(a: Point, b: Point) -> None:
    """Judged by geopy's geodesic; the haversine formula's known error."""
    found = GreatCircle(circuity=1.0).matrix([a, b]).distance_m[0, 1]
    assert found == pytest.approx(geodesic((a.lat, a.lon), (b.lat, b.lon)).meters, rel=0.0057, abs=1)


def test_circuity_stretches_the_way_and_speed_makes_it_time() -> None:
    """One degree of latitude is 111.2 km; at 1.5 it is 166.8 km, at 100 km/h 6,005 s."""
    matrix = GreatCircle(circuity=1.5, speed_kmh=100).matrix([Point(0, 0), Point(1, 0)])
    assert matrix.distance_m[0, 1] == 166_793
    assert matrix.duration_s[0, 1] == 6_005


def test_the_way_over_the_date_line_is_the_short_one() -> None:
    matrix = GreatCircle(circuity=1.0).matrix([Point(0, 179.9), Point(0, -179.9)])
    assert matrix.distance_m[0, 1] == pytest.approx(22_239, abs=1)


@given(st.lists(points, max_size=6))
def test_a_matrix_is_square_whole_symmetric_and_empty_on_the_diagonal(places: list[Point]) -> None:
    matrix = GreatCircle().matrix(places)
    for table in (matrix.duration_s, matrix.distance_m):
        assert table.shape == (len(places), len(places))
        assert np.issubdtype(table.dtype, np.integer)
        assert (table == table.T).all()
        assert not table.diagonal().any()


@pytest.mark.parametrize("wrong", [{"circuity": 0.9}, {"circuity": float("nan")}, {"speed_kmh": 0}])
def test_impossible_roads_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(InvalidProblem):
        GreatCircle(**wrong)


@pytest.mark.parametrize(
    ("durations", "distances", "message"),
    [
        (np.zeros((2, 2), int), np.zeros((3, 3), int), "shape"),
        (np.zeros((2, 3), int), np.zeros((2, 3), int), "shape"),
        (np.zeros((2, 2)), np.zeros((2, 2), int), "round it first"),
        (np.zeros((2, 2), int), np.full((2, 2), -1), "negative"),
    ],
)
def test_a_matrix_that_is_no_matrix_is_refused(
    durations: np.ndarray,  # type: ignore[type-arg]
    distances: np.ndarray,  # type: ignore[type-arg]
    message: str,
) -> None:
    with pytest.raises(TravelError, match=message):
        TravelMatrix(durations, distances)
