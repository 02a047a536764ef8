"""RxDB pulls a collection at a time: each page is full unless it is the last, and nothing is skipped."""

from __future__ import annotations

import jsonschema
import pytest
from sqlalchemy import select
from worlds import small_town
from worlds.rx_collection import RxCollection

from fieldsales.changes.service import new_epoch
from fieldsales.customers.models import Assignment
from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.planning.models import PlannedVisit, Source
from sync.cursor import CursorExpired, CursorInvalid
from sync.faces.rxdb.collections import COLLECTIONS, CollectionUnknown, entity_of
from sync.faces.rxdb.downstream import pull_documents
from sync.faces.rxdb.schemas import schema_of
from sync.shapes import SHAPES

LIMITS = [1, 2, 100]


def collection(town, entity):
    return RxCollection(town.engine, town.anna.who, entity, small_town.NOON)


@pytest.mark.parametrize("limit", LIMITS)
def test_the_collections_together_are_what_a_phone_holds(town, limit):
    town.anna.check_in(town.customers["Bakery"])
    town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 2, 589)])
    town.anna.deliver(town.engine)
    town.anna.pull(town.engine)
    held = {}
    for entity in SHAPES:
        mine = collection(town, entity)
        mine.receive(limit)
        held |= {(entity, key): {k: v for k, v in each.items() if k != "_deleted"} for key, each in mine.fork.items()}
    assert held == {(entity, str(identity)): each for (entity, identity), each in town.anna.store.items()}


@pytest.mark.parametrize("limit", LIMITS)
def test_a_page_is_full_although_much_that_is_looked_at_is_not_told(town, limit):
    """RxDB stops asking at the first page that is not full: what came after it would be missing."""
    for _ in range(10):
        unknown = new_id()
        town.anna.do("van.count", ("van", unknown), {})
    town.anna.deliver(town.engine)
    with transaction(town.engine) as session:
        for name in ("Bakery", "Corner", "Dairy"):
            facts = {
                "rep_id": town.anna.who.user_id,
                "customer_id": town.customers[name],
                "day": small_town.NOON.date(),
            }
            session.add(PlannedVisit(**facts, source=Source.MANUAL, reason="Because.", value=1))
    planned = collection(town, "planned_visit")
    assert planned.receive(limit) <= 3 // limit + 1
    assert len(planned.alive()) == 3


def test_what_leaves_the_scope_is_deleted(town):
    customers = collection(town, "customer")
    customers.receive()
    with transaction(town.engine) as session:
        bakery = session.scalars(select(Assignment).where(Assignment.customer_id == town.customers["Bakery"])).one()
        bakery.ended_at = small_town.NOON
    customers.receive()
    assert {each["name"] for each in customers.alive().values()} == {"Corner", "Dairy"}


def test_a_checkpoint_is_good_for_its_own_collection_only(town):
    products = collection(town, "product")
    products.receive()
    with reading(town.engine) as session, pytest.raises(CursorInvalid):
        pull_documents(session, town.anna.who.user_id, "customer", products.checkpoint, 10)


def test_a_restored_database_makes_checkpoints_worthless(town):
    products = collection(town, "product")
    products.receive()
    with transaction(town.engine) as session:
        new_epoch(session)
    with pytest.raises(CursorExpired):
        products.receive()


def test_a_collection_is_named_after_its_entity():
    assert entity_of("planned_visits") == "planned_visit"
    assert set(COLLECTIONS.values()) == set(SHAPES)
    with pytest.raises(CollectionUnknown, match="There are agreements, approvals, assignments, cause_lists, customers"):
        entity_of("vans")


@pytest.mark.parametrize("entity", SHAPES)
def test_a_schema_has_every_field_of_its_documents_in_its_type(town, entity):
    town.anna.check_in(town.customers["Bakery"])
    town.anna.order(town.customers["Bakery"], [(town.products["coffee"], 2, 589)])
    town.anna.deliver(town.engine)
    mine = collection(town, entity)
    mine.receive()
    schema = jsonschema.Draft202012Validator(schema_of(entity) | {"additionalProperties": False})
    for document in mine.alive().values():
        schema.validate({name: value for name, value in document.items() if name != "_deleted"})
