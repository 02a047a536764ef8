"""A first load in parts, and one pull after it, make the scope: whatever is written between the parts."""

from __future__ import annotations

import random
import uuid
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from worlds import phone_town
from worlds.first_load import begin, documents_of, fetch
from worlds.small_town import NOON

from fieldsales.catalog.models import Product, TierPrice
from fieldsales.changes.service import new_epoch
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.planning.models import PlannedVisit, Source
from sync import bootstrap
from sync.bootstrap import PartUnknown
from sync.cursor import CursorExpired
from sync.pull import pull


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """Parts of few rows, so that there are several."""
    monkeypatch.setattr(bootstrap, "PART_ROWS", 3)


def scope_of(town, phone):
    """Return what a load without parts gives."""
    store, cursor, more = {}, None, True
    while more:
        with reading(town.engine) as session:
            page = pull(session, phone.who.user_id, cursor)
        store |= {(row.entity, row.id): row.document for row in page.changes if row.document is not None}
        cursor, more = page.next_cursor, page.more
    return store


class Between:
    """What others do while a phone loads its parts."""

    def __init__(self, town, seed):
        self.town, self.chance = town, random.Random(seed)
        self.steps = [self.reassign, self.end, self.join, self.switch, self.price, self.agree, self.plan, self.work]

    def happen(self):
        for _ in range(self.chance.randrange(4)):
            with transaction(self.town.engine) as session:
                self.chance.choice(self.steps)(session)

    def pick(self, session, kind, *conditions):
        found = session.scalars(select(kind).where(*conditions).order_by(kind.id)).all()
        return self.chance.choice(found) if found else None

    def rep(self):
        return self.chance.choice([self.town.anna, self.town.ben]).who.user_id

    def reassign(self, session):
        if found := self.pick(session, Assignment, Assignment.ended_at.is_(None), Assignment.kind == "owner"):
            found.rep_id = self.rep()

    def end(self, session):
        if found := self.pick(session, Assignment, Assignment.ended_at.is_(None)):
            found.ended_at = NOON

    def join(self, session):
        customer, rep = self.pick(session, Customer), self.rep()
        facts = {"customer_id": customer.id, "rep_id": rep, "kind": AssignmentKind.KEY_ACCOUNT}
        if session.scalars(select(Assignment).filter_by(**facts, ended_at=None)).first() is None:
            session.add(Assignment(**facts, assigned_at=NOON))

    def switch(self, session):
        found = self.pick(session, self.chance.choice([Product, Customer]))
        found.active = not found.active

    def price(self, session):
        self.pick(session, Product).price_minor = self.chance.randrange(1000)

    def agree(self, session):
        session.execute(delete(TierPrice).where(TierPrice.price_minor < self.chance.randrange(1000)))
        session.add(TierPrice(tier="B", product_id=self.pick(session, Product).id, price_minor=500))

    def plan(self, session):
        facts = {"rep_id": self.rep(), "customer_id": self.pick(session, Customer).id}
        day = NOON.date() + timedelta(days=self.chance.randrange(1000))
        session.add(PlannedVisit(**facts, day=day, source=Source.MANUAL, reason="Because.", value=1))

    def work(self, session):
        """Go to a shop and sell; an order may also move to another customer, which nothing of ours does."""
        phone = self.chance.choice([self.town.anna, self.town.ben])
        shop, soap = self.pick(session, Customer).id, self.pick(session, Product).id
        if order := self.pick(session, Order):
            order.customer_id = shop
        session.commit()
        visit = phone.check_in(shop)["data"]["visit_id"]
        phone.order(shop, [(soap, 1, 189)], visit)
        phone.photo(visit, sha256=uuid.UUID(int=self.chance.getrandbits(128)).hex * 2)
        phone.deliver(self.town.engine)


@pytest.mark.parametrize("seed", range(12))
def test_parts_and_one_pull_make_the_scope_whatever_happens_between_them(town, seed):
    """Parts are fetched in any order, some twice; a part that keeps its version keeps its content."""
    others, contents = Between(town, seed), {}
    for _ in range(8):
        others.happen()
    for _ in range(3):
        names = begin(town.engine, town.anna)
        others.chance.shuffle(names)
        for name in names + names[:1]:
            others.happen()
            version, part = fetch(town.engine, town.anna.who.user_id, name)
            assert contents.setdefault(version, part) == part
            town.anna.store |= documents_of(part)
        others.happen()
        town.anna.pull(town.engine)
        assert town.anna.store == scope_of(town, town.anna)
    assert len(contents) > 5


def test_without_writes_the_parts_are_the_scope_and_the_pull_is_empty(town):
    names = begin(town.engine, town.anna)
    assert names[:2] == ["catalogue", "mine"]
    assert len(names) > 2
    for name in names:
        town.anna.store |= documents_of(fetch(town.engine, town.anna.who.user_id, name)[1])
    assert town.anna.store == scope_of(town, town.anna)
    assert town.anna.pull(town.engine) == 0


def versions(town, phone):
    with reading(town.engine) as session:
        return {part.name: part.version for part in bootstrap.manifest(session, phone.who.user_id).parts}


def test_a_version_changes_with_its_own_part_only(town):
    before, bens = versions(town, town.anna), versions(town, town.ben)
    with transaction(town.engine) as session:
        session.get_one(Customer, town.customers["Bakery"]).name = "Baker"
    after = versions(town, town.anna)
    assert [name for name in before if before[name] != after[name]] == [
        name
        for name in before
        if name.startswith("customers") and ("customer", town.customers["Bakery"]) in held(town, name)
    ]
    assert versions(town, town.ben) == bens


def held(town, name):
    return documents_of(fetch(town.engine, town.anna.who.user_id, name)[1])


def test_the_catalogue_is_the_same_for_everybody_and_the_rest_is_nobodys_elses(town):
    anna, ben = versions(town, town.anna), versions(town, town.ben)
    assert [name for name in anna if anna[name] == ben.get(name)] == ["catalogue"]


def test_a_commit_that_is_late_changes_the_version(postgresql_engine):
    """The slow writer's number is lower than one that was seen already: the highest number alone would not tell."""
    town = phone_town.build(postgresql_engine)
    with Session(town.engine) as slow:
        slow.get_one(Product, town.products["soap"]).price_minor = 1
        slow.flush()
        with transaction(town.engine) as session:
            session.get_one(Product, town.products["rice"]).price_minor = 2
        between = versions(town, town.anna)["catalogue"]
        slow.commit()
    after = versions(town, town.anna)["catalogue"]
    assert between != after
    with transaction(town.engine) as session:
        session.get_one(Customer, town.customers["Fish"]).name = "Fishes"
    assert versions(town, town.anna)["catalogue"] == after


def test_a_restored_backup_ends_the_manifest_and_all_versions(town):
    before = versions(town, town.anna)
    begin(town.engine, town.anna)
    with transaction(town.engine) as session:
        new_epoch(session)
    with pytest.raises(CursorExpired):
        town.anna.pull(town.engine)
    assert not set(before.values()) & set(versions(town, town.anna).values())


@pytest.mark.parametrize("name", ["", "all", "customers-0-of-2", "customers-3-of-2", "customers-1-of-99", "mine\x00"])
def test_a_name_that_no_manifest_has_is_refused(town, name):
    with pytest.raises(PartUnknown):
        fetch(town.engine, town.anna.who.user_id, name)
