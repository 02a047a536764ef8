"""What each mutation does to the rooms below."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select
from worlds import phone as phones
from worlds.small_town import NOON

from fieldsales.customers.models import Assignment
from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.planning.models import PlannedVisit, PlanStatus, Source
from fieldsales.visits.models import Photo, Visit, VisitEvent


@pytest.fixture
def planned(town):
    """A visit that Anna should make at the Bakery today, left out for want of time."""
    with transaction(town.engine) as session:
        visit = PlannedVisit(
            rep_id=town.anna.who.user_id,
            customer_id=town.customers["Bakery"],
            day=NOON.date(),
            source=Source.MANUAL,
            reason="Because.",
            value=1,
            status=PlanStatus.LEFT_OUT,
            left_out_code="too_long",
        )
        session.add(visit)
        session.flush()
        return visit.id


def test_a_check_in_makes_the_planned_visit_done_and_tells_the_phone(town, planned):
    town.anna.pull(town.engine)
    town.anna.check_in(town.customers["Bakery"])
    [result] = town.anna.deliver(town.engine)
    assert result.result["planned_visit_id"] == str(planned)
    town.anna.pull(town.engine)
    told = town.anna.store[("planned_visit", planned)]
    assert (told["status"], told["left_out_code"]) == ("done", None)


@pytest.mark.parametrize(("shop", "days"), [("Corner", 0), ("Bakery", 1)])
def test_another_customer_or_another_day_leaves_the_plan_alone(town, planned, shop, days):
    town.anna.wait(days * 24 * 60)
    town.anna.check_in(town.customers[shop])
    [result] = town.anna.deliver(town.engine)
    assert (result.status, result.result["planned_visit_id"]) == ("applied", None)
    with reading(town.engine) as session:
        assert session.get_one(PlannedVisit, planned).status is PlanStatus.LEFT_OUT


def test_what_was_done_offline_is_dated_by_the_counter_and_flagged_for_the_clock(town):
    """The phone runs three hours ahead and is out of reach for two."""
    town.anna.ahead = timedelta(hours=3)
    mutation = town.anna.check_in(town.customers["Bakery"])
    town.anna.wait(120)
    [result] = town.anna.deliver(town.engine)
    assert result.flags[0] == "clock_skew"
    with reading(town.engine) as session:
        visit = session.get_one(Visit, uuid.UUID(mutation["data"]["visit_id"]))
        assert visit.checked_in_at == NOON
        assert "clock_skew" in visit.flags


def test_what_is_released_later_keeps_the_time_at_which_it_happened(town):
    town.anna.stamp()
    check_in = town.anna.check_in(town.customers["Bakery"])
    town.anna.wait(15)
    check_out = town.anna.check_out(check_in["data"]["visit_id"])
    town.anna.send(town.engine, [check_out])
    town.anna.wait(600)
    town.anna.send(town.engine, [check_in])
    with reading(town.engine) as session:
        visit = session.get_one(Visit, uuid.UUID(check_in["data"]["visit_id"]))
        assert visit.checked_out_at == NOON + timedelta(minutes=15)
        events = session.scalars(select(VisitEvent).order_by(VisitEvent.received_at)).all()
        assert [event.received_at - NOON for event in events] == [timedelta(minutes=15), timedelta(minutes=615)]


def test_a_check_out_alone_stands_where_it_names_the_customer(town):
    mutation = town.anna.check_out(str(new_id()))
    mutation["data"]["customer_id"] = str(town.customers["Bakery"])
    [result] = town.anna.deliver(town.engine)
    assert (result.status, result.flags[0]) == ("applied", "no_check_in")


def test_every_arrival_reaches_the_phone_even_where_the_visit_itself_stays_as_it_is(town):
    """The feed looks at the visit's row, and the third check-in has nothing new to say about it."""
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    for events in (1, 2, 3):
        town.anna.deliver(town.engine)
        town.anna.pull(town.engine)
        assert len(town.anna.store[("visit", uuid.UUID(visit))]["events"]) == events
        town.anna.check_in(town.customers["Bakery"], uuid.UUID(visit))


