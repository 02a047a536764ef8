"""Commission of five reps under three schemes, on twenty-two months of real orders.

    python -m benchmarks.commission FOLDER [--database sqlite:///pay.db] [--months 22] [--scheme sales …] [--close]

FOLDER has the State of Iowa's `outlets.csv.gz`, `products.csv.gz` and `order_lines*.csv.gz` (date, store, item,
invoice, bottles, dollars). The outlets are shared out among five reps from west to east; the ten largest are key
accounts of two reps each. Invoices become orders, what came back becomes returns; dollars are what the outlet paid,
without tax. All schemes are simulated over all months and printed beside each other. With `--close` every month of each
is run, checked and closed, and must come to the cent to what was simulated; one line is explained to its last order
line. A database that has orders already is used as it is, and months that are closed in it stay so.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import sys
import tempfile
import time
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from fieldsales.adoptions.service import adopt
from fieldsales.catalog.models import Product
from fieldsales.cli.pay_table import print_explanation, print_outcomes
from fieldsales.customers.models import Assignment, AssignmentKind, Customer
from fieldsales.db.base import Base, new_id
from fieldsales.db.bulk import insert_rows
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.explanations.queries import check_run, explain
from fieldsales.orders.models import Order, OrderKind, OrderLine, OrderState, Origin
from fieldsales.payruns.models import PayLine, RunState
from fieldsales.payruns.queries import require_run, run_of
from fieldsales.payruns.rules import months_from
from fieldsales.payruns.service import close_run, make_run
from fieldsales.people.models import Role, Territory, User
from fieldsales.schemes.rules import read_scheme
from fieldsales.simulations.rules import Outcome
from fieldsales.simulations.service import simulate
from migrations import upgrade

FIRST = date(2021, 1, 1)
BEGAN = datetime(2021, 1, 1, 12, tzinfo=UTC)
REPS = ("ada", "bert", "cleo", "dan", "eve")
KEY_ACCOUNTS = 10
CHAINS = ("HY-VEE", "FAREWAY", "CASEY", "KUM & GO", "WALGREENS", "TARGET", "SAM'S", "COSTCO", "WAL-MART", "KWIK")
LONG_AGO = {"claw_back": {"returns": True, "unpaid_days": None}}
SCHEMES: dict[str, dict[str, Any]] = {
    "sales": {
        "currency": "USD",
        "split": {"key_accounts": "equal"},
        "rules": [
            {
                "name": "sales",
                "basis": "amount",
                "tiers": {"steps": [{"from": 0, "rate_bp": 50}, {"from": 80_000_000, "rate_bp": 75}]},
            }
        ],
    },
    "margin": {
        "currency": "USD",
        "split": {"key_accounts": "weights", "taker_bp": 5_000},
        "cap_minor": 1_200_000,
        "rules": [
            {
                "name": "margin",
                "basis": "margin",
                "tiers": {
                    "mode": "whole",
                    "of": "target",
                    "steps": [{"from": 0, "rate_bp": 100}, {"from": 9_000, "rate_bp": 200}],
                },
                "target": {"usual": 30_000_000, "reps": {"eve": 20_000_000}},
                "accelerator": {"of_target_bp": 11_000, "times_bp": 15_000},
            }
        ],
    },
    "mix": {
        "currency": "USD",
        "rules": [
            {"name": "bottles", "basis": "quantity", "minor_per_1000": 4_000, "except": {"segments": ["chain"]}},
            {
                "name": "premium",
                "basis": "unit_price",
                "bands": {"of": "price", "steps": [{"from": 0, "rate_bp": 0}, {"from": 2_500, "rate_bp": 150}]},
                "cap_minor": 600_000,
            },
            {
                "name": "vodka",
                "basis": "amount",
                "rate_bp": 40,
                "only": {"categories": ["AMERICAN VODKAS", "IMPORTED VODKAS"]},
            },
        ],
    },
}


def main() -> None:
    """Import, simulate, pay, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--database")
    parser.add_argument("--months", type=int, default=22)
    parser.add_argument("--scheme", action="append", choices=[*SCHEMES], help="Only this one.")
    parser.add_argument("--close", action="store_true")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = make_engine(asked.database or f"sqlite:///{folder}/pay.db")
        upgrade(engine)
        sys.exit(play(engine, asked))


