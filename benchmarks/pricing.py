"""How fast orders are priced and order contexts made, and how good the proposals are on real orders.

    python -m benchmarks.pricing [--orders 300] [--lines order_lines.csv.gz] [--day 2022-08-01]

Orders of 100 lines are priced by a drawn book of 2,000 products and 20 promotions, in one process. With a file of order
lines (date, store, item, invoice, bottles, dollars) its last 180 days before the day are put into a SQLite database,
and the order contexts of up to 300 stores are made. Of what stores newly bought in the 28 days after, it is counted how
much was among five proposals, beside the five products that most stores bought and this one did not. Seconds are of the
processor: they do not mind other work on the machine.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import tempfile
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.catalog.models import Product
from fieldsales.companions.rules import learn, propose
from fieldsales.contexts.queries import drafted_contexts
from fieldsales.contexts.rules import BUYING_DAYS, PROPOSALS
from fieldsales.customers.models import Customer
from fieldsales.db.bulk import insert_rows
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Origin
from fieldsales.people.models import Territory
from fieldsales.precedence.rules import Buyer
from fieldsales.pricebooks.rules import NO_TERMS, read_book
from fieldsales.pricebooks.service import publish_books
from fieldsales.pricing.rules import Wanted, price_order
from migrations import upgrade

AFTER = 28
STORES = 300
Lines = list[tuple[date, int, int, str, int, int]]


def main() -> None:
    """Print what was measured."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--orders", type=int, default=300)
    parser.add_argument("--lines", type=Path)
    parser.add_argument("--day", type=date.fromisoformat, default=date(2022, 8, 1))
    asked = parser.parse_args()
    price(asked.orders)
    if asked.lines:
        lines = list(read(asked.lines, asked.day))
        proposals(lines, asked.day)
        contexts([each for each in lines if each[0] < asked.day], asked.day)


def price(orders: int) -> None:
    """Time orders of 100 lines, and reading the book."""
    lot = Random(7)
    document = drawn_book(lot)
    began = time.process_time()
    book = read_book(document)
    told = json.dumps(document)
    print(f"book: {len(told) / 1e6:.2f} MB of JSON, read in {1000 * (time.process_time() - began):.0f} ms")
    products = list(book.items)
    baskets = [
        [Wanted(n, lot.choice(products), lot.randint(1, 40), lot.choice(("each", "case"))) for n in range(1, 101)]
        for _ in range(orders)
    ]
    buyer = Buyer(str(uuid.uuid4()), "B", NO_TERMS, "2026-03-02")
    times = []
    for basket in baskets:
        began = time.process_time()
        price_order(book, buyer, basket)
        times.append(time.process_time() - began)
    print(f"{orders} orders of 100 lines: median {1000 * median(times):.2f} ms, {1 / median(times):.0f} orders/s")


def drawn_book(lot: Random) -> dict[str, Any]:
    """Return a book of 2,000 products, a break on every second, and 20 promotions of all kinds."""
    ids = [str(uuid.UUID(int=lot.getrandbits(128), version=4)) for _ in range(2000)]
    kinds: tuple[dict[str, Any], ...] = (
        {"kind": "percent", "discount_bp": 300},
        {"kind": "amount", "off_minor": 20, "per": 6},
        {"kind": "free_goods", "buy": 24, "give": 1},
        {"kind": "bundle", "parts": [{"product_id": each, "quantity": 1} for each in ids[:2]], "discount_bp": 500},
        {"kind": "threshold", "steps": [{"min_amount_minor": 10_000, "discount_bp": 100}]},
    )
    return {
        "currency": "EUR",
        "step_minor": 1,
        "tax_included": False,
        "tax_rates": {"standard": 2400, "food": 1300},
        "tier_discounts": {"B": 250},
        "products": {
            each: {
                "sku": f"sku-{at}",
                "price_minor": lot.randint(50, 5000),
                "tax_class": lot.choice(("standard", "food")),
                "category": f"category {at % 20}",
                "units": {"each": 1, "case": 12},
                "breaks": [{"min": 48, "discount_bp": 400}] if at % 2 else [],
            }
            for at, each in enumerate(ids)
        },
        "promotions": [
            {"code": f"P{at}", "name": "P", "products": {"categories": [f"category {at}"]}} | kinds[at % len(kinds)]
            for at in range(20)
        ],
    }


def read(path: Path, day: date) -> Iterator[tuple[date, int, int, str, int, int]]:
    """Yield the lines from half a year before a day to four weeks after it."""
    first, last = day - timedelta(days=BUYING_DAYS), day + timedelta(days=AFTER)
    with gzip.open(path, "rt") as file:
        for row in csv.DictReader(file):
            on = date.fromisoformat(row["date"])
            if first <= on < last and int(row["bottles"]) > 0:
                cents = round(float(row["dollars"]) * 100)
                yield on, int(row["store"]), int(row["item"]), row["invoice"], int(row["bottles"]), cents


