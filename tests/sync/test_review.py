"""What a person decides about a mutation, and what follows from it."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import func, select
from worlds.answers import count, statuses
from worlds.small_town import NOON

from fieldsales.audit.models import AuditEntry
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.people.models import User
from fieldsales.people.rules import Actor, MayNotManage
from sync.models import Decision, Mutation, Review, Status, Wait
from sync.review.queries import ReviewUnknown
from sync.review.service import (
    Action,
    NotHeld,
    NotUnderReview,
    OwnWork,
    RulesRefuse,
    Ruling,
    RulingIncomplete,
    decide,
)


def actor(session, login):
    person = session.scalars(select(User).where(User.login == login)).one()
    return Actor(person.id, person.role, person.territory_id)


def rule(town, mutation, action, by="sara", **more):
    """Decide and commit; return the mutation."""
    with transaction(town.engine) as session:
        ruling = Ruling(Action(action), **more)
        found = decide(session, uuid.UUID(mutation["id"]), ruling, by=actor(session, by) if by else None, now=NOON)
        session.expunge_all()
        return found


def dear_order(town, **more):
    """Hand in an order at a price that nobody gives; it is held."""
    order = town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 1, 9999)], **more)
    assert statuses(town.anna.deliver(town.engine)) == ["held"]
    return order


def follower(town, order):
    """Hand in a check-in that waits for it."""
    check_in = town.anna.check_in(town.customers["Corner"], after=[order["id"]])
    assert statuses(town.anna.deliver(town.engine)) == ["held"]
    return check_in


def stands(town, mutation):
    with reading(town.engine) as session:
        return session.get_one(Mutation, uuid.UUID(mutation["id"])).status


def at_our_price(order):
    return order["data"] | {
        "lines": [order["data"]["lines"][0] | {"unit_price_minor": 589}],
        "total_minor": 589,
    }


def test_an_accepted_order_is_taken_as_told_and_what_waited_goes_on(town):
    order = dear_order(town)
    check_in = follower(town, order)
    ruled = rule(town, order, "accept")
    assert (ruled.status, ruled.review, ruled.decision, ruled.decided_by) == (
        Status.APPLIED,
        Review.DONE,
        Decision.ACCEPTED,
        town.sara_id,
    )
    assert ruled.outcome["result"]["amount_minor"] == 9999
    assert stands(town, check_in) is Status.APPLIED


def test_a_correction_takes_the_place_of_what_was_sent_which_stays_as_it_was(town):
    order = dear_order(town)
    ruled = rule(town, order, "apply", data=at_our_price(order), reason="The list says so.")
    assert (ruled.status, ruled.payload, ruled.decision_reason) == (Status.APPLIED, order, "The list says so.")
    assert ruled.outcome["result"]["amount_minor"] == 589


def test_a_correction_that_the_rules_refuse_changes_nothing(town):
    order = dear_order(town)
    check_in = follower(town, order)
    for broken in (at_our_price(order) | {"total_minor": 1}, {}, at_our_price(order) | {"order_id": str(uuid.uuid4())}):
        with pytest.raises(RulesRefuse) as refused:
            rule(town, order, "apply", data=broken, reason="A slip of the pen.")
        assert refused.value.facts["problem"]["code"] in {"order.total_mismatch", "mutation.malformed"}
    with reading(town.engine) as session:
        found = session.get_one(Mutation, uuid.UUID(order["id"]))
        assert (found.status, found.review, found.corrected, found.decision) == (Status.HELD, Review.OPEN, None, None)
    assert stands(town, check_in) is Status.HELD


def test_a_discarded_mutation_is_refused_with_the_reason_and_lets_go_of_what_waited(town):
    order = dear_order(town)
    check_in = follower(town, order)
    ruled = rule(town, order, "discard", reason="Ordered twice.")
    assert (ruled.status, ruled.review, ruled.payload) == (Status.REJECTED, Review.DONE, order)
    problem = ruled.outcome["problem"]
    assert (problem["code"], problem["reason"]) == ("mutation.discarded", "Ordered twice.")
    assert stands(town, check_in) is Status.APPLIED
    assert count(town.engine, Order) == 0
    again = town.anna.send(town.engine, [order]).results[0]
    assert (again.status, again.replayed, again.problem["code"]) == ("rejected", True, "mutation.discarded")


def test_what_a_discarded_one_waited_for_no_longer_wakes_it(town):
    visit = uuid.uuid4()
    order = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], str(visit))
    assert statuses(town.anna.deliver(town.engine)) == ["held"]
    rule(town, order, "discard", reason="Never happened.")
    assert count(town.engine, Wait) == 0
    town.anna.check_in(town.customers["Bakery"], visit)
    town.anna.deliver(town.engine)
    assert stands(town, order) is Status.REJECTED


def test_a_retry_in_vain_stays_under_review_and_keeps_an_acceptance(town):
    visit = uuid.uuid4()
    order = dear_order(town)
    assert rule(town, order, "retry").review is Review.OPEN
    early = town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 1, 9999)], str(visit))
    town.anna.deliver(town.engine)
    for action in ("accept", "retry"):
        ruled = rule(town, early, action)
        assert (ruled.status, ruled.review, ruled.decision) == (Status.HELD, Review.OPEN, Decision.ACCEPTED)
    town.anna.check_in(town.customers["Bakery"], visit)
    town.anna.deliver(town.engine)
    assert stands(town, early) is Status.HELD  # who accepted it was told of no price
    assert rule(town, early, "accept").status is Status.APPLIED


def test_who_comes_second_finds_it_decided(town):
    order = dear_order(town)
    rule(town, order, "accept")
    for action in ("accept", "retry", "discard"):
        with pytest.raises(NotUnderReview) as late:
            rule(town, order, action, by="max", reason="Me too.")
        assert (late.value.facts["fate"], late.value.facts["decision"]) == ("applied", "accepted")
    assert count(town.engine, Order) == 1


def test_what_was_applied_can_only_be_accepted(town):
    order = town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 1, 589)])
    town.anna.deliver(town.engine)
    with transaction(town.engine) as session:
        session.get_one(Mutation, uuid.UUID(order["id"])).review = Review.OPEN
    for action in ("retry", "discard"):
        with pytest.raises(NotHeld):
            rule(town, order, action, reason="No.")
    ruled = rule(town, order, "accept", by=None)
    assert (ruled.status, ruled.review, ruled.decided_by) == (Status.APPLIED, Review.DONE, None)


def test_only_leaders_of_those_below_them_decide_and_nobody_about_the_own_work(town):
    order = dear_order(town)
    with pytest.raises(OwnWork):
        rule(town, order, "accept", by="anna")
    with pytest.raises(ReviewUnknown):
        rule(town, order, "accept", by="ben")
    with transaction(town.engine) as session:
        session.execute(User.__table__.update().where(User.login == "anna").values(role="supervisor"))
    with pytest.raises(MayNotManage):
        rule(town, order, "accept")
    assert rule(town, order, "accept", by="max").status is Status.APPLIED


@pytest.mark.parametrize(
    ("action", "lacking"),
    [
        ("discard", {}),
        ("discard", {"reason": " "}),
        ("apply", {"data": {}}),
        ("apply", {"reason": "so"}),
        ("retry", {"data": {}}),
    ],
)
def test_a_decision_without_its_reason_or_data_is_none(action, lacking):
    with pytest.raises(RulingIncomplete):
        Ruling(Action(action), **lacking)


def test_every_step_is_in_the_audit_trail(town):
    order = dear_order(town)
    rule(town, order, "retry")
    rule(town, order, "apply", data=at_our_price(order), reason="The list says so.")
    with reading(town.engine) as session:
        assert session.scalar(select(func.count()).select_from(Order)) == 1
        steps = session.scalars(select(AuditEntry).where(AuditEntry.subject_type == "mutation").order_by(AuditEntry.id))
        told = [(each.action, each.actor_id, each.facts["before"], each.facts["after"]) for each in steps]
    beyond = {"status": "held", "code": "order.price_out_of_band"}
    assert told == [
        ("mutation.retry", town.sara_id, beyond, beyond),
        ("mutation.apply", town.sara_id, beyond, {"status": "applied", "code": None}),
    ]