def test_a_photo_taken_by_a_wrong_clock_is_dated_by_ours(town):
    town.anna.ahead = timedelta(days=-400)
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    photo = town.anna.photo(visit)
    town.anna.deliver(town.engine)
    with reading(town.engine) as session:
        assert session.get_one(Photo, uuid.UUID(photo["entity"]["id"])).taken_at == NOON


def test_the_same_bytes_announced_twice_point_to_the_first(town):
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    first = town.anna.photo(visit)
    town.anna.photo(visit)
    results = town.anna.deliver(town.engine)
    assert [each.result["photo_id"] for each in results[1:]] == [first["entity"]["id"]] * 2


def test_a_photo_that_cannot_be_is_rejected(town):
    spoilt = [
        {"sha256": "AB" * 32},
        {"sha256": "ab" * 31},
        {"sha256": "ab" * 32 + "\n"},
        {"size_bytes": 0},
        {"content_type": "image/svg+xml"},
        {"taken_at": "2026-03-02 12:00"},
        {"kind": ""},
    ]
    visit = town.anna.check_in(town.customers["Bakery"])["data"]["visit_id"]
    for spoil in spoilt:
        town.anna.photo(visit)["data"].update(spoil)
    codes = [each.problem["code"] for each in town.anna.deliver(town.engine)[1:]]
    assert codes == ["mutation.malformed"] * len(spoilt)


def test_an_order_that_cannot_be_is_rejected_with_its_reason(town):
    nothing = str(uuid.UUID(int=5))
    line = {"product_id": nothing, "quantity": 1, "unit_price_minor": 189}
    spoilt = [
        ({"currency": "USD"}, "order.wrong_currency"),
        ({"currency": "ZZZ"}, "money.unknown_currency"),
        ({"lines": []}, "order.invalid"),
        ({"total_minor": 1}, "order.total_mismatch"),
        ({"lines": [line]}, "product.not_found"),
        ({"lines": [line | {"quantity": 0}]}, "order.invalid"),
        ({"lines": [line | {"quantity": 1.5}]}, "mutation.malformed"),
    ]
    for spoil, _ in spoilt:
        town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)])["data"].update(spoil)
    codes = [each.problem["code"] for each in town.anna.deliver(town.engine)]
    assert codes == [code for _, code in spoilt]


def test_work_after_a_reassignment_is_applied_with_a_flag_and_work_before_it_plainly(town):
    """Both reach the server after the customer went to Ben; only the clock tells them apart."""
    town.anna.wait(60)
    before = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)])
    town.anna.wait(60)
    after = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)])
    town.anna.wait(60)
    with transaction(town.engine) as session:
        assignment = session.scalars(select(Assignment).where(Assignment.customer_id == town.customers["Bakery"])).one()
        assignment.ended_at = NOON + timedelta(minutes=90)
    flags = {str(each.id): each.flags for each in town.anna.deliver(town.engine)}
    assert flags == {before["id"]: (), after["id"]: ("not_assigned",)}


def test_a_position_may_be_missing_but_not_half_there(town):
    town.anna.check_in(town.customers["Bakery"], position=None)
    town.anna.check_in(town.customers["Corner"], position={"lat": 38.2})
    town.anna.check_in(town.customers["Dairy"], position=phones.THERE | {"accuracy_m": -1})
    results = town.anna.deliver(town.engine)
    assert [each.status for each in results] == ["applied", "rejected", "rejected"]
    assert results[0].flags == ("no_position",)


def test_work_told_a_week_late_is_done_as_dated_and_flagged(town):
    """The boot is over, so that only the phone's own clock vouches for the date."""
    mutations = [town.anna.check_in(town.customers["Bakery"])]
    mutations.append(town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)]))
    mutations.append(town.anna.photo(mutations[0]["data"]["visit_id"]))
    for each in mutations:
        each["at"] = {"wall": "2019-03-01T09:00:00+00:00", "mono_ms": 1, "boot_id": "long over"}
    results = town.anna.deliver(town.engine)
    assert [each.status for each in results] == ["applied"] * 3
    assert ["late" in each.flags for each in results] == [True] * 3
    assert results[0].result["day"] == "2019-03-01"