def play(engine: Engine, asked: argparse.Namespace) -> int:
    """Return how many sums did not come out."""
    console = Console(width=150, highlight=False)
    with Session(engine) as session:
        empty = session.scalar(select(Order.id).limit(1)) is None
    if empty:
        began = time.perf_counter()
        fill(engine, asked.folder)
        console.print(f"imported in {time.perf_counter() - began:.0f} s")
    found = []
    for code in asked.scheme or SCHEMES:
        body = SCHEMES[code]
        began = time.perf_counter()
        with reading(engine) as session:
            found += simulate(session, [(code, read_scheme(body | LONG_AGO))], FIRST, asked.months)
        console.print(f"{code}: {asked.months} months simulated in {time.perf_counter() - began:.1f} s")
    with reading(engine) as session:
        print_outcomes(console, session, found)
    return sum([pay_all(engine, each, console) for each in found]) if asked.close else 0


def pay_all(engine: Engine, simulated: Outcome, console: Console) -> int:
    """Run, check and close each month of a scheme; return how many did not come to what was simulated."""
    code, wrong, lines, spent = simulated.label, 0, 0, [0.0, 0.0]
    with transaction(engine) as session:
        adopt(session, code, SCHEMES[code] | LONG_AGO, effective_from=FIRST, now=BEGAN)
    for month, (first, last) in zip(simulated.months, months_from(FIRST, len(simulated.months)), strict=True):
        now = datetime.combine(last + timedelta(days=2), datetime.min.time(), UTC)
        began = time.perf_counter()
        with transaction(engine) as session:
            run = run_of(session, code, first, RunState.CLOSED) or make_run(session, code, first, now=now)
            run_id, amount, lines = run.id, run.amount_minor, lines + run.lines
        made = time.perf_counter()
        with transaction(engine) as session:
            run = require_run(session, None, run_id)
            if run.state is RunState.OPEN:
                close_run(session, run_id, now=now)
            faults = check_run(session, run)
        spent = [spent[0] + made - began, spent[1] + time.perf_counter() - made]
        if amount != month.amount_minor:
            faults.append(f"{amount} paid, {month.amount_minor} simulated")
        for fault in faults:
            console.print(f"{code} {first:%Y-%m}: {fault}")
        wrong += len(faults)
    told = f"{lines:,} lines, made in {spent[0]:.1f} s, closed and checked in {spent[1]:.1f} s, {wrong} faults"
    console.print(f"{code}: {len(simulated.months)} months closed, {told}")
    explain_one(engine, run_id, console)
    return wrong


def explain_one(engine: Engine, run_id: uuid.UUID, console: Console) -> None:
    """Explain the line of a run that is worth most to a rep who shares it, or to any."""
    with reading(engine) as session:
        lines = select(PayLine).where(PayLine.run_id == run_id)
        line = session.scalars(lines.order_by(PayLine.of_weights.desc(), PayLine.amount_minor.desc()).limit(1)).one()
        told = explain(session, line)
        console.print(f"{len(told['parts'])} lines of the order:")
        print_explanation(console, told)


def fill(engine: Engine, folder: Path) -> None:
    """Put the outlets, the products, the people and all orders into a database."""
    bought: dict[str, Decimal] = defaultdict(Decimal)
    for row in order_rows(folder):
        bought[row["store"]] += Decimal(row["dollars"])
    with transaction(engine) as session:
        town = Territory(code="DSM", name="Des Moines", time_zone="America/Chicago", region="US", currency="USD")
        session.add(town)
        session.flush()
        reps = [
            User(login=name, name=name.title(), role=Role.REP, territory_id=town.id, created_at=BEGAN) for name in REPS
        ]
        session.add_all([*reps, User(login="max", name="Max", role=Role.MANAGER, created_at=BEGAN)])
        session.flush()
        shops = fill_shops(session, folder, town, reps, bought)
        products = fill_products(session, folder)
        insert_rows(session.connection(), orders(folder, shops, products))


