"""How fast and how small are pulls? Ours beside bare Flask telling the same rows; prints tables for docs/benchmarks.md.

    python -m benchmarks.sync_pull [--postgresql ADDRESS] [--rounds 15]

A rep with 10,000 rows (`scope_world.py`). Each round asks ours and the floor one after the other, over HTTP on this
machine; medians are quoted. Before each first load something is written into every part, so that nothing comes from
the shelf of packed parts unless it says so.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import func, select, update

from benchmarks.day_bytes import day_sizes
from benchmarks.pull_servers import Bench, bench, value
from fieldsales.catalog.models import Product
from fieldsales.changes.models import Change
from fieldsales.customers.models import Assignment, Customer
from fieldsales.db.session import reading, transaction
from fieldsales.visits.models import Visit

GOALS = {"first load": 1.5, "+100 rows": 2.5, "empty pull": 2.0}
CHANGES = "/sync/v1/changes"
Ask = Callable[[], Any]


@dataclass(frozen=True)
class Pair:
    """The same question to both."""

    floor: Ask
    ours: Ask


def main() -> None:
    """Run on both databases and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--postgresql", default="postgresql://postgres@127.0.0.1:5432/postgres")
    parser.add_argument("--rounds", type=int, default=15)
    asked = parser.parse_args()
    print("| | goal | " + " | ".join(("floor, ms", "ours, ms", "ratio")) + " |\n|---|---|---|---|---|")
    for kind in ("sqlite", "postgresql"):
        with tempfile.TemporaryDirectory() as folder, bench(kind, asked.postgresql, Path(folder)) as found:
            measure(kind, found, asked.rounds)
            if kind == "sqlite":
                sizes = load_sizes(found)
    print("\n| | plain, bytes | gzip | zstd | goal (zstd) |\n|---|---|---|---|---|")
    for name, plain, gzip, zstd, goal in [*sizes, *day_sizes()]:
        print(f"| {name} | {plain:,} | {gzip:,} | {zstd:,} | {goal} |")


def measure(kind: str, found: Bench, rounds: int) -> None:
    """Print a line for each way of pulling."""
    ours, floor = found.servers["ours"], found.servers["floor"]
    whole = Pair(lambda: floor.get("/all"), lambda: first_load(found, "identity"))
    packed = Pair(whole.floor, lambda: first_load(found, "zstd"))
    lines = Pair(whole.floor, lambda: ours.get(CHANGES, Accept="application/x-ndjson"))
    line(f"{kind}: first load", whole, rounds, "first load", lambda: stir(found))
    line(f"{kind}: first load, zstd", packed, rounds, "first load", lambda: stir(found))
    line(f"{kind}: first load, zstd, from the shelf", packed, rounds)
    line(f"{kind}: first load as lines", lines, rounds)
    before = news(found)
    change_100(found)
    assert len(value(before.ours())["changes"]) == 100
    assert sum(map(len, value(before.floor()).values())) == 100
    line(f"{kind}: +100 rows", before, 3 * rounds, "+100 rows")
    line(f"{kind}: empty pull", news(found), 10 * rounds, "empty pull")


def news(found: Bench) -> Pair:
    """Return how both are asked for what will come after this moment."""
    ours, floor = found.servers["ours"], found.servers["floor"]
    with reading(found.engine) as session:
        tx = 1 + (session.scalar(select(func.max(Change.tx))) or 0)
    cursor = value(ours.get("/sync/v1/bootstrap"))["cursor"]
    return Pair(lambda: floor.get(f"/since/{tx}"), lambda: ours.get(f"{CHANGES}?cursor={cursor}"))


def line(name: str, pair: Pair, rounds: int, goal: str = "", before: Ask = lambda: None) -> None:
    """Time both in turns, and print the medians."""
    floor, ours = [], []
    for _ in range(rounds + 2):
        before()
        floor.append(took(pair.floor))
        ours.append(took(pair.ours))
    low, high = median(floor[2:]), median(ours[2:])  # the first two warm up
    limit = f"≤ {GOALS[goal]} ×" if goal else ""
    print(f"| {name} | {limit} | {low:.1f} | {high:.1f} | {high / low:.2f} |", flush=True)


def took(ask: Ask) -> float:
    """Return how many milliseconds it takes."""
    began = time.perf_counter()
    ask()
    return 1000 * (time.perf_counter() - began)


def first_load(found: Bench, coding: str) -> int:
    """Load everything as a phone does; return the bytes."""
    ours = found.servers["ours"]
    manifest = ours.get("/sync/v1/bootstrap", coding)
    told = value(manifest)
    parts = [ours.get(part["url"], coding) for part in told["parts"]]
    last = ours.get(f"{CHANGES}?cursor={told['cursor']}", coding)
    return sum(each.length for each in (manifest, *parts, last))


def load_sizes(found: Bench) -> list[tuple[str, int, int, int, str]]:
    """Return the bytes of a first load, by part and in all, and of the same scope as pages."""
    ours, rows = found.servers["ours"], []
    for part in value(ours.get("/sync/v1/bootstrap"))["parts"]:
        lengths = [ours.get(part["url"], coding).length for coding in ("identity", "gzip", "zstd")]
        rows.append((f"part {part['name']}, {part['rows']:,} rows", *lengths, ""))
    whole = [first_load(found, coding) for coding in ("identity", "gzip", "zstd")]
    lines = [ours.get(CHANGES, coding, Accept="application/x-ndjson").length for coding in ("identity", "gzip", "zstd")]
    return [*rows, ("first load, all of it", *whole, "≤ 315,000"), ("the same as lines", *lines, "")]


def stir(found: Bench) -> None:
    """Write something into every part."""
    with transaction(found.engine) as session:
        for kind, column in (
            (Product, Product.pack_size),
            (Assignment, Assignment.kind),
            (Customer, Customer.service_minutes),
        ):
            first = (
                select(func.min(kind.id) if found.engine.dialect.name == "sqlite" else kind.id)
                .limit(1)
                .scalar_subquery()
            )
            session.execute(
                update(kind).where(kind.id == first).values({column: column}),
                execution_options={"synchronize_session": False},
            )


def change_100(found: Bench) -> None:
    """Touch 40 products, 30 customers and 30 visits."""
    with transaction(found.engine) as session:
        for kind, column, number in (
            (Product, Product.pack_size, 40),
            (Customer, Customer.service_minutes, 30),
            (Visit, Visit.summary, 30),
        ):
            some = session.scalars(select(kind.id).order_by(kind.id).limit(number)).all()
            session.execute(
                update(kind).where(kind.id.in_(some)).values({column: column}),
                execution_options={"synchronize_session": False},
            )


if __name__ == "__main__":
    main()
