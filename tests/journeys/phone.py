"""A simulated phone: holds its scope, buffers what the rep does, and sends it when the network lets it."""

from __future__ import annotations

import base64
import hashlib
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import requests
from worlds.field_verbs import FieldVerbs

from fieldsales.db.base import new_id

Document = dict[str, Any]
TIMEOUT_S = 30
TUS = {"Tus-Resumable": "1.0.0"}


class NoNetwork(Exception):
    """The phone is in a cellar, or the answer got lost on the way back."""


@dataclass
class Phone(FieldVerbs):
    """One installation of the app. `clock` is the phone's own and may be wrong by `skew`."""

    base: str
    login: str
    password: str
    clock: Callable[[], datetime]
    skew: timedelta = timedelta()
    online: bool = True
    lose_answer: Callable[[], bool] = lambda: False
    installation: str = field(default_factory=lambda: uuid.uuid4().hex)
    held: dict[tuple[str, str], Document] = field(default_factory=dict)
    outbox: list[Document] = field(default_factory=list)
    outcomes: dict[str, Document] = field(default_factory=dict)
    pictures: dict[str, bytes] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)
    cursor: str | None = None
    token: str = ""
    refresh_token: str = ""
    seq: int = 0
    booted: datetime = field(init=False)

    def __post_init__(self) -> None:
        self.booted = self.clock() - timedelta(hours=1)

    # -- the network ------------------------------------------------------------------------------------------

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request; raise `NoNetwork` if it cannot go out, or went out and the answer was lost."""
        if not self.online:
            raise NoNetwork
        headers = {"Authorization": f"Bearer {self.token}", **options.pop("headers", {})}
        answer = requests.request(method, self.base + path, headers=headers, timeout=TIMEOUT_S, **options)
        if self.lose_answer():
            raise NoNetwork
        return answer

    def log_in(self) -> Document:
        """Log in on this installation and keep the tokens."""
        device = {"installation": self.installation, "name": "Simulated", "app_version": "1.0.0"}
        body = {"login": self.login, "password": self.password, "device": device}
        answer = requests.post(self.base + "/api/v1/auth/login", json=body, timeout=TIMEOUT_S)
        assert answer.status_code == 200, answer.text
        self.token, self.refresh_token = answer.json()["access_token"], answer.json()["refresh_token"]
        found: Document = answer.json()
        return found

    # -- what the rep does ------------------------------------------------------------------------------------

    def do(self, kind: str, entity: tuple[str, uuid.UUID], data: Document, *, after: list[str] | None = None) -> str:
        """Note one thing that the rep did; it is sent with the next `send`. Returns the mutation's id."""
        self.seq += 1
        mutation = {
            "id": str(new_id()),
            "seq": self.seq,
            "type": kind,
            "v": 1,
            "at": self.stamp(),
            "entity": {"type": entity[0], "id": str(entity[1])},
            "base_version": None,
            "after": after or [],
            "data": data,
        }
        self.outbox.append(mutation)
        return str(mutation["id"])

    def check_in(self, customer: Document, *, metres_off: float = 0.0) -> uuid.UUID:
        """Arrive at a customer, `metres_off` to the north of where the shop is said to be."""
        visit = new_id()
        data = {"visit_id": str(visit), "customer_id": customer["id"], "position": _near(customer, metres_off)}
        self.do("visit.check_in", ("visit", visit), data)
        return visit

    def check_out(self, visit: uuid.UUID, customer: Document, summary: str) -> str:
        """Leave."""
        data = {"visit_id": str(visit), "position": _near(customer, 0), "summary": summary}
        return self.do("visit.check_out", ("visit", visit), data)

    def order(self, visit: uuid.UUID, customer: Document, lines: list[tuple[Document, int]]) -> uuid.UUID:
        """Take an order at the customer's own prices, as the phone computes them offline."""
        order = new_id()
        priced = [(product, quantity, self.price(product, customer)) for product, quantity in lines]
        data = {
            "order_id": str(order),
            "visit_id": str(visit),
            "customer_id": customer["id"],
            "currency": lines[0][0]["currency"],
            "lines": [
                {"product_id": product["id"], "quantity": quantity, "unit_price_minor": price}
                for product, quantity, price in priced
            ],
            "total_minor": sum(quantity * price for _, quantity, price in priced),
        }
        self.do("order.submit", ("order", order), data)
        return order

    def price(self, product: Document, customer: Document) -> int:
        """A tier's own price, else the list price less the tier's discount, half a cent up."""
        for row in self.all("tier_price"):
            if row["tier"] == customer["tier"] and row["product_id"] == product["id"]:
                return int(row["price_minor"])
        cut = next((row["discount_bp"] for row in self.all("tier_discount") if row["tier"] == customer["tier"]), 0)
        return int((product["price_minor"] * (10_000 - cut) * 2 + 10_000) // 20_000)

    def photograph(self, visit: uuid.UUID, picture: bytes) -> str:
        """Take a picture; a small mutation announces it, the bytes follow when there is network."""
        photo = new_id()
        data = {
            "photo_id": str(photo),
            "visit_id": str(visit),
            "kind": "shelf",
            "sha256": hashlib.sha256(picture).hexdigest(),
            "size_bytes": len(picture),
            "content_type": "image/png",
            "taken_at": self.stamp()["wall"],
        }
        self.pictures[str(photo)] = picture
        self.do("photo.attach", ("photo", photo), data)
        return str(photo)

    # -- when there is network --------------------------------------------------------------------------------

    def send(self, batch: int = 25) -> None:
        """Send what is buffered; what is not answered stays for the next time."""
        while self.outbox:
            sending = self.outbox[:batch]
            body = {
                "device_id": self.installation,
                "app_version": "1.0.0",
                "schema": 1,
                "sent": self.stamp(),
                "mutations": sending,
            }
            answer = self.call("POST", "/sync/v1/mutations", json=body)
            assert answer.status_code == 200, answer.text
            for result in answer.json()["results"]:
                if result["status"] != "retry":
                    self.outcomes[result["id"]] = result
            self.outbox = [each for each in self.outbox if each["id"] not in self.outcomes]

    def receive(self) -> None:
        """Pull until there is nothing more."""
        more = True
        while more:
            answer = self.call("GET", "/sync/v1/changes", params={"cursor": self.cursor} if self.cursor else {})
            if answer.status_code == 410:
                self.held, self.cursor = {}, None
                continue
            assert answer.status_code == 200, answer.text
            page = answer.json()
            for change in page["changes"]:
                key = (change["entity"], change["id"])
                if change["op"] == "upsert":
                    self.held[key] = change["document"]
                else:
                    self.held.pop(key, None)
            self.cursor, more = page["next_cursor"], page["more"]

    def upload(self, chunk: int = 256) -> None:
        """Send the bytes of waiting pictures by tus, in small pieces, resuming where the server stands."""
        for photo, picture in list(self.pictures.items()):
            if photo not in self.places:
                self.places[photo] = self._begin_upload(photo, picture)
            place = self.places[photo]
            offset = int(self.call("HEAD", place, headers=TUS).headers["Upload-Offset"])
            while offset < len(picture):
                piece = picture[offset : offset + chunk]
                headers = {**TUS, "Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
                sent = self.call("PATCH", place, headers=headers, data=piece)
                assert sent.status_code == 204, sent.text
                offset = int(sent.headers["Upload-Offset"])
            del self.pictures[photo]

    def _begin_upload(self, photo: str, picture: bytes) -> str:
        name = base64.b64encode(photo.encode()).decode()
        headers = {**TUS, "Upload-Length": str(len(picture)), "Upload-Metadata": f"photo_id {name}"}
        made = self.call("POST", "/sync/v1/files", headers=headers)
        assert made.status_code == 201, made.text
        return made.headers["Location"].removeprefix(self.base)

    # -- what the phone shows ---------------------------------------------------------------------------------

    def all(self, entity: str) -> list[Document]:
        """Everything of one kind that the phone holds."""
        return [document for (kind, _), document in self.held.items() if kind == entity]

    def day(self, day: str) -> list[tuple[Document, Document, Document]]:
        """The day in driving order: stop, planned visit, customer."""
        [route] = [route for route in self.all("route") if route["day"] == day]
        planned = {visit["id"]: visit for visit in self.all("planned_visit")}
        customers = {customer["id"]: customer for customer in self.all("customer")}
        return [
            (stop, planned[stop["planned_visit_id"]], customers[planned[stop["planned_visit_id"]]["customer_id"]])
            for stop in route["stops"]
        ]

    def stamp(self) -> Document:
        """A moment by the phone's own clock."""
        since_boot = int((self.clock() - self.booted).total_seconds() * 1000)
        return {
            "wall": (self.clock() + self.skew).isoformat(),
            "mono_ms": since_boot,
            "boot_id": self.installation,
        }


def _near(customer: Document, metres_north: float) -> Document:
    return {
        "lat": customer["latitude"] + metres_north / 111_195,
        "lon": customer["longitude"],
        "accuracy_m": 12.0,
        "mock": False,
        "provider": "gps",
    }
