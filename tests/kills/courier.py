"""A phone under load: works without a pause, sends over HTTP, and keeps whatever nobody acknowledged."""

from __future__ import annotations

import base64
import hashlib
import random
import threading
import time
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import requests
from worlds import pictures
from worlds.phone import TestPhone

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = 8_000
MOST_WAITING = 40
"""A rep does not work faster while the server is away."""
TIMEOUT_S = 10
FINAL = ("applied", "rejected", "held")


class NoAnswer(Exception):
    """The server is gone, or came back and could not."""


@dataclass
class Courier:
    """What one phone did, what it was told, and what it was promised about its upload."""

    base: str
    phone: TestPhone
    token: str
    customers: list[uuid.UUID]
    product_id: uuid.UUID
    chance: random.Random
    made: list[dict[str, Any]] = field(default_factory=list)
    told: dict[str, dict[str, Any]] = field(default_factory=dict)
    uploads: dict[str, int] = field(default_factory=dict)
    photos: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)
    picture: bytes = b""
    photo_id: str = ""
    place: str = ""
    answers: int = 0
    failures: int = 0

    def run(self, closing: threading.Event) -> None:
        """Work until closing time, then until the queue is empty or something is wrong."""
        while not self.complaints and (self.phone.queue or not closing.is_set()):
            if len(self.phone.queue) < MOST_WAITING and not closing.is_set():
                self._call_on_shop()
            try:
                self._send()
                self._upload()
            except NoAnswer:
                self.failures += 1
                time.sleep(0.1)

    def _call_on_shop(self) -> None:
        phone, customer_id = self.phone, self.chance.choice(self.customers)
        phone.now = datetime.now(UTC)
        visit_id = phone.check_in(customer_id)["data"]["visit_id"]
        phone.order(customer_id, [(self.product_id, self.chance.randint(1, 9), 189)], visit_id)
        if not self.photo_id:
            self._photograph(visit_id)
        phone.check_out(visit_id)
        self.made += phone.queue[len(phone.queue) - (phone.seq - len(self.made)) :]

    def _photograph(self, visit_id: str) -> None:
        picture = pictures.jpeg(self.chance.randrange(10**6), (320, 240), quality=98)
        photo = self.phone.photo(visit_id, hashlib.sha256(picture).hexdigest(), len(picture))
        self.picture, self.photo_id, self.place = picture, photo["data"]["photo_id"], ""

    # -- mutations --------------------------------------------------------------------------------------------

    def _send(self) -> None:
        self.phone.now = datetime.now(UTC)
        batch = self.phone.queue[:60]
        answer = self.call("POST", "/sync/v1/mutations", json=self.phone.body(batch))
        for mutation, result in zip(batch, answer.json()["results"], strict=True):
            if result["status"] in FINAL:
                self._hear(mutation, result)
        self.phone.queue = [each for each in self.phone.queue if each["id"] not in self.told]

    def _hear(self, mutation: dict[str, Any], result: dict[str, Any]) -> None:
        if result["id"] != mutation["id"]:
            self.complaints.append(f"{mutation['id']} was answered as {result['id']}")
        self.told.setdefault(mutation["id"], result)

    def ask_again(self) -> None:
        """Send everything once more; it must be answered as it was."""
        for start in range(0, len(self.made), 100):
            batch = self.made[start : start + 100]
            answer = self.call("POST", "/sync/v1/mutations", json=self.phone.body(batch))
            for result in answer.json()["results"]:
                first = self.told[result["id"]] | {"replayed": True, "index": 0}
                if result | {"index": 0} != first:
                    self.complaints.append(f"first {first}, now {result}")

    # -- photo bytes ------------------------------------------------------------------------------------------

    def _upload(self) -> None:
        """Send a piece of the picture, from where the server stands: never before what it has acknowledged."""
        if self.photo_id not in self.told_photos():
            return
        if not self.place:
            name = base64.b64encode(self.photo_id.encode()).decode()
            length = {"Upload-Length": str(len(self.picture)), "Upload-Metadata": f"photo_id {name}"}
            made = self.call("POST", "/sync/v1/files", headers=TUS | length)
            self.place = made.headers["Location"].removeprefix(self.base)
            self.uploads[self.place] = 0
        offset = self.stands_at(self.place)
        piece = self.picture[offset : offset + PIECE]
        headers = TUS | {"Upload-Offset": str(offset), "Content-Type": "application/offset+octet-stream"}
        sent = self.call("PATCH", self.place, headers=headers, data=piece)
        self.uploads[self.place] = int(sent.headers["Upload-Offset"])
        if self.uploads[self.place] == len(self.picture):
            self.photos.add(self.photo_id)
            self.photo_id = ""

    def told_photos(self) -> set[str]:
        """Return the photos whose announcement was applied."""
        return {told["result"]["photo_id"] for told in self.told.values() if "photo_id" in (told.get("result") or {})}

    def stands_at(self, place: str) -> int:
        """Return how far the server says that an upload is; complain if it knew more before."""
        offset = int(self.call("HEAD", place, headers=TUS).headers["Upload-Offset"])
        if offset < self.uploads[place]:
            self.complaints.append(f"{place} stood at {self.uploads[place]}, now at {offset}")
        return offset

    def call(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request; raise `NoAnswer` unless the server answers that it is done."""
        headers = {"Authorization": f"Bearer {self.token}"} | options.pop("headers", {})
        try:
            answer = requests.request(method, self.base + path, headers=headers, timeout=TIMEOUT_S, **options)
        except requests.RequestException as gone:
            raise NoAnswer from gone
        if answer.status_code in (423, 500, 502, 503):
            raise NoAnswer(answer.text)
        if not answer.ok:
            self.complaints.append(f"{method} {path}: {answer.status_code} {answer.text}")
            raise NoAnswer(answer.text)
        self.answers += 1
        return answer
