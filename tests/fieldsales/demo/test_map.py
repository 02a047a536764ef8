"""Streets, districts and front doors."""

import math
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.demo.city import City
from fieldsales.demo.geography import DISTRICTS, RIVER_WIDTH, coast, district_at, river
from fieldsales.demo.places import Metres, Position, in_metres, on_map
from fieldsales.demo.streets import HOUSE_FRONT, SET_BACK, Street, StreetKind

DISTRICT_NAMES = {quarter.code: quarter.name for quarter in DISTRICTS}


def distance_to_line(point: Metres, path: list[Metres]) -> float:
    """Metres from a point to the nearest point of a polyline."""
    nearest = math.inf
    for (x1, y1), (x2, y2) in pairwise(path):
        dx, dy = x2 - x1, y2 - y1
        along = ((point[0] - x1) * dx + (point[1] - y1) * dy) / (dx * dx + dy * dy)
        along = min(1.0, max(0.0, along))
        nearest = min(nearest, math.dist(point, (x1 + along * dx, y1 + along * dy)))
    return nearest


@given(st.floats(-4000, 4000), st.floats(-4000, 4000))
def test_a_point_of_the_plan_survives_the_way_to_the_map_and_back(east: float, north: float) -> None:
    assert math.dist(in_metres(on_map((east, north))), (east, north)) < 0.1


def test_streets_have_names_of_their_own_and_lead_somewhere(city: City) -> None:
    assert len({street.name for street in city.streets}) == len(city.streets) > 300
    assert {street.kind for street in city.streets} == set(StreetKind)
    assert min(street.length for street in city.streets) > HOUSE_FRONT


def test_every_shop_stands_by_the_street_of_its_address(city: City) -> None:
    streets = {street.name: [in_metres(position) for position in street.path] for street in city.streets}
    for shop in city.shops:
        if shop.position is not None:
            assert distance_to_line(in_metres(shop.position), streets[shop.street]) <= SET_BACK + 0.5


def test_an_address_leads_to_the_shop(city: City) -> None:
    """So a geocoder can be tried on the shops without a position."""
    streets = {street.name: street for street in city.streets}
    assert len({shop.address for shop in city.shops}) == len(city.shops)
    for shop in city.shops:
        door = streets[shop.street].house(shop.house_number)
        assert shop.position in (door, None)
        assert district_at(in_metres(door)) is next(q for q in DISTRICTS if q.code == shop.territory_code)


def test_no_shop_stands_in_the_water(city: City) -> None:
    for shop in city.shops:
        if shop.position is not None:
            east, north = in_metres(shop.position)
            assert north > coast(east)
            assert abs(east - river(north)) > RIVER_WIDTH / 2


def test_the_districts_share_the_shops_evenly(city: City) -> None:
    counts = [sum(shop.territory_code == code for shop in city.shops) for code in DISTRICT_NAMES]
    assert counts == [80, 80, 80, 80]


def test_odd_numbers_are_on_the_left_and_even_ones_opposite() -> None:
    northward = Street("Rue Droite", StreetKind.STREET, (on_map((0.0, 0.0)), on_map((0.0, 100.0))))
    first, second, third = (in_metres(northward.house(number)) for number in (1, 2, 3))
    assert first == pytest.approx((-SET_BACK, HOUSE_FRONT / 2), abs=0.1)
    assert second == pytest.approx((SET_BACK, HOUSE_FRONT / 2), abs=0.1)
    assert third == pytest.approx((-SET_BACK, HOUSE_FRONT * 1.5), abs=0.1)


def test_a_street_has_no_house_beyond_its_last() -> None:
    short = Street("Impasse", StreetKind.LANE, (on_map((0.0, 0.0)), on_map((0.0, 30.0))))
    assert short.houses == 4
    with pytest.raises(ValueError, match="1 to 4"):
        short.house(5)


def test_a_street_needs_two_ends() -> None:
    with pytest.raises(ValueError, match="leads nowhere"):
        Street("Impasse", StreetKind.LANE, (Position(0.0, 0.0),))


def test_territories_are_one_tree_with_boundaries_below_the_town(city: City) -> None:
    town, *quarters = city.territories
    assert town.parent_code is None
    assert {quarter.parent_code for quarter in quarters} == {town.code}
    assert {quarter.code: quarter.name for quarter in quarters} == DISTRICT_NAMES
    assert all(len(quarter.boundary) > 10 for quarter in quarters)