def fill_shops(
    session: Session, folder: Path, town: Territory, reps: list[User], bought: dict[str, Decimal]
) -> dict[str, uuid.UUID]:
    """Share the outlets out from west to east; the largest ones are key accounts of their owner and the next rep."""
    rows = {row["Store"]: row for row in read(folder / "outlets.csv.gz") if row["Store"] in bought}
    names = sorted(bought, key=lambda store: (float(rows.get(store, {}).get("longitude") or 0), store))
    largest = set(sorted(bought, key=lambda store: -bought[store])[:KEY_ACCOUNTS])
    shops = {}
    for place, store in enumerate(names):
        name = rows.get(store, {}).get("Name", store)
        segment = "chain" if any(chain in name for chain in CHAINS) else "independent"
        told = {"territory_id": town.id, "category": segment, "created_at": BEGAN, "updated_at": BEGAN}
        shop = Customer(name=name[:120], flags=[], **told)
        session.add(shop)
        session.flush()
        shops[store] = shop.id
        mine = place * len(reps) // len(names)
        given = [(reps[mine], AssignmentKind.OWNER)]
        if store in largest:
            given += [
                (reps[mine], AssignmentKind.KEY_ACCOUNT),
                (reps[(mine + 1) % len(reps)], AssignmentKind.KEY_ACCOUNT),
            ]
        for rep, kind in given:
            session.add(
                Assignment(customer_id=shop.id, rep_id=rep.id, kind=kind, assigned_at=BEGAN - timedelta(days=1))
            )
    session.flush()
    return shops


def fill_products(session: Session, folder: Path) -> dict[str, uuid.UUID]:
    """Add all products that anybody bought, those of unknown cost by their number alone."""
    wanted = {row["item"] for row in order_rows(folder)}
    known = {row["Item Number"]: row for row in read(folder / "products.csv.gz")}
    found = {}
    for item in sorted(wanted):
        row = known.get(item, {})
        cost = row.get("State Bottle Cost")
        product = Product(
            id=new_id(),
            sku=item,
            name=row.get("Item Description", item)[:120],
            category=row.get("Category Name") or None,
            brand=row.get("Vendor Name") or None,
            cost_minor=cents(cost) if cost else None,
            price_minor=cents(row.get("State Bottle Retail") or "0"),
            currency="USD",
        )
        session.add(product)
        found[item] = product.id
    session.flush()
    return found


def orders(folder: Path, shops: dict[str, uuid.UUID], products: dict[str, uuid.UUID]) -> Iterator[Base]:
    """Tell the orders and returns of all invoices, each with its lines."""
    invoices: dict[tuple[str, str, str, bool], list[dict[str, str]]] = defaultdict(list)
    for row in order_rows(folder):
        if int(row["bottles"]):
            invoices[row["date"], row["store"], row["invoice"], int(row["bottles"]) > 0].append(row)
    for (day, store, invoice, sold), rows in invoices.items():
        order_id, kind = new_id(), OrderKind.SALE if sold else OrderKind.RETURN
        yield Order(
            id=order_id,
            customer_id=shops[store],
            kind=kind,
            origin=Origin.IMPORT,
            reference=invoice if sold else f"{invoice}-R",
            ordered_on=date.fromisoformat(day),
            currency="USD",
            amount_minor=sum(cents(row["dollars"]) for row in rows),
            state=OrderState.PLACED,
            flags=[],
        )
        for number, row in enumerate(rows, start=1):
            amount, bottles = cents(row["dollars"]), int(row["bottles"])
            yield OrderLine.fresh(
                order_id=order_id,
                line_no=number,
                product_id=products[row["item"]],
                quantity=bottles,
                unit_price_minor=round(amount / bottles),
                amount_minor=amount,
            )


def order_rows(folder: Path) -> Iterator[dict[str, str]]:
    """Read all order lines."""
    for path in sorted(folder.glob("order_lines*.csv.gz")):
        yield from read(path)


def read(path: Path) -> Iterable[dict[str, str]]:
    """Read a packed CSV file."""
    with gzip.open(path, "rt", encoding="utf-8", newline="") as lines:
        yield from csv.DictReader(lines)


def cents(dollars: str) -> int:
    """Return cents."""
    return int((Decimal(dollars) * 100).to_integral_value())


if __name__ == "__main__":
    main()
