"""Collections of RxDB that are pushed and pulled in any order, with answers lost, end equal to the server."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import func, select
from worlds import small_town
from worlds.rx_collection import RxCollection

from fieldsales.customers.models import Customer
from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.notes.models import Note
from fieldsales.orders.models import Order
from fieldsales.visits.models import Visit, VisitEvent
from sync.faces.rxdb.downstream import pull_documents

ENTITIES = ("visit", "order", "note", "customer")
CAME, WENT = "2026-03-02T11:00:00+00:00", "2026-03-02T11:30:00+00:00"


class Rep:
    """A phone with a few collections whose rep does things, and whose network does what it likes."""

    def __init__(self, town, seed):
        self.town, self.chance = town, random.Random(seed)
        self.of = {each: RxCollection(town.engine, town.anna.who, each, small_town.NOON) for each in ENTITIES}
        self.mine = [str(town.customers[name]) for name in ("Bakery", "Corner", "Dairy")]
        self.made = dict.fromkeys(ENTITIES, 0)

    def visit(self):
        """Arrive."""
        self.of["visit"].put(new_id(), customer_id=self.chance.choice(self.mine), checked_in_at=CAME)
        self.made["visit"] += 1

    def leave(self):
        """Leave one of those shops where the rep still is."""
        here = [key for key, each in self.of["visit"].alive().items() if not each.get("checked_out_at")]
        if here:
            self.of["visit"].put(self.chance.choice(here), checked_out_at=WENT, summary="Done.")

    def order(self):
        """Sell, perhaps on a visit that the server has not heard of."""
        visits = list(self.of["visit"].alive().values())
        on = self.chance.choice(visits) if visits else {"id": None, "customer_id": self.mine[0]}
        line = {"product_id": str(self.town.products["coffee"]), "quantity": 2, "unit_price_minor": 589}
        told = {"customer_id": on["customer_id"], "visit_id": on["id"], "currency": "EUR", "lines": [line]}
        self.of["order"].put(new_id(), ordered_at=CAME, **told)
        self.made["order"] += 1

    def note(self):
        """Remember something."""
        self.of["note"].put(new_id(), customer_id=self.chance.choice(self.mine), text="Ask for the owner.")
        self.made["note"] += 1

    def edit(self):
        """Mend a fact, while somebody else may mend it too."""
        if known := sorted(self.of["customer"].alive()):
            self.of["customer"].put(self.chance.choice(known), phone=f"+30 {self.chance.randrange(9)}")

    def meddle(self):
        """Somebody else changes a customer."""
        with transaction(self.town.engine) as session:
            theirs = session.get_one(Customer, self.town.customers[self.chance.choice(["Bakery", "Corner"])])
            theirs.phone, theirs.city = f"+30 {self.chance.randrange(10, 20)}", f"City {self.chance.randrange(9)}"
            theirs.version += 1

    def send(self):
        """Push one collection; the answer may get lost."""
        self.of[self.chance.choice(ENTITIES)].send(answered=self.chance.random() < 0.6)

    def receive(self):
        """Pull one collection."""
        self.of[self.chance.choice(ENTITIES)].receive(self.chance.choice([1, 3, 100]))

    def live(self, steps):
        """Do things in any order."""
        for _ in range(steps):
            self.chance.choice(
                [self.visit, self.leave, self.order, self.note, self.edit, self.meddle, *[self.send, self.receive] * 3]
            )()

    def settle(self):
        """Come back into a good network."""
        for _ in range(3):
            for each in self.of.values():
                each.send()
                each.receive()


@pytest.mark.parametrize("seed", range(12))
def test_whatever_happens_on_the_way_the_phone_ends_equal_and_nothing_is_doubled(town, seed):
    rep = Rep(town, seed)
    rep.live(40)
    rep.settle()
    for entity, collection in rep.of.items():
        assert collection.fork == collection.master
        with reading(town.engine) as session:
            told = pull_documents(session, town.anna.who.user_id, entity, None, 1000).documents
            assert collection.alive() == {each["id"]: each for each in told if not each["_deleted"]}
    with reading(town.engine) as session:
        count = {each: session.scalar(select(func.count()).select_from(each)) for each in (Visit, Order, Note)}
        events = session.scalars(select(VisitEvent.flags)).all()
    assert count == {Visit: rep.made["visit"], Order: rep.made["order"], Note: rep.made["note"]}
    assert not any({"second_check_in", "second_check_out"} & {*flags} for flags in events)
