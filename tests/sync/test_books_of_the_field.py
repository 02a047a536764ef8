"""Seeded days of selling, amending, cancelling, giving back and paying on three phones and a bad network.

Whatever arrives how often and in whatever order: what the applied mutations say adds up to what is in the books, no
chain of orders gives back more than it sold, and the phones of one rep hold the same.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter

import pytest
from sqlalchemy import select
from worlds import phone as phones
from worlds.small_town import NOON

from fieldsales.customers.models import Assignment, AssignmentKind
from fieldsales.db.session import reading, transaction
from fieldsales.invoices.queries import collected_on
from fieldsales.orders.models import Order, OrderKind, OrderState
from fieldsales.orders.queries import sold_on
from fieldsales.people.models import User
from sync.models import Mutation, Status

SEEDS = range(4)


class Books:
    """One seeded course of events at one shop that two reps serve, one of them with two phones."""

    def __init__(self, town, seed):
        self.town, self.chance = town, random.Random(seed)
        self.bakery, self.soap = town.customers["Bakery"], town.products["soap"]
        with transaction(town.engine) as session:
            second = phones.give(session, session.get_one(User, town.anna.who.user_id), NOON, "second phone")
            facts = {"rep_id": town.ben.who.user_id, "customer_id": self.bakery}
            session.add(Assignment(**facts, kind=AssignmentKind.KEY_ACCOUNT, assigned_at=NOON))
        self.phones = [town.anna, second, town.ben]
        self.sales, self.others, self.sent = [], [], []

    def run(self, steps):
        does = [self.sell, self.pay, self.give, self.cancel, self.send_again]
        does += [self.amend] * 3 + [self.give_back] * 4 + [self.send] * 5
        for _ in range(steps):
            self.chance.choice(does)(self.chance.choice([*self.phones, self.phones[0]]))
        for phone in self.phones:
            phone.deliver(self.town.engine)
            phone.pull(self.town.engine, self.chance.choice([3, 500]))

    def lines(self, least, most):
        return [(self.soap, self.chance.randint(least, most), 189 + self.chance.choice([0, 0, 1, -1]))]

    def sell(self, phone):
        order = phone.order(self.bakery, self.lines(5, 12))
        self.sales.append((phone.who.user_id, order["data"]["order_id"]))

    def amend(self, phone):
        """One of the latest orders, which may have been amended already."""
        if known := self.known(phone):
            amended = phone.amend(self.chance.choice(known[-2:]), self.lines(4, 12))
            self.sales.append((phone.who.user_id, amended["data"]["order_id"]))

    def give_back(self, phone):
        if known := self.known(phone):
            back = phone.give_back(self.bakery, self.lines(1, 4), self.chance.choice(known[-4:]))
            self.others.append(back["data"]["return_id"])

    def cancel(self, phone):
        if self.others:
            phone.cancel(self.chance.choice([*self.known(phone)[-1:], *self.others[-3:]]))

    def known(self, phone):
        """The rep's own orders, and those of others that have arrived."""
        arrived = {each["entity"]["id"] for _, each in self.sent}
        return [order for rep_id, order in self.sales if rep_id == phone.who.user_id or order in arrived]

    def pay(self, phone):
        phone.collect(self.bakery, self.chance.randint(1, 10**6))

    def give(self, phone):
        self.others.append(phone.gift(self.bakery, [(self.soap, 1)])["data"]["gift_id"])

    def send(self, phone):
        """Send some of what is queued in any order; the answer may be lost."""
        some = self.chance.sample(phone.queue, self.chance.randint(0, len(phone.queue)))
        phone.send(self.town.engine, some)
        self.sent += [(phone, each) for each in some]
        if self.chance.random() < 0.7:
            phone.queue = [each for each in phone.queue if each not in some]

    def send_again(self, phone):
        """Something that was sent long ago comes once more."""
        mine = [each for who, each in self.sent if who is phone]
        if mine:
            phone.send(self.town.engine, [self.chance.choice(mine)])


def model(session):
    """Follow the applied mutations alone: amounts that stand by order, with who took them, and money by rep."""
    standing, money = {}, Counter()
    applied = session.scalars(select(Mutation).where(Mutation.status == Status.APPLIED)).all()
    for each in applied:
        result, data = each.outcome["result"], each.payload["data"]
        if each.type == "payment.collect":
            money[each.user_id] += data["amount_minor"]
        elif each.type in ("order.submit", "order.amend", "return.submit"):
            total = sum(line["quantity"] * line["unit_price_minor"] for line in data["lines"])
            identity = result.get("order_id") or result["return_id"]
            standing[identity] = (each.user_id, -total if each.type == "return.submit" else total)
    for each in applied:
        gone = {"order.amend": "amends_id", "order.cancel": "order_id"}.get(each.type)
        if gone:
            standing.pop(each.payload["data"][gone], None)
    sold = Counter()
    for rep_id, amount in standing.values():
        sold[rep_id] += amount
    return sold, money


def check_chains(session):
    """In plain Python: an order is amended once at most, and no chain gives back more than stands sold of it."""
    orders = {each.id: each for each in session.scalars(select(Order))}
    after = Counter(each.amends_id for each in orders.values() if each.amends_id)
    assert set(after.values()) <= {1}
    assert set(after) == {each.id for each in orders.values() if each.state is OrderState.AMENDED}
    left = Counter()
    for each in orders.values():
        if each.state is OrderState.PLACED and each.kind is not OrderKind.GIFT:
            left[root(orders, each.against_id or each.id)] += sum(line.quantity for line in each.lines)
    assert min(left.values(), default=0) >= 0


def root(orders, identity: uuid.UUID) -> uuid.UUID:
    while orders[identity].amends_id:
        identity = orders[identity].amends_id
    return identity


@pytest.mark.parametrize("seed", SEEDS)
def test_the_books_balance_whatever_the_network_does(town, seed):
    books = Books(town, seed)
    books.run(steps=80)
    reps = [town.anna.who.user_id, town.ben.who.user_id]
    with reading(town.engine) as session:
        sold, money = model(session)
        told = {rep: each.amounts["EUR"] for rep, each in sold_on(session, reps, NOON.date()).items()}
        assert {rep: amount for rep, amount in told.items() if amount} == {rep: n for rep, n in sold.items() if n}
        assert {rep: each["EUR"] for rep, each in collected_on(session, reps, NOON.date()).items()} == dict(money)
        check_chains(session)
    for phone in books.phones:
        phone.pull(town.engine)
    assert books.phones[0].store == books.phones[1].store
