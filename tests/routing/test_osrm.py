"""Travel by an OSRM server, asked over HTTP, in good days and bad."""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import pytest
from worlds.osrm_server import Town, osrm_server

from routing.errors import InvalidProblem, TravelError
from routing.problem import Point
from routing.travel import NO_WAY_S, Osrm

PLACES = [Point(52.0 + 0.01 * (n % 7), 5.0 + 0.01 * (n // 7)) for n in range(30)]
A, B, C = PLACES[0], PLACES[1], PLACES[8]


@pytest.fixture
def town() -> Iterator[Town]:
    with osrm_server(Town()) as served:
        yield served


def position(point: Point) -> tuple[float, float]:
    return round(point.lon, 6), round(point.lat, 6)


def test_the_way_there_is_not_the_way_back(town: Town) -> None:
    """One street north takes 101 s (100.5 rounded up), back 251 s."""
    matrix = Osrm(town.url).matrix([A, B])
    assert matrix.duration_s.tolist() == [[0, 101], [251, 0]]
    assert matrix.distance_m.tolist() == [[0, 1005], [2505, 0]]


def test_a_large_table_is_asked_for_in_pieces_that_the_server_takes(town: Town) -> None:
    town.most = 7
    in_pieces = Osrm(town.url, table_size=7).matrix(PLACES)
    assert all(rows * columns <= 49 for rows, columns in town.asked)
    town.most = 100
    assert np.array_equal(in_pieces.duration_s, Osrm(town.url).matrix(PLACES).duration_s)


def test_a_server_that_takes_less_than_was_said_is_asked_for_less(town: Town) -> None:
    town.most = 4
    found = Osrm(town.url).matrix(PLACES)
    assert max(rows * columns for rows, columns in town.asked) <= 16
    town.most = 100
    assert np.array_equal(found.duration_s, Osrm(town.url).matrix(PLACES).duration_s)


def test_a_rectangular_table_has_its_rows_and_columns(town: Town) -> None:
    whole = Osrm(town.url).matrix(PLACES)
    part = Osrm(town.url).table(PLACES[3:5], PLACES[:9])
    assert np.array_equal(part.duration_s, whole.duration_s[3:5, :9])


def test_null_is_no_way(town: Town) -> None:
    town.islands = {position(C)}
    durations = Osrm(town.url).matrix([A, B, C]).duration_s
    assert (durations >= NO_WAY_S).tolist() == [[False, False, True], [False, False, True], [True, True, False]]


def test_places_without_a_street_have_no_way_and_spoil_no_other(town: Town) -> None:
    town.nowhere = {position(B), position(C)}
    durations = Osrm(town.url).matrix([A, B, PLACES[2], C]).duration_s
    assert durations[0, 2] < NO_WAY_S
    assert (durations[0, [1, 3]] >= NO_WAY_S).all()


def test_a_place_far_from_every_street_has_no_way(town: Town) -> None:
    """Otherwise the nearest street of a town 80 km away would do for a shop that is not on the map."""
    town.off_road = {position(B): 80_000.0}
    durations = Osrm(town.url).matrix([A, B, C]).duration_s
    assert durations[0, 1] >= NO_WAY_S
    assert durations[1, 2] >= NO_WAY_S
    assert durations[0, 2] < NO_WAY_S


def test_one_place_and_no_place_need_no_way(town: Town) -> None:
    assert Osrm(town.url).matrix([A, A]).duration_s.tolist() == [[0, 0], [0, 0]]
    assert len(Osrm(town.url).matrix([])) == 0
    assert town.asked == []


@pytest.mark.parametrize(
    ("says", "told"),
    [
        ((500, b"oops"), "answers 500 with what is no JSON object"),
        ((200, b"[1, 2]"), "what is no JSON object"),
        ((400, b'{"code": "InvalidUrl", "message": "URL string malformed"}'), "InvalidUrl: URL string malformed"),
        ((200, b'{"code": "Ok"}'), "durations have the shape"),
        ((200, b'{"code": "Ok", "durations": [["x", 1], [1, 0]], "distances": []}'), "no table of numbers"),
        ((200, b'{"code": "Ok", "durations": [[0, -1], [1, 0]], "distances": [[0, 1], [1, 0]]}'), "negative"),
        ((200, b'{"code": "Ok", "durations": [[0, 1e999], [1, 0]], "distances": [[0, 1], [1, 0]]}'), "endless"),
        ((200, b'{"code": "Ok", "durations": [[0, 1], [1, 0]]}'), "distances have the shape"),
        ((400, b'{"code": "NoSegment", "message": "somewhere"}'), "no street for one of the places"),
        ((400, b'{"code": "TooBig", "message": "never"}'), "refuses even the table of a single way"),
    ],
)
def test_an_answer_that_is_no_table_is_refused_by_name(town: Town, says: tuple[int, bytes], told: str) -> None:
    town.says = says
    with pytest.raises(TravelError, match=told):
        Osrm(town.url).matrix([A, B])


def test_a_server_that_drips_is_not_waited_for(town: Town) -> None:
    """Each byte comes in time, the whole does not."""
    town.drip_s = 0.05
    begun = time.monotonic()
    with pytest.raises(TravelError, match=r"no whole answer within 0\.3 s"):
        Osrm(town.url, timeout_s=0.3).matrix([A, B])
    assert time.monotonic() - begun < 3


def test_nobody_there_is_a_travel_error() -> None:
    with osrm_server(Town()) as gone:
        pass
    with pytest.raises(TravelError, match="cannot be asked"):
        Osrm(gone.url).matrix([A, B])


@pytest.mark.parametrize("url", ["", "osrm.example:5000", "file:///etc/passwd", "http://", "http://[::1", "http://a:x"])
def test_an_address_that_is_none_is_a_travel_error(url: str) -> None:
    with pytest.raises(TravelError):
        Osrm(url).matrix([A, B])


@pytest.mark.parametrize("wrong", [{"table_size": 1}, {"timeout_s": 0}, {"profile": "../x"}, {"profile": ""}])
def test_settings_that_ask_for_nothing_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(InvalidProblem):
        Osrm("http://127.0.0.1", **wrong)  # type: ignore[arg-type]


def test_a_leg_follows_the_streets_from_door_to_door(town: Town) -> None:
    legs = Osrm(town.url).legs([A, C, B])
    assert [(leg[0], leg[-1]) for leg in legs] == [(A, C), (C, B)]
    assert Point(A.lat, C.lon) in legs[0]


def test_a_line_of_many_places_is_asked_for_in_pieces(town: Town) -> None:
    places = [Point(52.0, 5.0 + 0.001 * n) for n in range(230)]
    legs = Osrm(town.url).legs(places)
    assert [leg[-1] for leg in legs] == places[1:]


def test_a_line_where_there_is_no_way_is_a_travel_error(town: Town) -> None:
    town.islands = {position(C)}
    with pytest.raises(TravelError, match="NoRoute"):
        Osrm(town.url).legs([A, C])
