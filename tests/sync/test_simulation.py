"""Seeded days of many small writes: after any pull, a phone equals its scope, told independently."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from worlds import phone_town
from worlds.small_town import NOON

from fieldsales.catalog.models import Product, TierDiscount, TierPrice
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.planning.models import PlannedVisit, Route, RouteStop, Source
from fieldsales.visits.models import Visit
from sync.models import Mutation
from sync.pull import pull

SEEDS = range(8)
NOUGHTS = dict.fromkeys(
    ("lunch_minutes", "travel_s", "wait_s", "service_s", "distance_m", "home_travel_s", "home_distance_m"), 0
)


def scope_of(session: Session, user_id: uuid.UUID) -> dict[tuple[str, uuid.UUID], object]:
    """Say what a phone must hold, row by row in plain Python, with one telling fact of each row."""

    def of_mine(row: Visit | Order) -> bool:
        return row.customer_id in mine

    def own(row: PlannedVisit | Route) -> bool:
        return row.rep_id == user_id

    def in_force(row: Assignment) -> bool:
        return row.rep_id == user_id and row.ended_at is None

    mine = {each.customer_id for each in session.scalars(select(Assignment)) if in_force(each)}
    told = (
        ("product", Product, lambda row: row.active, lambda row: row.price_minor),
        ("tier_price", TierPrice, lambda row: True, lambda row: row.price_minor),
        ("tier_discount", TierDiscount, lambda row: True, lambda row: row.discount_bp),
        ("assignment", Assignment, in_force, lambda row: str(row.customer_id)),
        ("customer", Customer, lambda row: row.active and row.id in mine, lambda row: row.version),
        ("visit", Visit, of_mine, lambda row: (len(row.events), len(row.photos))),
        ("order", Order, of_mine, lambda row: (row.amount_minor, len(row.lines))),
        ("planned_visit", PlannedVisit, own, lambda row: row.status.value),
        ("route", Route, own, lambda row: [stop.travel_s for stop in row.stops]),
        ("mutation", Mutation, lambda row: row.user_id == user_id and row.held_at, lambda row: row.status.value),
    )
    return {
        (entity, row.id): fact(row)
        for entity, model, visible, fact in told
        for row in session.scalars(select(model))
        if visible(row)
    }


TELLING: dict[str, Callable[[dict], object]] = {
    "product": lambda each: each["price_minor"],
    "tier_price": lambda each: each["price_minor"],
    "tier_discount": lambda each: each["discount_bp"],
    "assignment": lambda each: each["customer_id"],
    "customer": lambda each: each["version"],
    "visit": lambda each: (len(each["events"]), len(each["photos"])),
    "order": lambda each: (each["amount_minor"], len(each["lines"])),
    "planned_visit": lambda each: each["status"],
    "route": lambda each: [stop["travel_s"] for stop in each["stops"]],
    "mutation": lambda each: each["status"],
}


def equals_its_scope(town: phone_town.PhoneTown, phone) -> None:
    with reading(town.engine) as session:
        scope = scope_of(session, phone.who.user_id)
    assert {key: TELLING[key[0]](document) for key, document in phone.store.items()} == scope


class Day:
    """One seeded course of events."""

    def __init__(self, town: phone_town.PhoneTown, seed: int) -> None:
        self.town, self.chance = town, random.Random(seed)
        self.phones = [town.anna, town.ben]
        self.steps = [
            self.reassign,
            self.end_assignment,
            self.begin_assignment,
            self.switch_customer,
            self.switch_product,
            self.change_price,
            self.agree_price,
            self.forget_prices,
            self.plan,
            self.route,
            self.work,
            self.work,
            self.work,
            self.work_out_of_order,
            self.move_an_order,
            self.pull_one_page,
            self.pull_all,
            self.reinstall,
        ]

    def run(self, steps: int) -> None:
        for _ in range(steps):
            self.chance.choice(self.steps)()
        for phone in self.phones:
            phone.pull(self.town.engine, self.chance.choice([1, 4, 500]))
            equals_its_scope(self.town, phone)

    def customer(self) -> uuid.UUID:
        return self.chance.choice(list(self.town.customers.values()))

    def product(self) -> uuid.UUID:
        return self.chance.choice(list(self.town.products.values()))

    def rep(self) -> uuid.UUID:
        return self.chance.choice(self.phones).who.user_id

    def assignments(self, session: Session) -> list[Assignment]:
        return list(session.scalars(select(Assignment).where(Assignment.ended_at.is_(None)).order_by(Assignment.id)))

    def reassign(self) -> None:
        with transaction(self.town.engine) as session:
            owners = [each for each in self.assignments(session) if each.kind is AssignmentKind.OWNER]
            if owners:
                self.chance.choice(owners).rep_id = self.rep()

    def end_assignment(self) -> None:
        with transaction(self.town.engine) as session:
            if found := self.assignments(session):
                self.chance.choice(found).ended_at = NOON

    def begin_assignment(self) -> None:
        with transaction(self.town.engine) as session:
            rep, customer, kind = self.rep(), self.customer(), self.chance.choice(list(AssignmentKind))
            taken = [
                each
                for each in self.assignments(session)
                if each.customer_id == customer
                and each.kind is kind
                and (kind is AssignmentKind.OWNER or each.rep_id == rep)
            ]
            if not taken:
                session.add(Assignment(rep_id=rep, customer_id=customer, kind=kind, assigned_at=NOON))

    def switch_customer(self) -> None:
        with transaction(self.town.engine) as session:
            found = session.get_one(Customer, self.customer())
            found.active = not found.active

    def switch_product(self) -> None:
        with transaction(self.town.engine) as session:
            found = session.get_one(Product, self.product())
            found.active = not found.active

    def change_price(self) -> None:
        with transaction(self.town.engine) as session:
            session.get_one(Product, self.product()).price_minor = self.chance.randrange(10_000)

    def agree_price(self) -> None:
        with transaction(self.town.engine) as session:
            price = self.chance.randrange(10_000)
            session.add(TierPrice(tier="B", product_id=self.product(), price_minor=price))

    def forget_prices(self) -> None:
        with transaction(self.town.engine) as session:
            session.execute(delete(TierPrice).where(TierPrice.price_minor < self.chance.randrange(10_000)))

    def plan(self) -> None:
        with transaction(self.town.engine) as session:
            facts = {
                "rep_id": self.rep(),
                "customer_id": self.customer(),
                "day": NOON.date() + timedelta(days=self.chance.randrange(2)),
            }
            if session.scalars(select(PlannedVisit).filter_by(**facts)).one_or_none() is None:
                session.add(PlannedVisit(**facts, source=Source.MANUAL, reason="Because.", value=1))

    def route(self) -> None:
        """Lay a rep's day out anew: stops replaced, the route touched in the same transaction."""
        with transaction(self.town.engine) as session:
            rep = self.rep()
            session.execute(delete(RouteStop).where(RouteStop.route_id.in_(select(Route.id).filter_by(rep_id=rep))))
            session.execute(delete(Route).where(Route.rep_id == rep))
            visits = session.scalars(
                select(PlannedVisit).where(PlannedVisit.rep_id == rep, PlannedVisit.day == NOON.date())
            ).all()
            numbers = dict.fromkeys(
                ("lunch_minutes", "travel_s", "wait_s", "service_s", "distance_m", "home_travel_s", "home_distance_m"),
                0,
            )
            route = Route(
                rep_id=rep, day=NOON.date(), starts_at=NOON, ends_at=NOON, lunch_at=None, fingerprint="", **numbers
            )
            route.stops = [
                RouteStop(
                    position=position,
                    planned_visit_id=visit.id,
                    arrival_at=NOON,
                    departure_at=NOON,
                    wait_s=0,
                    service_s=0,
                    distance_m=0,
                    travel_s=self.chance.randrange(1000),
                )
                for position, visit in enumerate(visits)
            ]
            session.add(route)

    def work(self) -> None:
        """Go to a customer, sell, take a picture and leave; some of it may be sent twice or not at all yet."""
        phone, customer = self.chance.choice(self.phones), self.customer()
        visit = phone.check_in(customer)["data"]["visit_id"]
        phone.order(customer, [(self.product(), 1, self.chance.randrange(1000))], visit)
        phone.photo(visit, sha256=uuid.UUID(int=self.chance.getrandbits(128)).hex * 2)
        phone.check_out(visit)
        if self.chance.random() < 0.3:
            phone.send(self.town.engine)
        if self.chance.random() < 0.7:
            phone.deliver(self.town.engine)

    def work_out_of_order(self) -> None:
        phone = self.chance.choice(self.phones)
        visit = phone.check_in(self.customer())["data"]["visit_id"]
        phone.check_out(visit)
        self.chance.shuffle(phone.queue)
        phone.send(self.town.engine, [phone.queue.pop()])

    def move_an_order(self) -> None:
        """Nothing of ours does this; the feed must survive it all the same."""
        with transaction(self.town.engine) as session:
            order = session.scalars(select(Order).order_by(Order.id)).first()
            if order is not None:
                order.customer_id = self.customer()

    def pull_one_page(self) -> None:
        """Take one page and lose touch; the next pull goes on from there."""
        phone = self.chance.choice(self.phones)
        if phone.cursor is None:
            return
        with reading(self.town.engine) as session:
            page = pull(session, phone.who.user_id, phone.cursor, limit=self.chance.randrange(1, 6))
        phone.apply(page)

    def pull_all(self) -> None:
        phone = self.chance.choice(self.phones)
        phone.pull(self.town.engine, self.chance.choice([1, 3, 500]))
        equals_its_scope(self.town, phone)

    def reinstall(self) -> None:
        self.chance.choice(self.phones).cursor = None


@pytest.mark.parametrize("seed", SEEDS)
def test_a_phone_always_equals_its_scope(town: phone_town.PhoneTown, seed: int) -> None:
    Day(town, seed).run(steps=60)
