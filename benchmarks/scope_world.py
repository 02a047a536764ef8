"""A rep's whole scope of 10,000 rows for the pull benchmark: the demo city's shops and wares, a quarter year of work.

Ids are UUIDv7s made when the thing was: those of phones as the day goes, with 74 random bits each. Moments are to the
microsecond, as the server dates them: one batch of a phone shares its microseconds.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product, TierDiscount, TierPrice
from fieldsales.customers.models import Assignment, AssignmentKind, Customer, CustomerReference
from fieldsales.demo.city import City, build_city
from fieldsales.notes.models import Note
from fieldsales.orders.models import Order, OrderLine, Origin
from fieldsales.people.models import Role, Territory, User
from fieldsales.planning.models import PlannedVisit, Route, RouteStop, Source
from fieldsales.receivables.models import Method, Payment
from fieldsales.visits.models import EventKind, Visit, VisitEvent

SHOPS, WARES, PRICES, VISITS, ORDERS, PLANNED, NOTES, PAYMENTS, ROUTES = 300, 1500, 2000, 2700, 2397, 300, 300, 186, 14
SIZES = ("", "6 x", "12 x", "24 x", "cl", "light", "bio", "mini", "XL", "duo", "promo", "eco", "nature", "plus", "zéro")
BEGAN = datetime(2026, 1, 5, 7, tzinfo=UTC)
Rows = list[dict[str, Any]]


@dataclass
class Scope:
    """Who the rep is, and how many rows its phone holds of each entity."""

    rep_id: uuid.UUID
    rows: dict[str, int]


class Maker:
    """Makes ids and rows, the same for the same seed."""

    def __init__(self, seed: int = 1) -> None:
        self.chance = random.Random(seed)
        self.city: City = build_city(seed, date(2026, 3, 2), shops=SHOPS, reps=1)
        self.now = BEGAN

    def id(self) -> uuid.UUID:
        """Return a UUIDv7 of the present moment; the moment moves on a little."""
        self.now += timedelta(milliseconds=self.chance.randrange(1, 5))
        milliseconds = int(self.now.timestamp() * 1000)
        bits = self.chance.getrandbits(74)
        return uuid.UUID(int=milliseconds << 80 | 7 << 76 | bits >> 62 << 64 | 2 << 62 | bits & (1 << 62) - 1)

    def customers(self, territory_id: uuid.UUID) -> Iterator[dict[str, Any]]:
        """Yield the city's shops."""
        for shop in self.city.shops:
            yield {
                "id": self.id(),
                "name": shop.name,
                "territory_id": territory_id,
                "category": str(shop.category),
                "address": shop.address,
                "city": self.city.name,
                "latitude": shop.position.latitude if shop.position else None,
                "longitude": shop.position.longitude if shop.position else None,
                "phone": shop.phone,
                "opening_hours": shop.opening_hours,
                "service_minutes": shop.service_minutes,
                "tier": self.chance.choice("ABC"),
                "tier_reason": "Among the middle half by sales of the last year.",
                "flags": [],
                "created_at": self.now,
                "updated_at": self.now,
            }

    def products(self) -> Iterator[dict[str, Any]]:
        """Yield the city's wares in several sizes each."""
        for number in range(WARES):
            ware = self.city.products[number % len(self.city.products)]
            yield {
                "id": self.id(),
                "sku": f"{ware.sku}-{number // len(self.city.products):02}",
                "name": f"{ware.name} {SIZES[number // len(self.city.products) % len(SIZES)]}".strip(),
                "brand": ware.brand,
                "category": ware.category,
                "gtin": str(int(ware.gtin) + 10 * number),
                "case_gtin": str(int(ware.case_gtin) + 10 * number),
                "pack_size": ware.units_per_case,
                "price_minor": max(1, ware.price_minor + self.chance.randrange(-20, 200)),
                "currency": "EUR",
            }


def build(session: Session) -> Scope:
    """Put the scope into an empty, migrated database; the caller commits."""
    make = Maker()
    town = Territory(id=make.id(), code="t", name="Town", time_zone="Europe/Paris", region="FR", currency="EUR")
    session.add(town)
    session.flush()
    rep = User(id=make.id(), login="rep", name="Rep", role=Role.REP, territory_id=town.id, created_at=BEGAN)
    session.add(rep)
    session.flush()
    customers, products = list(make.customers(town.id)), list(make.products())
    shops = [each["id"] for each in customers]
    rows: dict[Any, Rows] = {Customer: customers, Product: products}
    rows[CustomerReference] = [
        {"id": make.id(), "customer_id": shop, "system": "erp", "value": f"C{number:04}"}
        for number, shop in enumerate(shops)
    ]
    rows[Assignment] = [
        {"id": make.id(), "customer_id": shop, "rep_id": rep.id, "kind": AssignmentKind.OWNER, "assigned_at": BEGAN}
        for shop in shops
    ]
    rows[TierDiscount] = [
        {"id": make.id(), "tier": tier, "discount_bp": cut} for tier, cut in zip("ABC", (700, 400, 150), strict=True)
    ]
    pairs = [(tier, each) for tier in "ABC" for each in products]
    rows[TierPrice] = [
        {"id": make.id(), "tier": tier, "product_id": each["id"], "price_minor": int(each["price_minor"] * 0.9)}
        for tier, each in make.chance.sample(pairs, PRICES)
    ]
    rows |= field_work(make, rep.id, shops, products)
    rows |= days_ahead(make, rep.id, shops)
    for model, made in rows.items():
        session.execute(insert(model), made)
    told = (Customer, Product, Assignment, TierDiscount, TierPrice, Visit, Order, Note, Payment, PlannedVisit, Route)
    return Scope(rep.id, {model.__feed__.entity: len(rows[model]) for model in told})


