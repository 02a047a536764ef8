"""Putting the demo city into an empty database."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from itertools import islice
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product, TierDiscount
from fieldsales.customers.models import Assignment, AssignmentKind, Customer, CustomerReference
from fieldsales.demo.calls import Call, build_calls
from fieldsales.demo.city import City
from fieldsales.demo.orders import Order as CityOrder
from fieldsales.demo.people import Person
from fieldsales.demo.shops import Shop
from fieldsales.orders.models import Order, OrderKind, OrderLine, Origin
from fieldsales.people.models import Role, Territory, User, WorkPattern
from fieldsales.visits.models import EventKind, Visit, VisitEvent

SYSTEM = "demo"
ADMIN = "admin"
TIER_DISCOUNTS = {"A": 700, "B": 400, "C": 150}
_CHUNK = 2000

Progress = Callable[[str, int], None]
"""Told what is being loaded and how many more of it are in."""


@lru_cache(maxsize=20_000)
def demo_id(seed: int, kind: str, name: str) -> uuid.UUID:
    """Return the id of a thing in the city: the same for the same seed, so that plans can be told again."""
    return uuid.uuid5(uuid.NAMESPACE_URL, f"demo:{seed}:{kind}:{name}")


def load_city(session: Session, city: City, *, now: datetime, progress: Progress = lambda _what, _more: None) -> None:
    """Write everything but passwords. The database must be empty; the caller commits."""
    session.add_all(_territories(city))
    session.flush()
    session.add_all(_user(city, person, now) for person in city.people)
    session.add(User(login=ADMIN, name="Administrator", role=Role.ADMIN, created_at=now))
    session.add_all(_products(city))
    session.add_all(TierDiscount(tier=tier, discount_bp=cut) for tier, cut in TIER_DISCOUNTS.items())
    session.flush()
    progress("products", len(city.products))
    session.add_all(_customer(city, shop, now) for shop in city.shops)
    session.flush()
    session.add_all(_assignments(city, now))
    session.flush()
    progress("customers", len(city.shops))
    calls = {call.order_number: call for call in build_calls(city)}
    reps = {shop.ref: shop.rep_login for shop in city.shops}
    session.execute(insert(Visit), [_visit(city, call) for call in calls.values()])
    session.execute(insert(VisitEvent), [event for call in calls.values() for event in _events(city, call)])
    for orders in _chunks(city.orders()):
        session.execute(insert(Order), [_order(city, order, calls.get(order.number), reps) for order in orders])
        session.execute(insert(OrderLine), [line for order in orders for line in _lines(city, order)])
        progress("orders", len(orders))


def _territories(city: City) -> Iterator[Territory]:
    for each in city.territories:
        yield Territory(
            id=demo_id(city.seed, "territory", each.code),
            code=each.code,
            name=each.name,
            parent_id=demo_id(city.seed, "territory", each.parent_code) if each.parent_code else None,
            time_zone=each.time_zone,
            region=each.region,
            currency=each.currency,
        )


def _user(city: City, person: Person, now: datetime) -> User:
    user = User(
        id=demo_id(city.seed, "user", person.login),
        login=person.login,
        name=person.name,
        role=person.role,
        territory_id=demo_id(city.seed, "territory", person.territory_code),
        created_at=now,
    )
    if person.role is Role.REP and person.start is not None:
        user.work_pattern = WorkPattern(
            start_latitude=person.start.latitude,
            start_longitude=person.start.longitude,
            shift_from=time(8, 30),
            shift_to=time(17, 0),
            lunch_from=time(12, 0),
            lunch_to=time(14, 0),
            lunch_minutes=45,
        )
    return user


def _products(city: City) -> Iterator[Product]:
    for each in city.products:
        yield Product(
            id=demo_id(city.seed, "product", each.sku),
            sku=each.sku,
            name=each.name,
            brand=each.brand,
            category=each.category,
            gtin=each.gtin,
            case_gtin=each.case_gtin,
            pack_size=each.units_per_case,
            cost_minor=each.cost_minor,
            price_minor=each.price_minor,
            currency=city.currency,
        )


def _customer(city: City, shop: Shop, now: datetime) -> Customer:
    return Customer(
        id=demo_id(city.seed, "customer", shop.ref),
        name=shop.name,
        territory_id=demo_id(city.seed, "territory", shop.territory_code),
        category=str(shop.category),
        address=shop.address,
        city=city.name,
        latitude=shop.position.latitude if shop.position else None,
        longitude=shop.position.longitude if shop.position else None,
        phone=shop.phone,
        opening_hours=shop.opening_hours,
        service_minutes=shop.service_minutes,
        flags=[] if shop.position else ["no_position"],
        created_at=min(now, _known_since(shop)),
        updated_at=now,
        references=[CustomerReference(system=SYSTEM, value=shop.ref)],
    )


def _known_since(shop: Shop) -> datetime:
    """Return when a shop became a customer: a week before it first ordered."""
    return datetime.combine(shop.habit.first - timedelta(weeks=1), time(9), UTC)


def _assignments(city: City, now: datetime) -> Iterator[Assignment]:
    manager = next(person for person in city.people if person.role is Role.MANAGER)
    for shop in city.shops:
        yield Assignment(
            customer_id=demo_id(city.seed, "customer", shop.ref),
            rep_id=demo_id(city.seed, "user", shop.rep_login),
            kind=AssignmentKind.OWNER,
            assigned_at=min(now, _known_since(shop)),
        )
    for account in city.key_accounts:
        for login in account.rep_logins:
            yield Assignment(
                customer_id=demo_id(city.seed, "customer", account.shop_ref),
                rep_id=demo_id(city.seed, "user", login),
                kind=AssignmentKind.KEY_ACCOUNT,
                assigned_by=demo_id(city.seed, "user", manager.login),
                assigned_at=now,
            )


def _visit(city: City, call: Call) -> dict[str, Any]:
    return {
        "id": demo_id(city.seed, "visit", call.order_number),
        "customer_id": demo_id(city.seed, "customer", call.shop_ref),
        "rep_id": demo_id(city.seed, "user", call.rep_login),
        "day": call.day,
        "checked_in_at": call.arrived_at,
        "checked_out_at": call.left_at,
        "flags": [],
    }


def _events(city: City, call: Call) -> Iterator[dict[str, Any]]:
    for kind, at in ((EventKind.CHECK_IN, call.arrived_at), (EventKind.CHECK_OUT, call.left_at)):
        yield {
            "id": demo_id(city.seed, kind.value, call.order_number),
            "visit_id": demo_id(city.seed, "visit", call.order_number),
            "rep_id": demo_id(city.seed, "user", call.rep_login),
            "kind": kind,
            "at": at,
            "received_at": at,
            "latitude": call.seen_at.latitude,
            "longitude": call.seen_at.longitude,
            "accuracy_m": 12.0,
            "provider": "gps",
            "distance_m": call.distance_m,
            "flags": [],
        }


def _order(city: City, order: CityOrder, call: Call | None, reps: Mapping[str, str]) -> dict[str, Any]:
    """What is older than the visits was taken by the shop's rep as well, or nobody could be measured by it."""
    return {
        "id": demo_id(city.seed, "order", order.number),
        "customer_id": demo_id(city.seed, "customer", order.customer_ref),
        "rep_id": demo_id(city.seed, "user", call.rep_login if call else reps[order.customer_ref]),
        "visit_id": demo_id(city.seed, "visit", order.number) if call else None,
        "kind": OrderKind.SALE,
        "origin": Origin.FIELD if call else Origin.IMPORT,
        "reference": order.number,
        "ordered_on": order.day,
        "ordered_at": call.left_at if call else None,
        "currency": city.currency,
        "amount_minor": order.amount_minor,
        "flags": [],
    }


def _lines(city: City, order: CityOrder) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(order.lines, start=1):
        yield {
            "order_id": demo_id(city.seed, "order", order.number),
            "line_no": number,
            "product_id": demo_id(city.seed, "product", line.sku),
            "quantity": line.quantity,
            "unit_price_minor": line.unit_price_minor,
            "amount_minor": line.amount_minor,
        }


def _chunks(orders: Iterable[CityOrder]) -> Iterator[list[CityOrder]]:
    iterator = iter(orders)
    while chunk := list(islice(iterator, _CHUNK)):
        yield chunk
