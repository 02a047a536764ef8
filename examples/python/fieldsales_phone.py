"""A client of fieldsales in plain Python: the standard library and requests.

It keeps what a phone must keep: a queue of what the rep did, which survives a crash, and a copy of what the rep may
see, which ends up equal to the server. Written to be read, and to be written again in any other language; the steps are
told in docs/write-a-client.md, the rules in docs/sync-protocol.md.
"""

from __future__ import annotations

import random
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from fieldsales_pictures import Key, Pictures, is_final
from fieldsales_server import Refused, Server
from fieldsales_store import Document, Store

Clock = Callable[[], Document]
APP_VERSION = "1.0.0"
SCHEMA = 1  # the version of the protocol that this client speaks
BATCH = 100
LOCKED_OUT = ("auth.device_revoked", "auth.account_closed")


class Unsent(Exception):
    """Somebody else's work is still here. It must go out in that one's name, before another may log in."""


def new_id() -> str:
    """Return a UUIDv7: a time and chance, so that ids of later things sort after those of earlier ones."""
    bits = time.time_ns() // 1_000_000 << 80 | random.SystemRandom().getrandbits(80)
    bits = bits & ~(0xF << 76) | 0x7 << 76
    return str(uuid.UUID(int=bits & ~(0x3 << 62) | 0x2 << 62))


def stamp() -> Document:
    """Return this moment: the wall clock, which may be wrong, and the counter since boot, which never jumps."""
    since_boot = time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))
    boot = Path("/proc/sys/kernel/random/boot_id")
    return {
        "wall": datetime.now(UTC).isoformat(),
        "mono_ms": int(since_boot * 1000),
        "boot_id": boot.read_text().strip() if boot.exists() else f"since {round(time.time() - since_boot, -1)}",
    }


def _picture_of(mutation: Document) -> Key:
    return mutation["data"].get("visit_id"), mutation["data"].get("sha256")


