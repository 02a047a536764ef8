"""The bytes of a day of 100 mutations, sent in one batch: 20 visits with orders, photos and notes."""

from __future__ import annotations

import gzip
import json
import random
from datetime import timedelta
from typing import Any

import zstandard

from benchmarks.scope_world import BEGAN, Maker

VISITS = 20
"""Each of five mutations: arrive, order, a photo, a note or money, leave."""


def day_sizes() -> list[tuple[str, int, int, int, str]]:
    """Return a line of the table of bytes: name, plain, gzip, zstd, goal."""
    body = json.dumps(day(), separators=(",", ":"), ensure_ascii=False).encode()
    packed = zstandard.ZstdCompressor(level=19).compress(body)
    return [("a day's 100 mutations", len(body), len(gzip.compress(body, 9)), len(packed), "≤ 9,600")]


def day() -> dict[str, Any]:
    """Return the batch."""
    make = Maker()
    shops = [str(make.id()) for _ in range(300)]
    wares = [(str(make.id()), make.chance.randrange(80, 3000)) for _ in range(1500)]
    make.now = BEGAN + timedelta(days=90)
    phone = Phone(make)
    for shop in make.chance.sample(shops, VISITS):
        phone.visit(shop, wares)
    return {
        "device_id": "5c1f2f0e-7a3c-4c1e-9d0b-2f5d8a4e6b10",
        "app_version": "1.4.0",
        "schema": 1,
        "sent": phone.stamp(),
        "cursor": None,
        "want_changes": True,
        "mutations": phone.queue,
    }


class Phone:
    """A queue that grows by a visit at a time."""

    def __init__(self, make: Maker) -> None:
        self.make, self.chance = make, random.Random(2)
        self.queue: list[dict[str, Any]] = []
        self.mono_ms = 7_310_250

    def visit(self, shop: str, wares: list[tuple[str, int]]) -> None:
        """Arrive, order, take a picture, collect money or write a note, leave."""
        visit_id = self.later()
        self.do("visit.check_in", visit_id, {"visit_id": visit_id, "customer_id": shop, "position": self.place()})
        self.order(visit_id, shop, wares)
        photo = self.later()
        about = {"visit_id": visit_id, "kind": "shelf", "sha256": f"{self.chance.getrandbits(256):064x}"}
        about |= {"size_bytes": self.chance.randrange(90_000, 400_000), "content_type": "image/jpeg"}
        self.do("photo.attach", photo, {"photo_id": photo} | about | {"taken_at": self.stamp()["wall"]})
        note = self.later()
        text = self.chance.choice(
            ("Wants a fridge.", "Owner away, come again.", "Shelf rebuilt.", "Asks for a poster.")
        )
        self.do("note.add", note, {"note_id": note, "customer_id": shop, "visit_id": visit_id, "text": text})
        self.later()
        out = {"visit_id": visit_id, "customer_id": shop, "position": self.place(), "summary": "All fine."}
        self.do("visit.check_out", visit_id, out)

    def order(self, visit_id: str, shop: str, wares: list[tuple[str, int]]) -> None:
        """Sell one to seven wares; some sell far more often than others."""
        identity, chosen = self.later(), range(self.chance.randrange(1, 8))
        picked = [wares[min(len(wares) - 1, int(self.chance.expovariate(1 / 150)))] for _ in chosen]
        lines = [
            {"product_id": ware, "quantity": self.chance.choice((1, 2, 3, 6, 12, 24)), "unit_price_minor": price}
            for ware, price in picked
        ]
        total = sum(int(line["quantity"]) * int(line["unit_price_minor"]) for line in lines)
        about = {"order_id": identity, "visit_id": visit_id, "customer_id": shop, "currency": "EUR"}
        self.do("order.submit", identity, about | {"lines": lines, "total_minor": total})

    def later(self) -> str:
        """Let some minutes pass and return a new id."""
        passed = self.chance.randrange(60_000, 300_000)
        self.mono_ms += passed
        self.make.now += timedelta(milliseconds=passed)
        return str(self.make.id())

    def stamp(self) -> dict[str, Any]:
        """Return the present moment as the phone tells it."""
        wall = self.make.now.isoformat(timespec="milliseconds")
        return {"wall": wall, "mono_ms": self.mono_ms, "boot_id": "b7"}

    def place(self) -> dict[str, Any]:
        """Return where the phone is."""
        lat, lon = (round(at + self.chance.random() / 10, 6) for at in (42.7, 4.4))
        return {"lat": lat, "lon": lon, "accuracy_m": self.chance.randrange(4, 30), "mock": False, "provider": "gps"}

    def do(self, kind: str, entity_id: str, data: dict[str, Any]) -> None:
        """Put a mutation into the queue; what may be left out is left out."""
        self.queue.append(
            {
                "id": str(self.make.id()),
                "seq": len(self.queue) + 1,
                "type": kind,
                "v": 1,
                "at": self.stamp(),
                "entity": {"type": kind.partition(".")[0], "id": entity_id},
                "data": data,
            }
        )
