"""A mutation waits only for what it needs, and is released by itself."""

from __future__ import annotations

import uuid

from sqlalchemy.exc import OperationalError
from worlds.answers import codes, count, statuses

from fieldsales.db.base import new_id
from fieldsales.db.session import reading
from fieldsales.orders import service as order_service
from fieldsales.orders.models import Order
from fieldsales.visits.models import Photo, VisitEvent
from sync.models import Mutation
from sync.queries import outcome_of


def test_a_database_that_stumbles_over_a_released_mutation_does_not_lose_it(town, monkeypatch):
    """Its phone has forgotten it: it must not be asked for again."""

    def stumbles(*_):
        raise OperationalError("SELECT 1", {}, Exception("deadlock detected"))

    check_in = town.anna.check_in(town.customers["Bakery"])
    order = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], after=[check_in["id"]])
    town.anna.send(town.engine, [order])
    monkeypatch.setattr(order_service, "products_of", stumbles)
    assert statuses(town.anna.send(town.engine, [check_in]).results) == ["applied"]
    with reading(town.engine) as session:
        assert outcome_of(session, uuid.UUID(order["id"]), town.anna.who.user_id).status == "held"


def test_a_mutation_that_waits_for_two_is_released_by_the_second(town):
    check_ins = [town.anna.check_in(town.customers[shop]) for shop in ("Bakery", "Corner")]
    order = town.anna.order(
        town.customers["Bakery"],
        [(town.products["soap"], 1, 189)],
        after=[each["id"] for each in check_ins],
    )
    seen = []
    for mutation in (order, *check_ins):
        assert town.anna.send(town.engine, [mutation]).results[0].status != "rejected"
        with reading(town.engine) as session:
            seen.append(outcome_of(session, uuid.UUID(order["id"]), town.anna.who.user_id).status)
    assert seen == ["held", "held", "applied"]


def test_a_mutation_waits_for_the_one_it_names_and_is_released_by_itself(town):
    check_in = town.anna.check_in(town.customers["Bakery"])
    order = town.anna.order(
        town.customers["Bakery"],
        [(town.products["coffee"], 1, 589)],
        check_in["data"]["visit_id"],
        after=[check_in["id"]],
    )
    check_out = town.anna.check_out(check_in["data"]["visit_id"], after=[order["id"]])
    results = town.anna.send(town.engine, [check_out, order]).results
    assert codes(results) == ["mutation.waiting"] * 2
    assert count(town.engine, Order) == 0
    town.anna.send(town.engine, [check_in])
    with reading(town.engine) as session:
        for mutation in (order, check_out):
            told = outcome_of(session, uuid.UUID(mutation["id"]), town.anna.who.user_id)
            assert (told.status, told.replayed) == ("applied", True)
    assert count(town.engine, Order) == 1


def test_the_phone_hears_in_the_feed_what_became_of_a_held_mutation(town):
    check_in = town.anna.check_in(town.customers["Bakery"])
    order = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], after=[check_in["id"]])
    key = ("mutation", uuid.UUID(order["id"]))
    town.anna.send(town.engine, [order])
    town.anna.pull(town.engine)
    assert town.anna.store[key]["status"] == "held"
    town.anna.send(town.engine, [check_in])
    town.anna.pull(town.engine)
    assert town.anna.store[key]["status"] == "applied"
    assert town.anna.store[key]["outcome"]["result"]["amount_minor"] == 189
    assert ("mutation", uuid.UUID(check_in["id"])) not in town.anna.store


def test_a_dependency_later_in_the_batch_releases_what_came_before_it(town):
    check_in = town.anna.check_in(town.customers["Bakery"])
    order = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], after=[check_in["id"]], seq=0)
    assert statuses(town.anna.send(town.engine, [order, check_in]).results) == ["applied", "applied"]


def test_a_dependency_earlier_in_the_batch_holds_nothing_up(town):
    check_in = town.anna.check_in(town.customers["Bakery"])
    order = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], after=[check_in["id"]])
    town.anna.deliver(town.engine)
    with reading(town.engine) as session:
        assert session.get_one(Mutation, uuid.UUID(order["id"])).held_at is None


def test_what_is_about_a_visit_waits_for_it_even_without_naming_the_mutation(town):
    check_in = town.anna.check_in(town.customers["Bakery"])
    visit = check_in["data"]["visit_id"]
    town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], visit)
    town.anna.photo(visit)
    town.anna.check_out(visit)
    early = town.anna.send(town.engine, town.anna.queue[1:]).results
    assert codes(early) == ["mutation.waiting"] * 3
    results = town.anna.deliver(town.engine)
    assert statuses(results) == ["applied"] * 4
    assert (count(town.engine, Order), count(town.engine, Photo), count(town.engine, VisitEvent)) == (1, 1, 2)


def test_a_rejected_dependency_blocks_nothing(town):
    poison = town.anna.order(town.customers["Bakery"], [])
    town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], after=[poison["id"]])
    town.anna.check_in(town.customers["Corner"])
    assert statuses(town.anna.deliver(town.engine)) == ["rejected", "applied", "applied"]


def test_a_held_dependency_holds_only_what_names_it(town):
    poison = town.anna.do("visit.levitate", ("visit", new_id()), {})
    town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], after=[poison["id"]])
    town.anna.check_in(town.customers["Corner"], after=[])
    assert statuses(town.anna.deliver(town.engine)) == ["held", "held", "applied"]


def test_nobody_waits_for_anothers_mutation(town):
    """Ben naming Anna's mutation learns nothing of it, whether hers comes after his or before."""
    hers = town.anna.check_in(town.customers["Bakery"])
    before = town.ben.check_in(town.customers["Fish"], after=[hers["id"]])
    assert statuses(town.ben.deliver(town.engine)) == ["held"]
    town.anna.deliver(town.engine)
    town.ben.check_in(town.customers["Grocer"], after=[hers["id"]])
    assert statuses(town.ben.deliver(town.engine)) == ["held"]
    with reading(town.engine) as session:
        assert outcome_of(session, uuid.UUID(before["id"]), town.ben.who.user_id).status == "held"


def test_what_waits_for_a_visit_whose_id_another_rep_takes_is_refused_with_its_check_in(town):
    visit = new_id()
    order = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], str(visit))
    assert statuses(town.anna.deliver(town.engine)) == ["held"]
    town.ben.check_in(town.customers["Fish"], visit)
    assert statuses(town.ben.deliver(town.engine)) == ["applied"]
    town.anna.check_in(town.customers["Bakery"], visit)
    assert codes(town.anna.deliver(town.engine)) == ["visit.id_taken"]
    with reading(town.engine) as session:
        told = outcome_of(session, uuid.UUID(order["id"]), town.anna.who.user_id)
    assert (told.status, told.problem["code"]) == ("rejected", "visit.id_taken")


def test_what_waits_for_a_visit_goes_on_waiting_when_a_check_in_is_refused(town):
    visit = new_id()
    order = town.anna.order(town.customers["Bakery"], [(town.products["soap"], 1, 189)], str(visit))
    town.anna.deliver(town.engine)
    seen = []
    for customer_id in (new_id(), town.customers["Bakery"]):
        town.anna.check_in(customer_id, visit)
        town.anna.deliver(town.engine)
        with reading(town.engine) as session:
            seen.append(outcome_of(session, uuid.UUID(order["id"]), town.anna.who.user_id).status)
    assert seen == ["held", "applied"]