def field_work(make: Maker, rep_id: uuid.UUID, shops: list[uuid.UUID], products: Rows) -> dict[Any, Rows]:
    """Return what the rep did: visits with their events, orders, notes and payments."""
    rows: dict[Any, Rows] = {kind: [] for kind in (Visit, VisitEvent, Order, OrderLine, Note, Payment)}
    chance, arrived = make.chance, BEGAN
    for number in range(VISITS):
        if number % 30 == 0:  # the next morning
            arrived = BEGAN + timedelta(days=number // 30)
        if number % 6 == 0:  # what is sent together was dated by one moment of arrival
            arrived = arrived.replace(microsecond=chance.randrange(10**6))
        arrived += timedelta(milliseconds=chance.randrange(8 * 60_000, 20 * 60_000))
        left = arrived + timedelta(milliseconds=chance.randrange(3 * 60_000, 12 * 60_000))
        make.now = arrived
        base = {"customer_id": chance.choice(shops), "rep_id": rep_id}
        visit = base | {
            "id": make.id(),
            "day": arrived.date(),
            "checked_in_at": arrived,
            "checked_out_at": left,
            "flags": [],
        }
        visit["summary"] = chance.choice([None, None, "All fine.", "Wants a fridge.", "Owner away, come again."])
        rows[Visit].append(visit)
        for kind, at in ((EventKind.CHECK_IN, arrived), (EventKind.CHECK_OUT, left)):
            near = round(chance.random() * 60, 1)
            event = {"id": make.id(), "visit_id": visit["id"], "rep_id": rep_id, "kind": kind, "at": at}
            rows[VisitEvent].append(event | {"received_at": at, "distance_m": near, "flags": []})
        base["visit_id"] = visit["id"]
        if number < ORDERS:
            order(make, base, left, products, rows)
        if number < NOTES:
            note = base | {
                "id": make.id(),
                "text": f"Call before {chance.randrange(8, 18)}:00.",
                "noted_at": left,
                "flags": [],
            }
            rows[Note].append(note)
        if number < PAYMENTS:
            paid = {
                "id": make.id(),
                "method": Method.CASH,
                "currency": "EUR",
                "amount_minor": chance.randrange(100_000),
            }
            rows[Payment].append(base | paid | {"paid_on": left.date(), "paid_at": left, "flags": []})
    return rows


def order(make: Maker, base: dict[str, Any], at: datetime, products: Rows, rows: dict[Any, Rows]) -> None:
    """Add an order of one to seven lines; some wares sell far more often than others."""
    identity, lines = make.id(), []
    for line_no in range(1, make.chance.randrange(2, 9)):
        ware = products[min(WARES - 1, int(make.chance.expovariate(1 / 150)))]
        quantity = make.chance.choice((1, 2, 3, 6, 12, 24))
        price = int(ware["price_minor"] * 0.9)
        line = {"order_id": identity, "line_no": line_no, "product_id": ware["id"], "quantity": quantity}
        lines.append(line | {"unit_price_minor": price, "amount_minor": price * quantity})
    facts = {
        "id": identity,
        "origin": Origin.FIELD,
        "ordered_on": at.date(),
        "ordered_at": at,
        "currency": "EUR",
        "flags": [],
    }
    rows[Order].append(base | facts | {"amount_minor": sum(each["amount_minor"] for each in lines)})
    rows[OrderLine] += lines


def days_ahead(make: Maker, rep_id: uuid.UUID, shops: list[uuid.UUID]) -> dict[Any, Rows]:
    """Return the planned visits of the next days, and each day's route."""
    rows: dict[Any, Rows] = {PlannedVisit: [], Route: [], RouteStop: []}
    noughts = dict.fromkeys(("lunch_minutes", "wait_s", "home_travel_s", "home_distance_m"), 0)
    for day in range(ROUTES):
        at = BEGAN + timedelta(days=100 + day)
        totals = {"travel_s": 9000 + day, "service_s": 12_000, "distance_m": 31_000 + 7 * day}
        route = {
            "id": make.id(),
            "rep_id": rep_id,
            "day": at.date(),
            "starts_at": at,
            "ends_at": at + timedelta(hours=8),
        }
        rows[Route].append(route | noughts | totals | {"fingerprint": ""})
        for position in range(PLANNED * (day + 1) // ROUTES - PLANNED * day // ROUTES):
            planned = {
                "id": make.id(),
                "rep_id": rep_id,
                "customer_id": shops[len(rows[PlannedVisit])],
                "day": at.date(),
            }
            why = {
                "source": Source.TIER,
                "reason": f"Due every 14 days, last seen {make.chance.randrange(9, 40)} days ago.",
            }
            rows[PlannedVisit].append(planned | why | {"value": make.chance.randrange(100)})
            at += timedelta(seconds=make.chance.randrange(600, 1500))
            stop = {"route_id": route["id"], "position": position, "planned_visit_id": planned["id"], "arrival_at": at}
            spent = {"wait_s": 0, "service_s": 480, "travel_s": make.chance.randrange(900)}
            spent["distance_m"] = spent["travel_s"] * 8
            rows[RouteStop].append(stop | spent | {"departure_at": at + timedelta(minutes=8)})
    return rows
