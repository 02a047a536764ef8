"""Check-ins and check-outs are facts: kept as they are told, flagged where they are odd."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import small_town
from worlds.small_town import NOON

from fieldsales.db.base import new_id
from fieldsales.photos.service import arrived
from fieldsales.visits import queries, rules, service
from fieldsales.visits.models import Photo
from fieldsales.visits.rules import Position
from fieldsales.visits.service import Call, Picture

BAKERY = (38.264, 21.732)
AT_THE_DOOR = Position(38.2641, 21.7321, 8.0)


@pytest.fixture
def world(session):
    return small_town.build(session)


def call(world, at=NOON, position=AT_THE_DOOR, rep="anna", **more):
    return Call(getattr(world, rep).id, at, NOON, position, **more)


def check_in(session, world, visit_id=None, shop="Bakery", **more):
    return service.check_in(session, visit_id or new_id(), world.customers[shop].id, call(world, **more))


def visit_of(session, event):
    [visit] = [
        each for each in queries.visits_of_rep_on(session, event.rep_id, NOON.date()) if each.id == event.visit_id
    ]
    session.refresh(visit)
    return visit


def test_the_distance_is_geodesic():
    """One degree of latitude at the equator is 110,574 m on the WGS-84 ellipsoid."""
    assert rules.metres_between((0.0, 0.0), (1.0, 0.0)) == pytest.approx(110_574.4, abs=0.5)


def test_a_check_in_at_the_door_has_no_flags(session, world):
    event = check_in(session, world)
    assert event.flags == []
    assert event.distance_m == pytest.approx(14.1, abs=0.5)
    visit = visit_of(session, event)
    assert (visit.checked_in_at, visit.day, visit.flags) == (NOON, NOON.date(), [])


@pytest.mark.parametrize(
    ("position", "flags"),
    [
        (None, ["no_position"]),
        (Position(38.2641, 21.7321, 8.0, mock=True), ["mock_location"]),
        (Position(38.2660, 21.7320, 20.0), ["far_from_customer"]),
        (Position(38.2660, 21.7320, 30.0), []),
        (Position(38.2700, 21.7320, 5000.0), ["poor_accuracy"]),
        (Position(38.3000, 21.7320, None, mock=True), ["mock_location", "far_from_customer"]),
    ],
)
def test_odd_positions_are_flagged_and_kept(session, world, position, flags):
    """38.2660 is 222 m north of the bakery: far beyond 200 m + 20 m, not beyond 200 m + 30 m."""
    event = check_in(session, world, position=position)
    assert event.flags == flags
    assert visit_of(session, event).flags == flags


def test_a_customer_without_position_is_no_reason_for_suspicion(session, world):
    event = check_in(session, world, shop="Hotel", rep="ben")
    assert (event.flags, event.distance_m) == (["customer_without_position"], None)


@given(st.floats(-1000, 1000), st.floats(-1000, 1000))
def test_only_places_on_earth_are_positions(latitude, longitude):
    on_earth = abs(latitude) <= 90 and abs(longitude) <= 180
    try:
        Position(latitude, longitude)
    except rules.PositionInvalid:
        assert not on_earth
    else:
        assert on_earth


@pytest.mark.parametrize("accuracy", [-1.0, float("nan"), float("inf")])
def test_an_accuracy_is_a_length(accuracy):
    with pytest.raises(rules.PositionInvalid):
        Position(1.0, 1.0, accuracy)


def test_a_second_check_in_is_kept_beside_the_first(session, world):
    visit_id = new_id()
    first = check_in(session, world, visit_id)
    second = check_in(session, world, visit_id, at=NOON + timedelta(minutes=5))
    visit = visit_of(session, first)
    assert second.flags == ["second_check_in"]
    assert [event.id for event in visit.events] == [first.id, second.id]
    assert visit.checked_in_at == NOON


def test_a_visit_belongs_to_one_rep_and_one_customer(session, world):
    visit_id = new_id()
    check_in(session, world, visit_id)
    with pytest.raises(service.VisitTaken):
        check_in(session, world, visit_id, rep="ben")
    with pytest.raises(service.VisitTaken):
        check_in(session, world, visit_id, shop="Corner")
    with pytest.raises(service.VisitTaken):
        service.check_out(session, visit_id, call(world), customer_id=world.customers["Corner"].id)


def test_leaving_closes_the_visit(session, world):
    visit_id = new_id()
    event = check_in(session, world, visit_id)
    left = service.check_out(session, visit_id, call(world, NOON + timedelta(minutes=20)), summary="Wants more soap.")
    visit = visit_of(session, event)
    assert left.flags == []
    assert visit.checked_out_at - visit.checked_in_at == timedelta(minutes=20)
    assert visit.summary == "Wants more soap."


def test_leaving_without_having_arrived_is_kept_where_the_customer_is_named(session, world):
    visit_id = new_id()
    with pytest.raises(service.VisitUnknown):
        service.check_out(session, visit_id, call(world))
    event = service.check_out(session, visit_id, call(world), customer_id=world.customers["Bakery"].id)
    assert event.flags == ["no_check_in"]
    assert visit_of(session, event).checked_in_at is None


def test_oddities_of_leaving_are_flagged(session, world):
    visit_id = new_id()
    check_in(session, world, visit_id)
    early = service.check_out(session, visit_id, call(world, NOON - timedelta(minutes=1)))
    again = service.check_out(session, visit_id, call(world, NOON + timedelta(minutes=9)))
    assert (early.flags, again.flags) == (["out_before_in"], ["second_check_out"])


def test_a_late_evening_belongs_to_the_territorys_next_day(session, world):
    """22:30 UTC is half past midnight in Athens."""
    check_in(session, world, at=NOON.replace(hour=22, minute=30))
    assert queries.visits_of_rep_on(session, world.anna.id, NOON.date()) == []
    tomorrow = NOON.date() + timedelta(days=1)
    assert len(queries.visits_of_rep_on(session, world.anna.id, tomorrow)) == 1
    assert queries.done_customers_on(session, world.anna.id, tomorrow) == {world.customers["Bakery"].id}
    assert queries.last_visit_days(session, [world.customers["Bakery"].id], tomorrow) == {}
    assert queries.last_visit_days(session, [world.customers["Bakery"].id], tomorrow + timedelta(1)) == {
        world.customers["Bakery"].id: tomorrow
    }


def test_somebody_elses_or_a_closed_shop_is_flagged(session, world):
    world.customers["Corner"].active = False
    assert check_in(session, world, shop="Fish", position=None).flags == ["not_assigned", "no_position"]
    assert check_in(session, world, shop="Corner", position=None).flags == ["customer_inactive", "no_position"]


def test_where_reps_were_last(session, world):
    check_in(session, world, at=NOON)
    check_in(session, world, at=NOON + timedelta(hours=1), shop="Corner", position=Position(38.0, 21.0))
    check_in(session, world, at=NOON + timedelta(hours=2), shop="Dairy", position=None)
    found = queries.last_positions(session, [world.anna.id, world.ben.id])
    assert found.keys() == {world.anna.id}
    assert (found[world.anna.id].latitude, found[world.anna.id].at) == (38.0, NOON + timedelta(hours=1))


def picture(**more):
    return Picture(**{"photo_id": new_id(), "kind": "shelf", "sha256": "ab" * 32, "size_bytes": 9} | more)


def jpeg(**more):
    return picture(content_type="image/jpeg", taken_at=NOON, **more)


def test_the_same_bytes_in_one_visit_are_one_photo(session, world):
    visit_id = check_in(session, world).visit_id
    first = service.attach_photo(session, visit_id, world.anna.id, jpeg())
    assert service.attach_photo(session, visit_id, world.anna.id, jpeg()).id == first.id
    assert first.flags == []


def test_the_same_bytes_in_another_visit_are_flagged(session, world):
    first = service.attach_photo(session, check_in(session, world).visit_id, world.anna.id, jpeg())
    arrived(session, world.anna.id, first, NOON)
    elsewhere = check_in(session, world, shop="Corner")
    second = service.attach_photo(session, elsewhere.visit_id, world.anna.id, jpeg())
    assert (second.flags, second.stored_at) == (["photo_reused"], NOON)
    assert "photo_reused" in visit_of(session, elsewhere).flags


def test_a_photo_needs_its_own_visit_and_its_own_id(session, world):
    visit_id = check_in(session, world).visit_id
    photo = service.attach_photo(session, visit_id, world.anna.id, jpeg())
    with pytest.raises(service.VisitUnknown):
        service.attach_photo(session, new_id(), world.anna.id, jpeg())
    with pytest.raises(service.VisitTaken):
        service.attach_photo(session, visit_id, world.ben.id, jpeg())
    with pytest.raises(service.PhotoTaken):
        service.attach_photo(session, visit_id, world.anna.id, jpeg(photo_id=photo.id, sha256="cd" * 32))
    assert session.get(Photo, photo.id).sha256 == "ab" * 32