class Phone:
    """One installation of the app, in one SQLite file. What the rep does and what is shown works without a network."""

    def __init__(
        self, file: str | Path, server: str, network: requests.Session | None = None, clock: Clock = stamp
    ) -> None:
        self.store, self.stamp = Store(file), clock
        self.server = Server(server, self.store, network or requests.Session())
        self.pictures = Pictures(self.store.db, self.server)
        if self.store.fact("installation") is None:
            self.store.keep(installation=uuid.uuid4().hex)

    # -- what the rep does ------------------------------------------------------------------------------------------

    def do(self, kind: str, entity: tuple[str, str], data: Document, **more: Any) -> str:
        """Write down what the rep did, durably; return the mutation's id. Show it as done only after this returns."""
        about = {"type": entity[0], "id": entity[1]}
        mutation = {"id": new_id(), "type": kind, "v": 1, "at": self.stamp(), "entity": about, "data": data} | more
        self.store.queue(mutation)
        return str(mutation["id"])

    def photograph(self, visit_id: str, picture: bytes, kind: str = "shelf", content_type: str = "image/png") -> str:
        """Announce a photo and keep its bytes until they are safe on the server; return the photo's id."""
        photo_id, taken_at = new_id(), self.stamp()["wall"]
        sha256 = self.pictures.keep(visit_id, picture)
        data: Document = {"photo_id": photo_id, "visit_id": visit_id, "kind": kind, "content_type": content_type}
        data |= {"sha256": sha256, "size_bytes": len(picture), "taken_at": taken_at}
        self.do("photo.attach", ("photo", photo_id), data)
        return photo_id

    # -- what the phone shows ---------------------------------------------------------------------------------------

    def all(self, entity: str) -> list[Document]:
        """Return everything of one kind that the phone holds."""
        return self.store.all(entity)

    def unsent(self) -> list[Document]:
        """Return what is done and not handed in yet, in order."""
        return self.store.unsent()

    def news(self) -> list[tuple[Document, Document]]:
        """Return each mutation that was refused or is held, with the answer that says why: the rep must hear of it."""
        ends = {each["id"]: {"status": each["status"]} | (each["outcome"] or {}) for each in self.all("mutation")}
        told = []
        for mutation, answer in self.store.outcomes():
            now = answer | ends.get(mutation["id"], {}) if answer["status"] == "held" else answer
            if now["status"] != "applied":
                told.append((mutation, now))
        return told

    def app_status(self) -> str:
        """Return `current`, `update_advised`, or `update_required`: then let the rep begin nothing new."""
        if self.store.fact("unspoken") == str(SCHEMA):
            return "update_required"
        return self.store.fact("app_status") or "current"

    # -- when there is a network ------------------------------------------------------------------------------------

    def log_in(self, login: str, password: str) -> None:
        """Log in on this installation. Raises `Unsent` while the work of somebody else is here."""
        before = self.store.fact("login")
        other = before is not None and before != login.casefold()
        if other and (self.unsent() or (self._awaited() and not self.store.fact("locked_out"))):
            raise Unsent(f"{before} must sync first: there is work on this phone that is not handed in.")
        device = {"installation": self.store.fact("installation"), "name": "Plain Python", "app_version": APP_VERSION}
        tokens = self.server.tokens_for(login, password, device)
        with self.store.db:
            if other:
                self.store.empty()
            self.store.set(tokens=tokens, login=login.casefold(), locked_out=None)

    def sync(self) -> None:
        """Hand in what was done, learn what changed, send the pictures that the server then waits for.

        Whatever fails halfway (`Refused`, or an error of requests), the next call goes on where this one stopped. A
        phone that is locked out hands in its queue for a person to decide, and raises the `Refused` all the same.
        """
        try:
            self.push()
            self.pull()
            if self.upload():
                self.pull()
        except Refused as refused:
            if refused.code in LOCKED_OUT:
                self.hand_in()
            raise

    def push(self) -> None:
        """Send the queue in its order. It stays where the server does not speak our protocol: see `app_status`."""
        if self.store.fact("unspoken") == str(SCHEMA):
            if SCHEMA not in self.server.ask("GET", "/sync/v1").json()["schemas"]:
                return
            self.store.keep(unspoken=None)
        try:
            self._deliver("/sync/v1/mutations")
        except Refused as refused:
            if refused.code != "sync.schema_unsupported":
                raise
            self.store.keep(unspoken=str(SCHEMA))

    def hand_in(self) -> None:
        """Hand in the queue of a phone that is locked out. Any token that it ever had will do."""
        self.store.keep(locked_out="yes")
        self._deliver("/sync/v1/hand-in", tries=1)

    def pull(self) -> None:
        """Apply every page of changes, each in one transaction with the cursor that comes with it."""
        more = True
        while more:
            cursor = self.store.fact("cursor")
            try:
                page = self.server.ask("GET", "/sync/v1/changes", params={"cursor": cursor} if cursor else {}).json()
            except Refused as refused:
                if refused.status != 410:
                    raise
                self.store.keep(cursor=None)  # load everything again; the queue stays
                continue
            with self.store.db:
                self.store.apply(page, first=cursor is None)
            more = page["more"]

    def upload(self) -> bool:
        """Send the bytes of the pictures that the server waits for; return whether any arrived.

        What cannot go now stays for the next time. What the server never takes is dropped, and `news` tells of it.
        """
        announced, arrived = self._announced(), False
        for key in self._refused() - announced.keys():
            self.pictures.forget(key)
        for key, photo in announced.items():
            if photo["stored_at"] is not None:
                self.pictures.forget(key)
                continue
            try:
                self.pictures.send(key, photo["id"])
                arrived = True
            except Refused as refused:
                if refused.status in (401, 403):
                    raise  # that is about the phone, not about the picture
                if is_final(refused):
                    self._give_up(key, refused)
        return arrived

    def _deliver(self, path: str, **options: Any) -> None:
        """A mutation leaves the queue only with a final answer: sending it again does no harm."""
        most = BATCH
        while batch := self.unsent()[:most]:
            body: Document = {
                "device_id": self.store.fact("installation"),
                "app_version": APP_VERSION,
                "schema": SCHEMA,
            }
            body |= {"sent": self.stamp(), "mutations": batch}
            try:
                told = self.server.ask("POST", path, json=body, **options).json()
            except Refused as refused:
                if refused.status != 413 or len(batch) == 1:
                    raise
                most = len(batch) // 2
                continue
            final = [(batch[each["index"]], each) for each in told["results"] if each["status"] != "retry"]
            with self.store.db:
                self.store.set(app_status=told["app"]["status"])
                for mutation, answer in final:
                    self.store.conclude(mutation, answer)
            if len(final) < len(batch):
                return  # the server could not, just now: later

    def _announced(self) -> dict[Key, Document]:
        """The pictures kept here that the server knows of, with what it says of each."""
        theirs = {(visit["id"], each["sha256"]): each for visit in self.all("visit") for each in visit["photos"]}
        return {key: theirs[key] for key in self.pictures.kept() if key in theirs}

    def _refused(self) -> set[Key]:
        """The pictures whose announcement was refused, and not made once more since."""
        ends = [(mutation, answer["status"]) for mutation, answer in self.news()]
        ends += [(mutation, "unsent") for mutation in self.unsent()]
        last = {_picture_of(mutation): status for mutation, status in ends if mutation["type"] == "photo.attach"}
        return {key for key, status in last.items() if status == "rejected"}

    def _awaited(self) -> bool:
        return any(photo["stored_at"] is None for photo in self._announced().values())

    def _give_up(self, key: Key, refused: Refused) -> None:
        with self.store.db:
            for mutation, answer in self.store.outcomes():
                if mutation["type"] == "photo.attach" and _picture_of(mutation) == key:
                    self.store.conclude(mutation, answer | {"status": "rejected", "problem": refused.problem})
        self.pictures.forget(key)
