"""Eight writers commit out of order while a reader pulls: the cursor misses nothing, and the obvious cursors do."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session
from worlds import phone_town

from fieldsales.catalog.models import TierPrice
from fieldsales.db.session import reading, transaction
from sync.pull import pull

WRITERS = 8
NAIVE_TABLE = "CREATE TABLE race (seq {serial}, id CHAR(36) NOT NULL, updated_at DOUBLE PRECISION NOT NULL)"


@dataclass
class Reader:
    """A phone that pulls all the time; beside it, readers that ask for what has a higher number or a later time."""

    engine: Engine
    user_id: uuid.UUID
    cursor: str | None = None
    seen: set[uuid.UUID] = field(default_factory=set)
    naive: dict[str, set[uuid.UUID]] = field(default_factory=lambda: {"seq": set(), "updated_at": set()})
    newest: dict[str, float] = field(default_factory=lambda: {"seq": 0, "updated_at": 0})

    def look(self) -> None:
        """Read once in each way."""
        with reading(self.engine) as session:
            page = pull(session, self.user_id, self.cursor, 2000)
        self.cursor = page.next_cursor
        self.seen |= {change.id for change in page.changes if change.entity == "tier_price"}
        with reading(self.engine) as session:
            for column, found in self.naive.items():
                rows = session.execute(
                    text(f"SELECT id, {column} FROM race WHERE {column} > :newest"), {"newest": self.newest[column]}
                ).all()
                found |= {uuid.UUID(name) for name, _ in rows}
                self.newest[column] = max([self.newest[column], *(value for _, value in rows)])


def write(engine: Engine, product_id: uuid.UUID, count: int, seed: int, written: list[uuid.UUID]) -> None:
    """Insert rows in small transactions that stay open for different times."""
    chance = random.Random(seed)
    while count > 0:
        with transaction(engine) as session:
            size = min(count, chance.randint(1, 20))
            ids = [uuid.UUID(int=chance.getrandbits(128)) for _ in range(size)]
            _insert(session, product_id, ids)
            time.sleep(chance.choice([0, 0, 0.001, 0.01]))
        written += ids
        count -= size


def _insert(session: Session, product_id: uuid.UUID, ids: list[uuid.UUID]) -> None:
    """Write rows that phones hold, and the same into a table with a counter and the time of writing."""
    now = datetime.now(UTC).timestamp()
    session.execute(
        TierPrice.__table__.insert(),
        [{"id": each, "tier": "B", "product_id": product_id, "price_minor": 1} for each in ids],
    )
    session.execute(
        text("INSERT INTO race (id, updated_at) VALUES (:id, :now)"), [{"id": str(each), "now": now} for each in ids]
    )


def race(engine: Engine, rows: int) -> tuple[Reader, set[uuid.UUID]]:
    """Let eight writers write and one reader read, until all is written and read once more."""
    town = phone_town.build(engine)
    serial = "INTEGER PRIMARY KEY AUTOINCREMENT" if engine.dialect.name == "sqlite" else "BIGSERIAL PRIMARY KEY"
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS race"))
        connection.execute(text(NAIVE_TABLE.format(serial=serial)))
    reader, written = Reader(engine, town.anna.who.user_id), list[uuid.UUID]()
    threads = [
        threading.Thread(target=write, args=(engine, town.products["soap"], rows // WRITERS, seed, written))
        for seed in range(WRITERS)
    ]
    _run(threads, reader.look)
    with engine.begin() as connection:
        connection.execute(text("DROP TABLE race"))
    return reader, set(written)


def _run(threads: list[threading.Thread], look: Callable[[], None]) -> None:
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        look()
    look()
    look()
