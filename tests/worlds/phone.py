"""A phone for tests: it keeps a queue with its own clock, and a store that it fills from pages of changes."""

from __future__ import annotations

import copy
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session
from worlds.field_verbs import FieldVerbs, lines_of, total_of

from fieldsales.db.base import new_id
from fieldsales.db.session import reading, transaction
from fieldsales.people.models import Device, User
from sync.batch import Phone, parse_batch
from sync.outcomes import BatchResult, ItemResult
from sync.pull import Page, pull
from sync.push import push

THERE = {"lat": 38.24, "lon": 21.72, "accuracy_m": 8.0, "mock": False, "provider": "gps"}


@dataclass
class TestPhone(FieldVerbs):
    """One installation in a rep's pocket. `ahead` is how far its wall clock runs before the server's."""

    __test__ = False

    who: Phone
    installation: str
    now: datetime
    ahead: timedelta = timedelta(0)
    boot_id: str = "boot-1"
    booted: datetime | None = None
    seq: int = 0
    queue: list[dict[str, Any]] = field(default_factory=list)
    cursor: str | None = None
    store: dict[tuple[str, uuid.UUID], dict[str, Any]] = field(default_factory=dict)

    def stamp(self) -> dict[str, Any]:
        """Return the present moment as this phone sees it."""
        booted = self.booted or self.now - timedelta(hours=5)
        self.booted = booted
        return {
            "wall": (self.now + self.ahead).isoformat(),
            "mono_ms": (self.now - booted) // timedelta(milliseconds=1),
            "boot_id": self.boot_id,
        }

    def wait(self, minutes: float) -> None:
        """Let time pass."""
        self.stamp()
        self.now += timedelta(minutes=minutes)

    def do(self, kind: str, entity: tuple[str, uuid.UUID], data: dict[str, Any], **more: Any) -> dict[str, Any]:
        """Put a mutation in the queue and return it, to be broken by whoever wants to."""
        self.seq += 1
        mutation = {
            "id": str(new_id()),
            "seq": self.seq,
            "type": kind,
            "v": 1,
            "at": self.stamp(),
            "entity": {"type": entity[0], "id": str(entity[1])},
            "base_version": None,
            "after": [],
            "data": data,
        } | more
        self.queue.append(mutation)
        return mutation

    def check_in(
        self, customer_id: uuid.UUID, visit_id: uuid.UUID | None = None, position: Any = THERE, **more: Any
    ) -> dict[str, Any]:
        """Arrive at a customer."""
        visit_id = visit_id or new_id()
        data = {"visit_id": str(visit_id), "customer_id": str(customer_id), "position": copy.deepcopy(position)}
        return self.do("visit.check_in", ("visit", visit_id), data, **more)

    def check_out(self, visit_id: str, position: Any = THERE, **more: Any) -> dict[str, Any]:
        """Leave a customer."""
        data = {"visit_id": visit_id, "position": copy.deepcopy(position), "summary": "All fine."}
        return self.do("visit.check_out", ("visit", uuid.UUID(visit_id)), data, **more)

    def order(
        self, customer_id: uuid.UUID, lines: list[tuple[uuid.UUID, int, int]], visit_id: str | None = None, **more: Any
    ) -> dict[str, Any]:
        """Take an order of (product, quantity, unit price)."""
        order_id = new_id()
        data = {
            "order_id": str(order_id),
            "visit_id": visit_id,
            "customer_id": str(customer_id),
            "currency": "EUR",
            "lines": lines_of(lines),
            "total_minor": total_of(lines),
        }
        return self.do("order.submit", ("order", order_id), data, **more)

    def photo(self, visit_id: str, sha256: str = "ab" * 32, size: int = 1000, **more: Any) -> dict[str, Any]:
        """Announce a photo."""
        photo_id = new_id()
        data = {
            "photo_id": str(photo_id),
            "visit_id": visit_id,
            "kind": "shelf",
            "sha256": sha256,
            "size_bytes": size,
            "content_type": "image/jpeg",
            "taken_at": self.stamp()["wall"],
        }
        return self.do("photo.attach", ("photo", photo_id), data, **more)

    def body(self, mutations: list[Any] | None = None, **more: Any) -> dict[str, Any]:
        """Return the queue, or other mutations, as the body of a push."""
        return {
            "device_id": self.installation,
            "app_version": "1.0",
            "schema": 1,
            "sent": self.stamp(),
            "mutations": self.queue if mutations is None else mutations,
        } | more

    def send(self, engine: Engine, mutations: list[Any] | None = None, now: datetime | None = None) -> BatchResult:
        """Push and commit; the queue stays, as if the answer could be lost."""
        with transaction(engine) as session:
            return push(session, self.who, parse_batch(self.body(mutations)), now or self.now)

    def deliver(self, engine: Engine) -> list[ItemResult]:
        """Push the queue and forget it."""
        results = list(self.send(engine).results)
        self.queue.clear()
        return results

    def pull(self, engine: Engine, limit: int = 500) -> int:
        """Apply every page there is; return how many rows came."""
        if self.cursor is None:
            self.store.clear()
        rows, more = 0, True
        while more:
            with reading(engine) as session:
                page = pull(session, self.who.user_id, self.cursor, limit)
            self.apply(page)
            rows, more = rows + len(page.changes), page.more
        return rows

    def apply(self, page: Page) -> None:
        """Do what a page says, then remember its cursor."""
        for change in page.changes:
            if change.document is None:
                self.store.pop((change.entity, change.id), None)
            else:
                self.store[(change.entity, change.id)] = change.document
        self.cursor = page.next_cursor


def give(session: Session, user: User, now: datetime, installation: str | None = None) -> TestPhone:
    """Put a phone into a rep's hands."""
    device = Device(
        installation=installation or f"phone of {user.login}", user_id=user.id, created_at=now, last_seen_at=now
    )
    session.add(device)
    session.flush()
    return TestPhone(Phone(user.id, device.id), device.installation, now)
