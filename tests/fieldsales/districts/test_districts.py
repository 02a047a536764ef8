"""Sharing customers out: everybody gets a compact area and about the same work."""

from __future__ import annotations

import math
import random
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from worlds import small_town

from fieldsales.customers.models import Assignment
from fieldsales.customers.queries import NotYourCustomer, customer_card
from fieldsales.customers.service import assign_key_account
from fieldsales.districts.rules import Address, Base, NobodyToShare, Place, follow_neighbours, share_out
from fieldsales.districts.service import RepNamedTwice, RepWithoutStart, share_customers
from fieldsales.people.models import Role
from fieldsales.people.rules import Actor

NOW = small_town.NOON


def identity(number: int) -> uuid.UUID:
    return uuid.UUID(int=number)


PLACES = st.lists(
    st.builds(
        Place,
        st.integers(1, 10_000).map(identity),
        st.floats(-80, 80),
        st.floats(-180, 180),
        st.floats(0.1, 10),
    ),
    max_size=60,
    unique_by=lambda place: place.id,
)
BASES = st.lists(
    st.builds(Base, st.integers(20_000, 20_010).map(identity), st.floats(-80, 80), st.floats(-180, 180)),
    min_size=1,
    max_size=7,
    unique_by=lambda base: base.rep_id,
)


@given(PLACES, BASES)
def test_every_place_is_given_to_exactly_one_rep(places: list[Place], bases: list[Base]) -> None:
    shares = share_out(places, bases)
    assert set(shares) == {base.rep_id for base in bases}
    assert sorted(place for area in shares.values() for place in area) == sorted(place.id for place in places)


@given(PLACES, BASES)
def test_no_share_is_further_from_fair_than_the_cuts_allow(places: list[Place], bases: list[Base]) -> None:
    """Each cut misses by at most half of the heaviest place, and a share lies below at most log2(reps) cuts."""
    shares = share_out(places, bases)
    weight = {place.id: place.weight for place in places}
    fair = math.fsum(weight.values()) / len(bases)
    slack = max(weight.values(), default=0) * math.ceil(math.log2(len(bases)) + 1) / 2
    for area in shares.values():
        assert abs(math.fsum(weight[place] for place in area) - fair) <= slack + 1e-6


@given(PLACES, BASES, st.randoms())
def test_the_order_of_the_input_does_not_matter(places: list[Place], bases: list[Base], chance: random.Random) -> None:
    mixed, others = places[:], bases[:]
    chance.shuffle(mixed)
    chance.shuffle(others)
    first, second = share_out(places, bases), share_out(mixed, others)
    assert {rep: sorted(area) for rep, area in first.items()} == {rep: sorted(area) for rep, area in second.items()}


def test_each_rep_gets_the_side_on_which_the_day_starts() -> None:
    west = [Place(identity(number), 41.6, -93.7 - number / 1000) for number in range(1, 11)]
    east = [Place(identity(number), 41.6, -93.5 + number / 1000) for number in range(11, 21)]
    eastern, western = Base(identity(100), 41.6, -93.4), Base(identity(101), 41.6, -93.8)
    shares = share_out(east + west, [eastern, western])
    assert set(shares[western.rep_id]) == {place.id for place in west}


def test_the_seam_at_the_date_line_is_no_seam() -> None:
    places = [
        Place(identity(number), -17 + number / 100, 179.98 + number / 100 - 360 * (number > 2))
        for number in range(1, 5)
    ]
    shares = share_out(places, [Base(identity(100), -17, 179.9), Base(identity(101), -17, -179.9)])
    assert shares[identity(100)] == [identity(1), identity(2)]


def test_five_areas_of_a_city_are_compact() -> None:
    """The mean distance to the own area's middle is far below that of dealing the same customers out by turns."""
    chance = random.Random(4)
    places = [Place(identity(n), chance.gauss(41.6, 0.05), chance.gauss(-93.6, 0.07)) for n in range(1, 317)]
    bases = [Base(identity(1000 + n), 41.6, -93.6) for n in range(5)]
    areas = list(share_out(places, bases).values())
    assert sorted(len(area) for area in areas) == [63, 63, 63, 63, 64]
    assert spread(places, areas) < 0.62 * spread(places, [[place.id for place in places[n::5]] for n in range(5)])


def spread(places: list[Place], areas: list[list[uuid.UUID]]) -> float:
    spot = {place.id: (place.latitude, place.longitude * math.cos(math.radians(41.6))) for place in places}
    total = 0.0
    for area in areas:
        middle = [math.fsum(axis) / len(area) for axis in zip(*(spot[one] for one in area), strict=True)]
        total += math.fsum(math.dist(spot[one], middle) for one in area)
    return total / len(places)


def test_nobody_to_share_among_is_an_error() -> None:
    with pytest.raises(NobodyToShare):
        share_out([], [])


WEST, EAST = identity(100), identity(101)


def address(number: int, code: str | None = None, city: str | None = None, weight: float = 1.0) -> Address:
    return Address(identity(number), code, city, weight)


