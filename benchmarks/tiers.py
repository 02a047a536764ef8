"""Give tiers to many customers: by revenue and by value score, on SQLite, and how the time grows.

    python -m benchmarks.tiers [CUSTOMERS ...]

Each town has customers of 12 categories in cities of all sizes, who ordered every four weeks for a year and a
half: one line of a product with a cost; every third order was paid to a rep. The first look moves everybody, the second
nobody; both note where everybody stands. Parts are told apart by calling them once more. Peak memory is that of the
process: run one size alone to know its own.
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

from fieldsales.catalog.models import Product
from fieldsales.clock import utc_now
from fieldsales.customers.models import Customer
from fieldsales.db.bulk import insert_columns
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.history.queries import buying_history
from fieldsales.ladders.rules import TIERS
from fieldsales.measures.rules import LONGEST
from fieldsales.measures.service import measure
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Origin
from fieldsales.people.models import Role, Territory, User
from fieldsales.policies.service import put
from fieldsales.receivables.models import Method, Payment
from fieldsales.rulebook.service import preview_tiers
from fieldsales.tiers.service import assess_tiers, refresh_tiers, terms_on
from fieldsales.worth.rules import score
from migrations import upgrade

T = TypeVar("T")
Seconds = tuple[float, float]
"""Of the wall clock and of the processor; the latter do not mind other work on the machine."""
TODAY = date.today()  # noqa: DTZ011 -- policies begin today
ORDER_DAYS = 20
BY_SCORE = {
    "by": "score",
    "tiers": [
        {name: value for name, value in tier.items() if name != "revenue_share_bp"} | {"minimum_score": least}
        for tier, least in zip(TIERS.default["tiers"], (75, 50, 20, 0), strict=True)
    ],
}


def main() -> None:
    """Build each town, and print how long everything takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("customers", type=int, nargs="*", default=[10_000, 100_000])
    columns: dict[int, dict[str, Seconds]] = {}
    for size in parser.parse_args().customers:
        with tempfile.TemporaryDirectory() as name:
            columns[size] = measured(size, Path(name))
        print(f"{size:,} customers: peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    print(f"{'seconds (of the processor)':34}" + "".join(f"{size:>18,}" for size in columns) + "  growth (processor)")
    for row in next(iter(columns.values())):
        found = [column[row] for column in columns.values()]
        growth = found[-1][1] / found[0][1]
        print(f"{row:34}" + "".join(f"{wall:9.2f} ({own:6.2f})" for wall, own in found) + f"{growth:12.1f}×")


def measured(size: int, folder: Path) -> dict[str, Seconds]:
    """Return the seconds of each step in a town of some size."""
    engine = make_engine(f"sqlite:///{folder / 'town.sqlite3'}")
    upgrade(engine)
    build(engine, size)
    found: dict[str, Seconds] = {}

    def timed(what: str, work: Callable[[], T]) -> T:
        began, own = time.perf_counter(), time.process_time()
        answer = work()
        found[what] = time.perf_counter() - began, time.process_time() - own
        return answer

    def look() -> int:
        with transaction(engine) as session:
            return refresh_tiers(session, TODAY)

    timed("by revenue: first look, all move", look)
    assert timed("by revenue: second look, nobody", look) == 0
    with transaction(engine) as session:
        put(session, TIERS, BY_SCORE, now=utc_now())
    timed("by score: first look", look)
    assert timed("by score: second look, nobody", look) == 0
    with reading(engine) as session:
        timed("by score: preview", lambda: preview_tiers(session, {"tiers": TIERS.default}, TODAY, now=utc_now()))
        terms = terms_on(session, TODAY)
        history = timed("  reading orders of 546 days", lambda: buying_history(session, TODAY - LONGEST, TODAY))
        components = terms.weights.components
        measures = timed("  measuring (margin, peers, …)", lambda: measure(session, history, TODAY, components))
        timed("  scoring", lambda: score(measures, terms.weights))
        timed("  all of the look but writing", lambda: assess_tiers(session, TODAY, history=history))
    engine.dispose()
    return found


def build(engine: Engine, size: int) -> None:
    """Fill a town, table by table, in the bulk way of the imports."""
    dice = np.random.default_rng(7)
    now = utc_now()
    with transaction(engine) as session:
        place = Territory(code="T", name="T", time_zone="UTC", region="GR", currency="EUR")
        session.add(place)
        session.flush()
        rep = User(login="rep", name="Rep", role=Role.REP, territory_id=place.id, created_at=now)
        products = [
            Product(sku=f"p{at}", name=f"P{at}", cost_minor=60 + at % 30, price_minor=100, currency="EUR")
            for at in range(200)
        ]
        session.add_all([rep, *products])
        session.flush()
        connection = session.connection()
        ids = [uuid.UUID(int=int(at) + (7 << 76)).hex for at in range(size)]
        cities = np.minimum(dice.zipf(1.3, size), size // 5)
        insert_columns(
            connection,
            Customer,
            {
                "id": ids,
                "name": [f"Shop {at}" for at in range(size)],
                "territory_id": [place.id.hex] * size,
                "category": [f"kind {at}" for at in dice.integers(0, 12, size)],
                "city": [f"city {at}" for at in cities],
                "flags": [[]] * size,
                "active": [True] * size,
                "version": [1] * size,
                "created_at": [now] * size,
                "updated_at": [now] * size,
            },
        )
        worth = np.exp(dice.normal(9, 1.2, size))
        for turn in range(ORDER_DAYS):
            orders = [uuid.UUID(int=turn * size + at + (9 << 76)).hex for at in range(size)]
            days = [TODAY - timedelta(days=int(ago)) for ago in 1 + 28 * turn + dice.integers(0, 28, size)]
            amounts = np.maximum(worth * np.exp(dice.normal(0, 0.3, size)), 100).astype(np.int64).tolist()
            insert_columns(
                connection,
                Order,
                {
                    "id": orders,
                    "customer_id": ids,
                    "kind": [OrderKind.SALE] * size,
                    "origin": [Origin.IMPORT] * size,
                    "ordered_on": days,
                    "currency": ["EUR"] * size,
                    "amount_minor": amounts,
                    "state": [OrderState.PLACED] * size,
                    "flags": [[]] * size,
                },
            )
            insert_columns(
                connection,
                OrderLine,
                {
                    "order_id": orders,
                    "line_no": [1] * size,
                    "product_id": [products[at].id.hex for at in dice.integers(0, 200, size)],
                    "quantity": [max(1, amount // 100) for amount in amounts],
                    "unit_price_minor": [100] * size,
                    "amount_minor": amounts,
                },
            )
            some = range(turn % 3, size, 3)
            insert_columns(
                connection,
                Payment,
                {
                    "id": [uuid.UUID(int=turn * size + at + (11 << 76)).hex for at in some],
                    "customer_id": [ids[at] for at in some],
                    "rep_id": [rep.id.hex for _ in some],
                    "method": [Method.CASH for _ in some],
                    "currency": ["EUR" for _ in some],
                    "amount_minor": [amounts[at] for at in some],
                    "paid_on": [days[at] for at in some],
                    "paid_at": [now for _ in some],
                    "flags": [[] for _ in some],
                },
            )
    with engine.connect() as connection:
        connection.execute(text("ANALYZE"))


if __name__ == "__main__":
    main()