def proposals(lines: Lines, day: date) -> None:
    """Count how much of what stores newly bought was proposed."""
    before: dict[int, set[int]] = defaultdict(set)
    after: dict[int, set[int]] = defaultdict(set)
    for on, store, item, *_ in lines:
        (before if on < day else after)[store].add(item)
    pairs = [(store, item) for store in sorted(before) for item in sorted(before[store])]
    began = time.process_time()
    known = learn([store for store, _ in pairs], [item for _, item in pairs])
    learned = time.process_time() - began
    wanted = [store for store in sorted(before) if after[store] - before[store]]
    began = time.process_time()
    found = propose(known, wanted, PROPOSALS)
    took = time.process_time() - began
    popular = [item for item, _ in Counter(item for _, item in pairs).most_common()]
    hits = {"proposals": 0, "popular": 0}
    stores = dict.fromkeys(hits, 0)
    for store in wanted:
        new = after[store] - before[store]
        best = [item for item in popular if item not in before[store]][:PROPOSALS]
        for name, told in (("proposals", [each.product for each in found[store]]), ("popular", best)):
            right = len(new & set(told))
            hits[name] += right
            stores[name] += right > 0
    print(
        f"{len(pairs)} pairs of {len(before)} stores learned in {learned:.2f} s, {len(wanted)} served in {took:.2f} s"
    )
    for name, right in hits.items():
        share, hit = right / (PROPOSALS * len(wanted)), stores[name] / len(wanted)
        print(
            f"{name}: of {PROPOSALS} each, {share:.1%} were bought in {AFTER} days; one at least by {hit:.1%} of stores"
        )


def contexts(lines: Lines, day: date) -> None:
    """Put the lines into a database and time the order contexts of many stores."""
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(f"sqlite:///{folder}/contexts.sqlite3")
        upgrade(engine)
        with transaction(engine) as session:
            stores = fill(session, lines, day)
            publish_books(session, now=datetime.now(UTC))
        with reading(engine) as session:
            customers = session.scalars(select(Customer).order_by(Customer.id).limit(STORES)).all()
            times = []
            for _ in range(3):
                began = time.process_time()
                found = drafted_contexts(session, customers, day)
                times.append(time.process_time() - began)
        size = len(json.dumps([dict(each) for each in found.values()]))
        print(f"{len(lines)} lines of {stores} stores; contexts of {len(found)}: median {median(times):.2f} s of 3")
        print(f"a context: {size / len(found):.0f} bytes of JSON")
        engine.dispose()


def fill(session: Session, lines: Lines, day: date) -> int:
    """Insert stores, products and orders; return how many stores there are."""
    area = Territory(code="dsm", name="Des Moines", time_zone="America/Chicago", region="US", currency="USD")
    session.add(area)
    session.flush()
    now = datetime.combine(day, datetime.min.time(), UTC)
    shops = {each: uuid.uuid5(uuid.NAMESPACE_OID, f"s{each}") for each in {line[1] for line in lines}}
    wares = {each: uuid.uuid5(uuid.NAMESPACE_OID, f"p{each}") for each in {line[2] for line in lines}}
    rows: list[Any] = [
        Customer.fresh(
            id=found, name=f"Store {store}", territory_id=area.id, tier="B", flags=[], created_at=now, updated_at=now
        )
        for store, found in shops.items()
    ]
    rows += [
        Product.fresh(id=found, sku=str(item), name=str(item), price_minor=1000, currency="USD")
        for item, found in wares.items()
    ]
    orders: dict[tuple[date, int], list[tuple[int, int, int]]] = defaultdict(list)
    for on, store, item, _, bottles, cents in lines:
        orders[on, store].append((item, bottles, cents))
    for number, ((on, store), of_order) in enumerate(orders.items()):
        order_id = uuid.UUID(int=number + 1)
        rows.append(
            Order.fresh(
                id=order_id,
                customer_id=shops[store],
                kind=OrderKind.SALE,
                origin=Origin.IMPORT,
                state=OrderState.PLACED,
                ordered_on=on,
                currency="USD",
                amount_minor=sum(cents for *_, cents in of_order),
                flags=[],
            )
        )
        rows += [
            OrderLine.fresh(
                order_id=order_id,
                line_no=at,
                product_id=wares[item],
                quantity=bottles,
                unit_price_minor=cents // bottles,
                amount_minor=cents,
            )
            for at, (item, bottles, cents) in enumerate(of_order, 1)
        ]
    insert_rows(session.connection(), rows)
    return len(shops)


if __name__ == "__main__":
    main()
