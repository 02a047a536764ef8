"""A small town for tests: two districts, two reps, their supervisor, a manager, six shops, four products."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product, TierDiscount
from fieldsales.customers.models import Assignment, AssignmentKind, Customer, CustomerReference
from fieldsales.people.models import Role, Territory, User, WorkPattern
from fieldsales.policies.models import Policy
from fieldsales.privacy.rules import TRACKING

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
"""A Monday; the world is as of this moment."""
NAMES = ("Bakery", "Corner", "Dairy", "Fish", "Grocer", "Hotel")
"""The shops, in the order of their ids."""


@dataclass
class SmallTown:
    """Handles to everything in the world, by name."""

    town: Territory
    north: Territory
    south: Territory
    anna: User
    ben: User
    sara: User
    max: User
    customers: dict[str, Customer] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)


def build(session: Session) -> SmallTown:
    """Put the town into a database; the caller commits.

    Anna owns Bakery, Corner and Dairy in the north; Ben owns Fish, Grocer and Hotel in the south. Hotel has no
    position. Nobody has a password: tests that log in set one.
    """
    town = Territory(code="town", name="Small Town", time_zone="Europe/Athens", region="GR", currency="EUR")
    session.add(town)
    session.flush()
    north, south = (
        Territory(
            code=code,
            name=code.title(),
            parent_id=town.id,
            time_zone="Europe/Athens",
            region="GR",
            currency="EUR",
        )
        for code in ("north", "south")
    )
    session.add_all([north, south])
    session.flush()
    world = SmallTown(
        town=town,
        north=north,
        south=south,
        anna=_person("anna", Role.REP, north),
        ben=_person("ben", Role.REP, south),
        sara=_person("sara", Role.SUPERVISOR, town),
        max=_person("max", Role.MANAGER, None),
    )
    session.add_all([world.anna, world.ben, world.sara, world.max])
    session.flush()
    for rep, area, names in ((world.anna, north, "Bakery Corner Dairy"), (world.ben, south, "Fish Grocer Hotel")):
        for name in names.split():
            world.customers[name] = _customer(session, name, area, rep)
    _products(session, world)
    set_tiers(session)
    track_freely(session)
    session.flush()
    return world


def track_freely(session: Session) -> None:
    """Keep every position of everybody: what the policy `tracking` withholds has tests of its own."""
    terms = {"consent": "not_needed", "window": "any", "keep_days": 3650}
    body = {**TRACKING.default, "otherwise": terms}
    session.add(Policy(kind="tracking", effective_from=date(2020, 1, 1), body=body, made_at=NOON))


def _person(login: str, role: Role, territory: Territory | None) -> User:
    person = User(
        login=login,
        name=login.title(),
        role=role,
        territory_id=territory.id if territory else None,
        created_at=NOON,
    )
    if role is Role.REP:
        person.work_pattern = WorkPattern(
            start_latitude=38.25,
            start_longitude=21.73,
            shift_from=time(8, 30),
            shift_to=time(17, 0),
            lunch_from=time(12, 0),
            lunch_to=time(14, 0),
            lunch_minutes=30,
        )
    return person


def _customer(session: Session, name: str, area: Territory, rep: User) -> Customer:
    step = len(name) * 0.004
    here = name != "Hotel"
    customer = Customer(
        id=uuid.UUID(f"01955601-0000-7000-8000-{NAMES.index(name) + 1:012d}"),
        name=name,
        territory_id=area.id,
        category="shop",
        latitude=38.24 + step if here else None,
        longitude=21.72 + step / 2 if here else None,
        opening_hours="Mo-Sa 08:00-20:00",
        tier="B",
        tier_reason="set by the world",
        flags=[] if here else ["no_position"],
        created_at=NOON,
        updated_at=NOON,
        references=[CustomerReference(system="erp", value=f"C-{name}")],
    )
    session.add(customer)
    session.flush()
    session.add(Assignment(customer_id=customer.id, rep_id=rep.id, kind=AssignmentKind.OWNER, assigned_at=NOON))
    return customer


def _products(session: Session, world: SmallTown) -> None:
    for sku, price, cost in (("water", 50, 30), ("coffee", 620, 400), ("soap", 199, 100), ("rice", 1250, 900)):
        world.products[sku] = Product(
            id=uuid.uuid5(uuid.NAMESPACE_OID, sku),
            sku=sku,
            name=sku.title(),
            category="goods",
            price_minor=price,
            cost_minor=cost,
            currency="EUR",
        )
    session.add_all(world.products.values())
    session.add(TierDiscount(tier="B", discount_bp=500))


TIERS: tuple[dict[str, Any], ...] = tuple(
    {
        "tier": tier,
        "revenue_share_bp": share,
        "minimum_orders": 0,
        "rrule": rrule,
        "minimum_gap_days": gap,
        "service_minutes": minutes,
        "visit_value": value,
    }
    for tier, share, rrule, gap, minutes, value in (
        ("A", 5000, "FREQ=WEEKLY", 5, 25, 100),
        ("B", 8000, "FREQ=WEEKLY;INTERVAL=2", 10, 20, 50),
        ("C", 9500, "FREQ=MONTHLY", 21, 15, 25),
        ("D", 10000, "FREQ=MONTHLY;INTERVAL=2", 42, 10, 10),
    )
)
"""The tiers of the town, the best first."""


def set_tiers(session: Session, since: date = date(2000, 1, 1), **changed: Any) -> None:
    """Set the tiers of the town from a day on, each with some fields changed."""
    body = {"by": "revenue_share", "tiers": [{**tier, **changed} for tier in TIERS]}
    session.add(Policy(kind="tiers", effective_from=since, body=body, note="set by the world", made_at=NOON))
    session.flush()