def test_who_has_no_position_follows_the_postal_code_before_the_city() -> None:
    areas = {
        WEST: [address(1, "50309", "Ames"), address(2, "50310", "Ames"), address(3, "50310", "Ames")],
        EAST: [address(4, "50309", "Ames"), address(5, "50309", "Boone")],
    }
    nowhere = [address(11, "50309", "Ames"), address(12, "99999", "Ames"), address(13, " 503 09", None)]
    assert follow_neighbours(nowhere, areas) == {identity(11): EAST, identity(12): WEST, identity(13): EAST}


def test_the_same_city_in_capitals_is_the_same_city() -> None:
    areas = {WEST: [address(1, None, "Des Moines")], EAST: [address(2, None, "Ankeny"), address(3, "", "")]}
    assert follow_neighbours([address(11, "", "DES  MOINES")], areas) == {identity(11): WEST}


def test_who_has_no_neighbours_goes_to_whoever_has_the_least_work() -> None:
    areas = {WEST: [address(1, "50309", weight=2.5)], EAST: [address(2, "50310")]}
    unknown = [address(number) for number in range(11, 15)]
    given_to = follow_neighbours([*unknown, address(20, "50310")], areas)
    assert given_to[identity(20)] == EAST
    assert sorted(given_to[each.id] for each in unknown) == [WEST, WEST, EAST, EAST]


@given(
    st.lists(st.builds(address, st.integers(1, 500), st.sampled_from(["1", "2", None]), st.none()), max_size=30),
    st.randoms(),
)
def test_everybody_without_a_position_gets_one_rep_in_whatever_order(
    nowhere: list[Address], chance: random.Random
) -> None:
    nowhere = list({each.id: each for each in nowhere}.values())
    areas = {WEST: [address(1001, "1")], EAST: [address(1002, "2"), address(1003, "2")]}
    mixed = nowhere[:]
    chance.shuffle(mixed)
    found = follow_neighbours(nowhere, areas)
    assert found == follow_neighbours(mixed, areas)
    assert set(found) == {each.id for each in nowhere}
    assert all(found[each.id] == {"1": WEST, "2": EAST}[each.postal_code] for each in nowhere if each.postal_code)


def test_a_stored_customer_without_a_position_goes_where_its_postal_code_went(session: Session) -> None:
    world = small_town.build(session)
    everything, reps = [each.id for each in world.customers.values()], [world.anna.id, world.ben.id]
    for neighbour in world.customers:
        for each in world.customers.values():
            each.postal_code = "26221" if each.name in (neighbour, "Hotel") else "26222"
        session.flush()
        shared = share_customers(session, everything, reps, now=NOW)
        assert shared.owner_of[world.customers["Hotel"].id] == shared.owner_of[world.customers[neighbour].id]
        assert sum(shared.owned.values()) == len(shared.owner_of) == 6


def test_a_rep_named_twice_is_refused(session: Session) -> None:
    world = small_town.build(session)
    with pytest.raises(RepNamedTwice, match="Ben"):
        share_customers(session, [world.customers["Fish"].id], [world.ben.id, world.anna.id, world.ben.id], now=NOW)


def test_customers_change_hands_once_and_the_second_run_moves_nobody(session: Session) -> None:
    world = small_town.build(session)
    everything, reps = [each.id for each in world.customers.values()], [world.anna.id, world.ben.id]
    first = share_customers(session, everything, reps, now=NOW)
    assert sorted(first.owned.values()) == [3, 3]
    assert first.without_position == 1
    assert all(customer_card(session, None, each).owner_id in reps for each in everything)
    before = len(session.scalars(select(Assignment)).all())
    assert share_customers(session, everything, reps, now=NOW).moved == 0
    assert len(session.scalars(select(Assignment)).all()) == before


def test_a_customer_that_weighs_more_makes_a_share_smaller(session: Session) -> None:
    world = small_town.build(session)
    everything = [each.id for each in world.customers.values()]
    heavy = world.customers["Fish"].id
    shared = share_customers(session, everything, [world.anna.id, world.ben.id], weights={heavy: 5.0}, now=NOW)
    assert sorted(shared.owned.values()) == [1, 5]


def test_a_rep_without_a_start_is_named(session: Session) -> None:
    world = small_town.build(session)
    world.ben.work_pattern = None
    session.flush()
    with pytest.raises(RepWithoutStart, match="Ben"):
        share_customers(session, [world.customers["Fish"].id], [world.ben.id], now=NOW)


def test_a_supervisor_does_not_share_out_the_neighbours_customers(session: Session) -> None:
    """Not even one that a rep of the team serves as a key account."""
    world = small_town.build(session)
    fish = world.customers["Fish"].id
    assign_key_account(session, fish, [world.anna.id], now=small_town.NOON)
    north = Actor(world.sara.id, Role.SUPERVISOR, world.north.id)
    with pytest.raises(NotYourCustomer):
        share_customers(session, [fish], [world.anna.id], now=small_town.NOON, by=north)
