"""How long it takes to tell what a year of visits achieved, and how often its intervals hold the truth.

    .venv/bin/python -m benchmarks.uplift --customers 10000 --customers 100000 [--postgresql URL]
    .venv/bin/python -m benchmarks.uplift --worlds 1000

The first measures a country on a database of its own against the bare aggregation by customer of the same orders, by
the same database. The second builds towns whose truth is known (tests/worlds/trial_town.py) in the real tables.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

import psycopg
from sqlalchemy import Engine, make_url, text
from sqlalchemy.orm import Session

from benchmarks.uplift_world import DAYS, TODAY, Size, build
from fieldsales.comparisons.rules import By, Measure
from fieldsales.db.engine import make_engine
from fieldsales.uplift.queries import uplift_seen_by
from fieldsales.uplift.rules import Wanted
from migrations import upgrade

NOW = datetime(TODAY.year, TODAY.month, TODAY.day, 12, tzinfo=UTC)
ROUNDS = 3
BARE = text(
    "SELECT count(*) FROM (SELECT customer_id, count(DISTINCT ordered_on), sum(amount_minor) FROM sales_order "
    "WHERE state = 'placed' AND kind <> 'gift' AND ordered_on >= :since GROUP BY customer_id) AS t"
)


def main() -> None:
    """Run what is asked for."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--customers", type=int, action="append", default=[])
    asked.add_argument("--orders", type=int, default=100, help="of each customer, in a year and twelve weeks")
    asked.add_argument("--postgresql", help="a server on which a database may be made and dropped")
    asked.add_argument("--worlds", type=int, default=0, help="how many towns of each case")
    asked.add_argument("--case", type=int, choices=(0, 1, 2), action="append", help="only these cases")
    given = asked.parse_args()
    for customers in given.customers:
        for url in filter(None, ("sqlite", given.postgresql)):
            with database(url) as engine:
                measure(engine, Size(customers, given.orders))
    if given.worlds:
        with database("sqlite") as engine:
            cover(engine, given.worlds, given.case or (0, 1, 2))


@contextmanager
def database(url: str) -> Iterator[Engine]:
    """Make an empty, migrated database, and drop it at the end."""
    with tempfile.TemporaryDirectory() as folder:
        if url == "sqlite":
            engine = make_engine(f"sqlite:///{Path(folder) / 'uplift.sqlite3'}")
            upgrade(engine)
            yield engine
            engine.dispose()
            return
    with psycopg.connect(url, autocommit=True) as server:
        server.execute("DROP DATABASE IF EXISTS fieldsales_uplift_benchmark")
        server.execute("CREATE DATABASE fieldsales_uplift_benchmark")
        engine = make_engine(make_url(url).set(database="fieldsales_uplift_benchmark").render_as_string(False))
        try:
            upgrade(engine)
            yield engine
        finally:
            engine.dispose()
            server.execute("DROP DATABASE fieldsales_uplift_benchmark WITH (FORCE)")


def measure(engine: Engine, size: Size) -> None:
    """Print how long the bare aggregation takes, and each question."""
    build(engine, size)
    ask(engine, size)


def ask(engine: Engine, size: Size) -> None:
    """Measure on what is there."""
    name = f"{engine.dialect.name}, {size.customers:,} customers, {size.customers * size.orders:,} orders"
    since = TODAY - timedelta(days=DAYS)
    bare, wholes = [], []
    Path("/proc/self/clear_refs").write_text("5")  # the peak so far was of building
    before = resident("VmRSS")
    for _ in range(ROUNDS):
        with Session(engine) as session:
            begun = time.perf_counter()
            session.execute(BARE, {"since": since}).all()
            bare.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            rows = uplift_seen_by(session, None, Wanted(), NOW).rows
            wholes.append(time.perf_counter() - begun)
    told = ", ".join(f"{each.row.source} {each.row.treated + each.row.control:,}" for each in rows)
    print(
        f"{name}: bare {median(bare):.2f} s, uplift {median(wholes):.2f} s, ratio {median(wholes) / median(bare):.2f}"
    )
    print(f"  memory grew by {resident('VmHWM') - before} MB at the peak; {told}", flush=True)
    with Session(engine) as session:
        for by in (By.REP, By.TIER, By.KIND):
            begun = time.perf_counter()
            many = len(uplift_seen_by(session, None, Wanted(by=by), NOW).rows)
            print(f"  by {by}: {time.perf_counter() - begun:.2f} s, {many} rows", flush=True)


def resident(what: str) -> int:
    """Return the memory of this process in MB: now (VmRSS), or at its peak (VmHWM)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) // 1024 for line in lines if line.startswith(what))


def cover(engine: Engine, worlds: int, chosen: Sequence[int]) -> None:
    """Print how often the truth lay in the interval, and how often an effect was found."""
    sys.path.insert(0, "tests")
    from worlds import trial_town  # noqa: PLC0415 -- of the tests, and only needed here

    cases = [
        ("by lot, 2 in 10 of 500 held out", trial_town.drawn, {"shops": 500, "share_bp": 2000}),
        ("by lot, 1 in 10 of 1000 held out", trial_town.drawn, {"shops": 1000, "share_bp": 1000}),
        ("planned, 4 in 10 of 1000 not made", trial_town.planned, {"shops": 250}),
    ]
    for name, town, options in (cases[each] for each in chosen):
        for helps in (0.15, 0.0):
            inside, found = Counter[Measure](), Counter[Measure]()
            for seed in range(worlds):
                with Session(engine) as session:
                    truth = town(session, seed, helps=helps, **options)
                    [told] = uplift_seen_by(session, None, Wanted(), trial_town.NOW).rows
                    for effect in told.row.effects:
                        apart, true = effect.difference, truth.amount if effect.currency else truth.ordered
                        inside[effect.measure] += apart is not None and apart.low <= true <= apart.high
                        found[effect.measure] += apart is not None and apart.tells_something
                    session.rollback()
            told_all = "; ".join(f"{each} {inside[each] / worlds:.1%} {found[each] / worlds:.1%}" for each in Measure)
            print(f"{name}, visits add {helps:.0%}: inside and found: {told_all}", flush=True)


if __name__ == "__main__":
    main()
