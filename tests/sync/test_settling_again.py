"""What was held is tried again by a person's decision, and what waited for it follows."""

from __future__ import annotations

import uuid

from sqlalchemy import select
from worlds.answers import count, statuses
from worlds.small_town import NOON

from fieldsales.db.base import new_id
from fieldsales.db.session import transaction
from fieldsales.orders.models import Order
from sync.models import Decision, Mutation, Review, Status, Wait
from sync.settling import release, settle_again


def dear_order(town, **more):
    """Queue an order at a price that nobody gives."""
    return town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 1, 9999)], **more)


def fates(session):
    return {each.seq: each.status for each in session.scalars(select(Mutation))}


def test_a_held_order_that_is_tried_again_without_a_change_stays_held(town):
    dear_order(town)
    town.anna.deliver(town.engine)
    with transaction(town.engine) as session:
        [mutation] = session.scalars(select(Mutation))
        outcomes = settle_again(session, [mutation], NOON)
        assert outcomes[mutation.id].problem["code"] == "order.price_out_of_band"
        assert (mutation.status, mutation.review) == (Status.HELD, Review.OPEN)
    assert count(town.engine, Order) == 0


def test_a_corrected_order_is_applied_with_the_correction_and_what_waited_follows(town):
    order = dear_order(town)
    town.anna.check_in(town.customers["Corner"], after=[order["id"]])
    assert statuses(town.anna.deliver(town.engine)) == ["held", "held"]
    with transaction(town.engine) as session:
        mutation = session.get_one(Mutation, uuid.UUID(order["id"]))
        line = order["data"]["lines"][0] | {"unit_price_minor": 589}
        mutation.corrected = order["data"] | {"lines": [line], "total_minor": 589}
        outcomes = settle_again(session, [mutation], NOON)
        assert outcomes[mutation.id].result["amount_minor"] == 589
        assert mutation.payload == order
        assert fates(session) == {1: Status.APPLIED, 2: Status.APPLIED}


def test_an_accepted_price_stands_however_far_it_is_from_ours(town):
    dear_order(town)
    town.anna.deliver(town.engine)
    with transaction(town.engine) as session:
        [mutation] = session.scalars(select(Mutation))
        mutation.decision = Decision.ACCEPTED
        assert settle_again(session, [mutation], NOON)[mutation.id].status is Status.HELD  # of what nobody said
        mutation.outcome = mutation.outcome | {"accepted": ["order.price_out_of_band"]}
        outcomes = settle_again(session, [mutation], NOON)
        assert outcomes[mutation.id].result["amount_minor"] == 9999
        assert outcomes[mutation.id].flags == ("price_differs",)


def test_what_is_settled_is_never_done_again(town):
    town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 1, 589)])
    town.anna.deliver(town.engine)
    with transaction(town.engine) as session:
        [mutation] = session.scalars(select(Mutation))
        assert settle_again(session, [mutation], NOON)[mutation.id].result["amount_minor"] == 589
    assert count(town.engine, Order) == 1


def test_what_still_waits_goes_on_waiting_for_the_same(town):
    missing = new_id()
    dear_order(town, after=[str(missing)])
    town.anna.deliver(town.engine)
    with transaction(town.engine) as session:
        [mutation] = session.scalars(select(Mutation))
        settle_again(session, [mutation], NOON)
        session.flush()
        assert [each.waits_for for each in session.scalars(select(Wait))] == [missing]


def test_what_waited_for_a_discarded_mutation_goes_on(town):
    order = dear_order(town)
    town.anna.check_in(town.customers["Corner"], after=[order["id"]])
    town.anna.deliver(town.engine)
    with transaction(town.engine) as session:
        mutation = session.get_one(Mutation, uuid.UUID(order["id"]))
        mutation.status, mutation.decision, mutation.settled_at = Status.REJECTED, Decision.DISCARDED, NOON
        release(session, mutation, NOON)
        assert fates(session) == {1: Status.REJECTED, 2: Status.APPLIED}
