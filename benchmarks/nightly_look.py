"""The nightly look for anomalies over many customers in the database, on SQLite and on PostgreSQL.

    python -m benchmarks.nightly_look [--customers 100000] [--postgresql ADDRESS]

Customers order every four weeks, give or take two, for two years; one in ten stopped, and one in ten buys for a third,
two months ago. The first look opens their anomalies, the second, a week later, refreshes them. Parts of the first are
told apart by calling them once more.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

import numpy as np
from sqlalchemy import Engine, text

from benchmarks.pull_servers import database
from fieldsales.anomalies.rules import HISTORY_DAYS, find_anomalies
from fieldsales.anomalies.service import Detected, detect
from fieldsales.clock import utc_now
from fieldsales.customers.models import Customer
from fieldsales.db.bulk import insert_columns
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.history.queries import buying_history
from fieldsales.orders.models import Order, OrderKind, OrderState, Origin
from fieldsales.people.models import Territory
from migrations import upgrade

T = TypeVar("T")
TODAY = date(2026, 3, 2)
TURNS, EVERY, SINCE = 26, 28, 60


def main() -> None:
    """Print how long each part takes on each database."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    asked = parser.parse_args()
    print("| database | part | seconds | processor seconds |\n|---|---|---|---|")
    for kind in ("sqlite", "postgresql"):
        if asked.only in (None, kind):
            with tempfile.TemporaryDirectory() as folder, database(kind, asked.postgresql, Path(folder)) as url:
                engine = make_engine(url)
                upgrade(engine)
                build(engine, asked.customers)
                measure(engine, kind)
                engine.dispose()
    print(f"\npeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def measure(engine: Engine, kind: str) -> None:
    """Print a row for each part."""

    def timed(what: str, work: Callable[[], T]) -> T:
        began, own = time.perf_counter(), time.process_time()
        answer = work()
        seconds, processor = time.perf_counter() - began, time.process_time() - own
        told = f" ({answer})" if isinstance(answer, Detected) else ""
        print(f"| {kind} | {what}{told} | {seconds:.1f} | {processor:.1f} |", flush=True)
        return answer

    def look(day: date) -> Detected:
        with transaction(engine) as session:
            return detect(session, day)

    timed("first look", lambda: look(TODAY))
    timed("a week later", lambda: look(TODAY + timedelta(days=7)))
    with reading(engine) as session:
        since = TODAY - timedelta(days=HISTORY_DAYS)
        history = timed("of it: reading two years", lambda: buying_history(session, since, TODAY))
    timed("of it: finding", lambda: len(find_anomalies(history, TODAY)))


def build(engine: Engine, size: int) -> None:
    """Fill a town in the bulk way of the imports."""
    dice = np.random.default_rng(7)
    now = utc_now()
    with transaction(engine) as session:
        place = Territory(code="T", name="T", time_zone="UTC", region="GR", currency="EUR")
        session.add(place)
        session.flush()
        connection = session.connection()
        ids = [uuid.UUID(int=at + (7 << 76)).hex for at in range(size)]
        same = {
            "territory_id": place.id.hex,
            "flags": [],
            "active": True,
            "version": 1,
            "created_at": now,
            "updated_at": now,
        }
        columns = {name: [value] * size for name, value in same.items()}
        insert_columns(connection, Customer, {"id": ids, "name": [f"Shop {at}" for at in range(size)], **columns})
        worth = np.exp(dice.normal(9, 1.2, size))
        change = dice.integers(0, 10, size)
        for turn in range(TURNS):
            ago = np.maximum(1, 14 + EVERY * turn + dice.integers(-14, 15, size))
            share = np.where((change == 1) & (ago < SINCE), 0.33, 1.0)
            amount = np.maximum(worth * share * np.exp(dice.normal(0, 0.3, size)), 100).astype(np.int64)
            come = np.flatnonzero((change != 0) | (ago >= SINCE)).tolist()
            same = {
                "kind": OrderKind.SALE,
                "origin": Origin.IMPORT,
                "currency": "EUR",
                "state": OrderState.PLACED,
                "flags": [],
            }
            insert_columns(
                connection,
                Order,
                {
                    "id": [uuid.UUID(int=turn * size + at + (9 << 76)).hex for at in come],
                    "customer_id": [ids[at] for at in come],
                    "ordered_on": [TODAY - timedelta(days=int(ago[at])) for at in come],
                    "amount_minor": amount[come].tolist(),
                    **{name: [value] * len(come) for name, value in same.items()},
                },
            )
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))


if __name__ == "__main__":
    main()
