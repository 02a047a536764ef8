"""The same day of phones sent to ours, to the floor, to Kinto and to pouchdb-server, side by side in one run.

    python -m benchmarks.sync_peers --postgresql postgresql://postgres@127.0.0.1:5432/postgres

Four phones send at once. The peers only keep each mutation as a document; ours checks it, prices the order, finds the
planned visit and answers with an outcome. Printed: mutations a second by size of batch, how many of those that were
acknowledged are there at the end, and what is there after everything was sent a second time.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import make_url

from benchmarks import peers, upload_servers
from benchmarks.upload_world import Phone
from fieldsales.db.engine import make_engine

MUTATIONS = {1: 100, 25: 500, 100: 1000}
"""How many mutations a round sends in batches of each size, all phones together."""


@dataclass
class Contender:
    """One server of the comparison, and what it acknowledged so far."""

    name: str
    port: int
    path: str
    phones: list[Phone]
    headers: Callable[[Phone], dict[str, str]]
    body: Callable[[dict[str, Any]], bytes]
    acknowledged: Callable[[int, bytes], int]
    stored: Callable[[], int]
    stop: Callable[[], None]
    speeds: dict[int, list[float]] = field(default_factory=lambda: {size: [] for size in MUTATIONS})
    counted: int = 0
    sent: list[tuple[Phone, list[bytes]]] = field(default_factory=list)

    def send(self, work: list[tuple[Phone, list[bytes]]]) -> tuple[float, int]:
        """Send the batches of each phone over a connection of its own; return the seconds and the acknowledged."""
        start = threading.Barrier(len(work) + 1)
        found: list[int] = []
        senders = [threading.Thread(target=self._one, args=(phone, bodies, start, found)) for phone, bodies in work]
        for each in senders:
            each.start()
        start.wait()
        began = time.perf_counter()
        for each in senders:
            each.join()
        return time.perf_counter() - began, sum(found)

    def round(self, size: int) -> float:
        """Send fresh work in batches of a size; return mutations per second."""
        batches = MUTATIONS[size] // size // len(self.phones)
        work = [(phone, [self.body(json.loads(phone.body(size))) for _ in range(batches)]) for phone in self.phones]
        seconds, acknowledged = self.send(work)
        self.sent += work
        self.counted += acknowledged
        return size * batches * len(work) / seconds

    def _one(self, phone: Phone, bodies: list[bytes], start: threading.Barrier, found: list[int]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        start.wait()
        for body in bodies:
            connection.request("POST", self.path, body, self.headers(phone))
            answer = connection.getresponse()
            found.append(self.acknowledged(answer.status, answer.read()))
        connection.close()


def ours(app: str, kind: str, url: str, folder: Path) -> Contender:
    """Return ours, or the floor, on one of our databases."""
    server = upload_servers.Server(app, url, folder)

    def stored() -> int:
        engine = make_engine(url)
        with engine.connect() as connection:
            found: int = connection.exec_driver_sql("SELECT count(*) FROM mutation").scalar_one()
        engine.dispose()
        return found

    return Contender(
        f"{app}, {kind}",
        server.port,
        "/sync/v1/mutations",
        server.phones,
        Phone.headers,
        lambda batch: json.dumps(batch).encode(),
        lambda status, told: told.count(b'"applied"') if status == 200 else 0,
        stored,
        server.stop,
    )


def peer(name: str, server: peers.Kinto | peers.Pouch, phones: list[Phone]) -> Contender:
    """Return a peer, to which the same phones send."""
    return Contender(
        name,
        server.port,
        server.path,
        phones,
        lambda phone: server.headers,
        lambda batch: server.body(batch["mutations"]),
        server.acknowledged,
        server.stored,
        server.stop,
    )


def contenders(postgresql: str, name: str, folder: Path) -> list[Contender]:
    """Start everybody."""
    found = []
    for app in ("ours", "floor"):
        url = make_url(postgresql).set(database=f"{name}_{app}").render_as_string(hide_password=False)
        found.append(ours(app, "PostgreSQL", url, folder))
    found.append(ours("ours", "SQLite", f"sqlite:///{folder}/ours.sqlite3", folder))
    strangers = upload_servers.Server("ours", f"sqlite:///{folder}/names.sqlite3", folder)
    strangers.stop()
    found.append(peer("Kinto, PostgreSQL", peers.Kinto(postgresql, folder), strangers.phones))
    found.append(peer("pouchdb-server, LevelDB", peers.Pouch(folder), strangers.phones))
    return found


def main() -> None:
    """Run and print the tables of docs/benchmarks.md."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    name = f"fieldsales_peers_{time.time_ns()}"
    running: list[Contender] = []
    with tempfile.TemporaryDirectory() as folder, psycopg.connect(asked.postgresql, autocommit=True) as admin:
        for app in ("ours", "floor"):
            admin.execute(f'CREATE DATABASE "{name}_{app}"'.encode())
        try:
            running = contenders(asked.postgresql, name, Path(folder))
            for turn in range(-1, asked.rounds):
                for size in MUTATIONS:
                    for each in running:
                        speed = each.round(size)
                        print(f"round {turn}, batches of {size}: {each.name} {speed:,.0f}/s", file=sys.stderr)
                        if turn >= 0:
                            each.speeds[size].append(speed)
            show(running)
        finally:
            for each in running:
                each.stop()
            for app in ("ours", "floor"):
                admin.execute(f'DROP DATABASE IF EXISTS "{name}_{app}" WITH (FORCE)'.encode())


def show(running: list[Contender]) -> None:
    """Print speeds against ours, and what became of what was acknowledged."""
    sizes = " | ".join(f"batch of {size}" for size in MUTATIONS)
    print(
        f"| server | {sizes} | acknowledged | stored | stored after sending all twice |\n|---|---|---|---|---|---|---|"
    )
    for each in running:
        speeds = " | ".join(f"{statistics.median(found):,.0f}/s" for found in each.speeds.values())
        before = each.stored()
        each.send(each.sent)
        print(f"| {each.name} | {speeds} | {each.counted} | {before} | {each.stored()} |")


if __name__ == "__main__":
    main()
