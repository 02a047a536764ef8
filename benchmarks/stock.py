"""How long stock takes with a real catalogue's size and years of moves: `python -m benchmarks.stock [DATABASE_URL]`.

Without an address an SQLite file in a folder of its own is made. Balances kept beside the moves are compared with
summing the moves up each time.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.db.base import new_id
from fieldsales.db.bulk import insert_columns
from fieldsales.db.engine import make_engine
from fieldsales.stock.models import Condition, StockBalance, StockCause, StockMove
from fieldsales.stock.queries import drifted, on_hand
from fieldsales.stock.rules import Entry, Leg
from fieldsales.stock.service import move
from fieldsales.warehouses.models import WarehouseKind
from fieldsales.warehouses.service import NewPlace, open_warehouse
from migrations import upgrade

PRODUCTS, MOVES, LINES, ENTRIES = 6_482, 100_000, 20, 50
Pieces = dict[uuid.UUID, int]
START = datetime(2024, 1, 1, 6, 0, tzinfo=UTC)


def main(url: str | None) -> None:
    """Fill an empty database, and print what was measured."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(url or f"sqlite:///{Path(folder) / 'stock.sqlite3'}")
        upgrade(engine)
        with Session(engine) as session:
            house, products = _fill(session, random.Random(1))
            print(f"{engine.dialect.name}: {PRODUCTS:,} products, {MOVES:,} moves in half a year")
            kept = _timed("balances, read as they are kept", lambda: on_hand(session, house))
            summed = _timed("the same, summed up from the moves", lambda: _summed(session, house))
            assert kept == summed, "the balances are not what the moves come to"
            begun = time.perf_counter()
            for number in range(ENTRIES):
                some = random.Random(number).sample(products, LINES)
                legs = tuple(Leg(each, 1, from_id=house) for each in sorted(some))
                move(session, Entry(StockCause.SALE, START, START.date(), legs, below_zero=True))
            spent = (time.perf_counter() - begun) / ENTRIES
            print(f"{'an entry of 20 lines, written':<40}{1000 * spent:>10.1f} ms")
            assert not drifted(session)
            session.rollback()
        engine.dispose()


def _fill(session: Session, dice: random.Random) -> tuple[uuid.UUID, list[uuid.UUID]]:
    house = open_warehouse(session, NewPlace("MAIN", "Main", WarehouseKind.WAREHOUSE), now=START).id
    products = [new_id() for _ in range(PRODUCTS)]
    session.add_all(
        Product(id=each, sku=f"P{number}", name=f"Product {number}", price_minor=100, currency="USD")
        for number, each in enumerate(products)
    )
    session.flush()
    at = [START + timedelta(minutes=2 * number) for number in range(MOVES)]
    which = [dice.randrange(PRODUCTS) for _ in range(MOVES)]
    pieces = [dice.randint(1, 48) for _ in range(MOVES)]
    comes = [dice.random() < 0.5 for _ in range(MOVES)]
    insert_columns(
        session.connection(),
        StockMove,
        {
            "id": [new_id().hex for _ in range(MOVES)],
            "entry_id": [new_id().hex for _ in range(MOVES)],
            "cause": [StockCause.RECEIPT if each else StockCause.DELIVERY for each in comes],
            "day": [each.date() for each in at],
            "at": at,
            "product_id": [products[each].hex for each in which],
            "quantity": pieces,
            "condition": [Condition.SELLABLE] * MOVES,
            "from_id": [None if each else house.hex for each in comes],
            "to_id": [house.hex if each else None for each in comes],
        },
    )
    there = [0] * PRODUCTS
    for number, each in enumerate(which):
        there[each] += pieces[number] if comes[number] else -pieces[number]
    session.add_all(
        StockBalance(warehouse_id=house, product_id=each, condition=Condition.SELLABLE, on_hand=there[number])
        for number, each in enumerate(products)
    )
    session.commit()
    return house, products


def _summed(session: Session, house: uuid.UUID) -> Pieces:
    found: Pieces = {}
    for column, sign in ((StockMove.to_id, 1), (StockMove.from_id, -1)):
        rows = session.execute(
            select(StockMove.product_id, func.sum(StockMove.quantity))
            .where(column == house, StockMove.condition == Condition.SELLABLE)
            .group_by(StockMove.product_id)
        )
        for product_id, pieces in rows:
            found[product_id] = found.get(product_id, 0) + sign * int(pieces)
    return {each: pieces for each, pieces in found.items() if pieces}


def _timed(what: str, work: Callable[[], Pieces]) -> Pieces:
    times: list[float] = []
    found: Pieces = {}
    for _ in range(5):
        begun = time.perf_counter()
        found = work()
        times.append(time.perf_counter() - begun)
    print(f"{what:<40}{1000 * sorted(times)[2]:>10.1f} ms")
    return found


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
