"""Reps, shops and products for the upload benchmark, and phones that never run out of work."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.app import create_app
from api.tokens import issue
from fieldsales.catalog.models import Product, TierDiscount
from fieldsales.config import Settings
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.db.base import new_id
from fieldsales.db.session import transaction
from fieldsales.people.models import Role, Territory, User
from fieldsales.planning.models import PlannedVisit, Source
from fieldsales.sessions.service import Installation, open_session

PHONES, SHOPS, PRODUCTS, LINES = 4, 500, 300, 6
LONG_AGO = timedelta(days=1000)
SECRET = "a secret that is long enough for tests only"


@dataclass
class Phone:
    """One rep's phone: an endless day of four steps. Arrive, take six lines, leave, arrive at the next shop."""

    rep_id: uuid.UUID
    device_id: uuid.UUID
    token: str
    shops: list[str]
    products: list[tuple[str, int]]
    installation: str
    seq: int = 0
    step: int = 0
    visit_id: str = ""

    def headers(self) -> dict[str, str]:
        """Return what both servers need to know of the sender."""
        return {
            "Content-Type": "application/json",
            "Authorization": f"Bearer {self.token}",
            "X-Rep": str(self.rep_id),
            "X-Device": str(self.device_id),
        }

    def body(self, size: int) -> bytes:
        """Return the next batch, ready to send."""
        stamp = {"wall": datetime.now(UTC).isoformat(), "mono_ms": 1000 * self.seq, "boot_id": "b1"}
        told = {
            "device_id": self.installation,
            "app_version": "1.0",
            "schema": 1,
            "sent": stamp,
            "mutations": [self._next(stamp) for _ in range(size)],
        }
        return json.dumps(told).encode()

    def _next(self, stamp: dict[str, object]) -> dict[str, object]:
        group, kind = divmod(self.step, 4)
        shop = self.shops[(2 * group + kind // 3) % len(self.shops)]
        self.step += 1
        self.seq += 1
        there = {"lat": 38.24, "lon": 21.72, "accuracy_m": 8.0, "mock": False, "provider": "gps"}
        if kind in (0, 3):
            self.visit_id = str(new_id())
            data: dict[str, object] = {"visit_id": self.visit_id, "customer_id": shop, "position": there}
            return self._mutation(stamp, "visit.check_in", "visit", self.visit_id, data)
        if kind == 2:
            data = {"visit_id": self.visit_id, "position": there, "summary": "Wants more soap."}
            return self._mutation(stamp, "visit.check_out", "visit", self.visit_id, data)
        return self._order(stamp, shop)

    def _order(self, stamp: dict[str, object], shop: str) -> dict[str, object]:
        order_id = str(new_id())
        chosen = [self.products[(self.seq * LINES + line) % PRODUCTS] for line in range(LINES)]
        lines = [{"product_id": product, "quantity": 2, "unit_price_minor": price} for product, price in chosen]
        data = {
            "order_id": order_id,
            "visit_id": self.visit_id,
            "customer_id": shop,
            "currency": "EUR",
            "lines": lines,
            "total_minor": 2 * sum(price for _, price in chosen),
        }
        return self._mutation(stamp, "order.submit", "order", order_id, data)

    def _mutation(
        self, stamp: dict[str, object], kind: str, entity: str, identity: str, data: dict[str, object]
    ) -> dict[str, object]:
        return {
            "id": str(new_id()),
            "seq": self.seq,
            "type": kind,
            "v": 1,
            "at": stamp,
            "entity": {"type": entity, "id": identity},
            "base_version": None,
            "after": [],
            "data": data,
        }


def build(engine: Engine) -> list[Phone]:
    """Put the world into an empty database; return the phones, logged in. Every shop is planned for today."""
    now = datetime.now(UTC)
    app = create_app(Settings(secret_key=SECRET, access_token_minutes=600, solver_workers=0), engine=engine)
    with transaction(engine) as session, app.app_context():
        town = Territory(code="t", name="Town", time_zone="UTC", region="GR", currency="EUR")
        goods = [
            Product(id=new_id(), sku=f"p{number}", name="Soap", price_minor=1000, currency="EUR")
            for number in range(PRODUCTS)
        ]
        session.add_all([town, TierDiscount(tier="B", discount_bp=500), *goods])
        session.flush()
        sold = [(str(each.id), 950) for each in goods]
        return [_phone(session, number, town, sold, now) for number in range(PHONES)]


def _phone(session: Session, number: int, town: Territory, sold: list[tuple[str, int]], now: datetime) -> Phone:
    rep = User(login=f"rep{number}", name="Rep", role=Role.REP, territory_id=town.id, created_at=now)
    session.add(rep)
    session.flush()
    app = Installation(f"phone {number}")
    grant = open_session(session, rep.id, app, lifetime=timedelta(days=30), now=now)
    shops = [_shop(town, now) for _ in range(SHOPS)]
    session.add_all(shops)
    session.flush()
    for shop in shops:
        session.add(
            Assignment(customer_id=shop.id, rep_id=rep.id, kind=AssignmentKind.OWNER, assigned_at=now - LONG_AGO)
        )
        session.add(
            PlannedVisit(
                rep_id=rep.id, customer_id=shop.id, day=now.date(), source=Source.TIER, reason="Due.", value=50
            )
        )
    names = [str(each.id) for each in shops]
    return Phone(rep.id, grant.device_id, issue(grant).access_token, names, sold, app.installation)


def _shop(town: Territory, now: datetime) -> Customer:
    return Customer(
        name="Shop",
        territory_id=town.id,
        latitude=38.241,
        longitude=21.721,
        tier="B",
        tier_reason="Given.",
        created_at=now,
        updated_at=now,
    )
