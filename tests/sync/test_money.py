"""Money adds up to the cent, however often and in whatever order it is told."""

from __future__ import annotations

import uuid
from collections import Counter

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from worlds.answers import count, statuses

from fieldsales.customers.models import Assignment, Customer
from fieldsales.db.session import reading, transaction
from fieldsales.receivables.models import Payment
from sync.models import Mutation, Review

STEPS = st.lists(
    st.tuples(
        st.sampled_from(["take", "take", "take", "send and lose the answer", "send the last first", "deliver"]),
        st.sampled_from(["anna", "ben"]),
        st.sampled_from(["Bakery", "Fish"]),
        st.integers(1, 10**9),
    ),
    max_size=15,
)


def collected(town, ids):
    """Add up in plain Python what each rep took, of some payments."""
    found = Counter()
    with reading(town.engine) as session:
        for payment in session.scalars(select(Payment)):
            if str(payment.id) in ids:
                found[payment.rep_id] += payment.amount_minor
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25)
@given(STEPS)
def test_money_adds_up_under_lost_answers_and_any_order(town, steps):
    told, ids = Counter(), set()
    for what, who, shop, amount in steps:
        phone = getattr(town, who)
        if what == "take":
            ids.add(phone.collect(town.customers[shop], amount)["data"]["payment_id"])
            told[phone.who.user_id] += amount
        elif what == "deliver":
            assert set(statuses(phone.deliver(town.engine))) <= {"applied"}
        elif phone.queue:
            phone.send(town.engine, phone.queue if what.endswith("answer") else phone.queue[-1:])
    for phone in (town.anna, town.ben):
        phone.deliver(town.engine)
    assert collected(town, ids) == told


def test_money_taken_after_the_customer_went_to_somebody_else_is_recorded_and_looked_at(town):
    paid = town.anna.collect(town.customers["Bakery"], 500)
    with transaction(town.engine) as session:
        owned = session.scalars(select(Assignment).where(Assignment.customer_id == town.customers["Bakery"])).one()
        owned.ended_at = owned.assigned_at
        session.get_one(Customer, town.customers["Bakery"]).active = False
    [result] = town.anna.deliver(town.engine)
    assert (result.status, result.flags) == ("applied", ("customer_inactive", "not_assigned"))
    with reading(town.engine) as session:
        assert session.get_one(Mutation, uuid.UUID(paid["id"])).review is Review.OPEN


def test_money_that_is_merely_odd_bothers_nobody(town):
    paid = town.anna.collect(town.customers["Bakery"], 500, currency="USD")
    assert town.anna.deliver(town.engine)[0].flags == ("foreign_currency",)
    with reading(town.engine) as session:
        assert session.get_one(Mutation, uuid.UUID(paid["id"])).review is None


def test_the_same_payment_told_under_another_id_of_a_mutation_is_recorded_once(town):
    """An app that lost its queue and made it anew from its own records."""
    first = town.anna.collect(town.customers["Bakery"], 500)
    town.anna.deliver(town.engine)
    town.anna.do("payment.collect", ("payment", uuid.UUID(first["entity"]["id"])), first["data"])
    [again] = town.anna.deliver(town.engine)
    assert (again.status, again.problem["code"]) == ("rejected", "payment.id_taken")
    assert count(town.engine, Payment) == 1
