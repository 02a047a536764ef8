"""New shops found on the road, and better facts about known ones, as phones hand them in."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import select
from worlds import phone as phones
from worlds.small_town import NOON

from fieldsales.audit.models import AuditEntry
from fieldsales.customers import service as customers
from fieldsales.customers.models import Assignment, Customer, CustomerField
from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.people.models import User
from fieldsales.proposals.service import confirm_customer
from sync.models import Mutation, Review
from sync.review.service import Action, Ruling, decide

HERE = {"lat": 38.30, "lon": 21.80}


def propose(who, name="Kiosk at the port", customer_id=None, /, **more):
    customer_id = customer_id or new_id()
    data = {"customer_id": str(customer_id), "name": name, "position": HERE} | more
    who.do("customer.propose", ("customer", customer_id), data)
    return customer_id


def update(who, customer_id, base_version, /, **edits):
    data = {"customer_id": str(customer_id), "fields": edits}
    return who.do("customer.update", ("customer", customer_id), data, base_version=base_version)


def office_changes(town, shop, /, **values):
    with transaction(town.engine) as session:
        customers.change_customer(session, town.customers[shop], values, now=NOON)


def test_a_new_shop_can_be_visited_and_sold_to_in_the_same_batch(town):
    shop = propose(town.anna, phone="2610 123456", category="kiosk")
    visit = town.anna.check_in(shop, position=None)["data"]["visit_id"]
    town.anna.order(shop, [(town.products["water"], 2, 50)], visit)
    results = town.anna.deliver(town.engine)
    assert [each.status for each in results] == ["applied"] * 3
    assert results[0].flags == ("proposed",)
    town.anna.pull(town.engine)
    held = town.anna.store[("customer", shop)]
    assert (held["name"], held["phone"], held["flags"]) == ("Kiosk at the port", "+302610123456", ["proposed"])
    assert any(key[0] == "order" for key in town.anna.store)


def test_a_new_shop_belongs_to_its_finder_and_waits_for_a_persons_eye(town):
    shop = propose(town.anna)
    town.anna.deliver(town.engine)
    with reading(town.engine) as session:
        assignment = session.scalars(select(Assignment).where(Assignment.customer_id == shop)).one()
        assert (assignment.rep_id, session.get_one(Customer, shop).proposed_by) == (town.anna.who.user_id,) * 2
        assert session.scalars(select(Mutation)).one().review is Review.OPEN
        assert "customer.propose" in session.scalars(select(AuditEntry.action)).all()


def test_what_cannot_be_read_of_a_new_shop_is_left_out_and_flagged(town):
    propose(town.anna, phone="12", opening_hours="sometimes", position=None)
    [result] = town.anna.deliver(town.engine)
    assert result.status == "applied"
    assert set(result.flags) == {"proposed", "phone_invalid", "opening_hours_invalid", "no_position"}


def test_a_shop_that_may_be_known_already_is_flagged_with_its_likes(town):
    bakery = town.customers["Bakery"]
    with reading(town.engine) as session:
        known = session.get_one(Customer, bakery)
        door = {"lat": known.latitude + 0.0003, "lon": known.longitude}
    propose(town.ben, "the bakery", position=door)
    [result] = town.ben.deliver(town.engine)
    assert "possible_duplicate" in result.flags
    assert result.result["alike"] == [str(bakery)]


def test_a_proposal_under_a_known_id_is_refused_and_changes_nothing(town):
    propose(town.ben, "Mine now", town.customers["Bakery"])
    [result] = town.ben.deliver(town.engine)
    assert (result.status, result.problem["code"]) == ("rejected", "customer.id_taken")


def test_an_edit_is_set_tidied_and_reaches_the_other_reps_of_the_customer(town):
    update(town.anna, town.customers["Bakery"], 1, phone={"now": "2610-999999"}, city={"now": "  Rio "})
    [result] = town.anna.deliver(town.engine)
    assert result.result | {"customer_id": None} == {
        "customer_id": None, "version": 2, "applied": ["city", "phone"], "unchanged": [], "kept": {},
    }  # fmt: skip
    town.anna.pull(town.engine)
    told = town.anna.store[("customer", town.customers["Bakery"])]
    assert (told["phone"], told["city"], told["version"]) == ("+302610999999", "Rio", 2)


def test_the_same_field_on_both_sides_keeps_ours_and_holds_the_loser_for_review(town):
    office_changes(town, "Bakery", phone="2610 111111")
    update(town.anna, town.customers["Bakery"], 1, phone={"now": "2610 222222"}, address={"now": "Quay 1"})
    [result] = town.anna.deliver(town.engine)
    assert (result.status, result.flags, result.result["applied"]) == ("applied", ("conflict",), ["address"])
    assert result.result["kept"] == {
        "phone": {"yours": "+302610222222", "ours": "+302610111111", "why": "changed_here"}
    }
    with reading(town.engine) as session:
        assert session.scalars(select(Mutation)).one().review is Review.OPEN


def test_other_fields_changed_meanwhile_stand_in_nobodys_way(town):
    office_changes(town, "Bakery", name="Bakery and Son")
    update(town.anna, town.customers["Bakery"], 1, position={"now": HERE})
    [result] = town.anna.deliver(town.engine)
    assert (result.flags, result.result["applied"], result.result["version"]) == ((), ["position"], 3)


def test_a_value_that_breaks_a_rule_is_kept_and_its_neighbours_are_set(town):
    update(town.anna, town.customers["Bakery"], 1, phone={"now": "abc"}, name={"now": " "}, city={"now": "Rio"})
    [result] = town.anna.deliver(town.engine)
    assert result.result["applied"] == ["city"]
    assert {name: each["why"] for name, each in result.result["kept"].items()} == {
        "phone": "phone.invalid", "name": "customer.name_missing",
    }  # fmt: skip


def test_two_devices_that_edit_the_same_version_converge(town):
    with transaction(town.engine) as session:
        anna = session.get_one(User, town.anna.who.user_id)
        tablet = phones.give(session, anna, NOON, "Anna's tablet")
    update(town.anna, town.customers["Bakery"], 1, city={"now": "Rio"})
    first = town.anna.deliver(town.engine)[0]
    update(tablet, town.customers["Bakery"], 1, city={"now": "Patras"}, address={"now": "Quay 1"})
    second = tablet.deliver(town.engine)[0]
    assert (first.result["applied"], second.result["applied"]) == (["city"], ["address"])
    with reading(town.engine) as session:
        bakery = session.get_one(Customer, town.customers["Bakery"])
        assert (bakery.city, bakery.address) == ("Rio", "Quay 1")


def test_an_edit_of_a_customer_that_was_never_the_reps_is_held_for_a_person(town):
    update(town.ben, town.customers["Bakery"], 1, city={"now": "Rio"})
    [result] = town.ben.deliver(town.engine)
    assert (result.status, result.problem["code"]) == ("held", "customer.not_served")
    with transaction(town.engine) as session:
        decide(session, result.id, Ruling(Action.ACCEPT), by=None, now=NOON)
    with reading(town.engine) as session:
        assert session.get_one(Customer, town.customers["Bakery"]).city == "Rio"


def test_an_edit_made_after_the_customer_was_given_away_stands_with_a_flag(town):
    town.anna.wait(60)
    with transaction(town.engine) as session:
        mine = Assignment.customer_id == town.customers["Bakery"]
        session.scalars(select(Assignment).where(mine)).one().ended_at = NOON
    update(town.anna, town.customers["Bakery"], 1, city={"now": "Rio"})
    [result] = town.anna.deliver(town.engine)
    assert (result.status, result.flags) == ("applied", ("not_assigned",))


def test_a_call_at_a_shop_that_is_not_here_yet_waits_for_its_proposal(town):
    shop = propose(town.anna)
    proposal = town.anna.queue.pop()
    visit = town.anna.check_in(shop, position=None)["data"]["visit_id"]
    order = town.anna.order(shop, [(town.products["water"], 2, 50)], visit)
    town.anna.check_out(visit)
    assert [each.status for each in town.anna.deliver(town.engine)] == ["held"] * 3
    town.anna.send(town.engine, [proposal])
    town.anna.pull(town.engine)
    assert town.anna.store[("order", uuid.UUID(order["data"]["order_id"]))]["amount_minor"] == 100
    assert town.anna.store[("visit", uuid.UUID(visit))]["checked_out_at"] is not None


def test_an_edit_waits_for_the_proposal_that_it_is_about(town):
    shop = propose(town.anna)
    proposal = town.anna.queue.pop()
    update(town.anna, shop, 1, city={"now": "Rio"})
    [result] = town.anna.deliver(town.engine)
    assert (result.status, result.problem["code"]) == ("held", "mutation.waiting")
    town.anna.send(town.engine, [proposal])
    with reading(town.engine) as session:
        assert session.get_one(Customer, shop).city == "Rio"


@pytest.mark.parametrize(
    ("edits", "why"),
    [
        ({}, "No field is edited"),
        ({"tier": {"now": "A"}}, "Unknown field"),
        ({"city": {}}, "Missing data"),
        ({"city": {"now": "x" * 121}}, "Longer than maximum"),
        ({"position": {"now": {"lat": 99, "lon": 0}}}, "Must be greater"),
    ],
)
def test_an_edit_without_its_shape_is_refused_plainly(town, edits, why):
    update(town.anna, town.customers["Bakery"], 1, **edits)
    [result] = town.anna.deliver(town.engine)
    assert (result.status, result.problem["code"]) == ("rejected", "mutation.malformed")
    assert why in result.problem["detail"]


def test_every_writer_leaves_the_version_in_which_a_field_changed(town):
    """Also one that goes past the verbs, as imports do: a trigger keeps it."""
    bakery = town.customers["Bakery"]
    with transaction(town.engine) as session:
        session.connection().execute(
            Customer.__table__.update().where(Customer.id == bakery).values(city="Rio", version=7)
        )
        session.connection().execute(Customer.__table__.update().values(city=Customer.city, tier="A"))
    with reading(town.engine) as session:
        noted = session.execute(select(CustomerField.customer_id, CustomerField.field, CustomerField.version)).all()
    assert [tuple(row) for row in noted] == [(bakery, "city", 7)]


def test_a_confirmed_shop_loses_its_doubts(town):
    shop = propose(town.anna)
    town.anna.deliver(town.engine)
    with transaction(town.engine) as session:
        confirm_customer(session, session.get_one(Customer, shop), by=town.sara_id, now=NOON)
    town.anna.pull(town.engine)
    assert town.anna.store[("customer", shop)]["flags"] == []
