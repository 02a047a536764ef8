"""Ask what dashboards ask, of growing histories, on SQLite or PostgreSQL, and print medians.

    python -m benchmarks.results [--lines N ...] [--database URL] [--runs N] [--iowa LINES.csv.gz] [--kept URL]
                                [--plain]

Each history is built in an empty database: a file, or schemas of the PostgreSQL database of URL that are dropped again.
Then its days are summed (`refresh`), and each question is asked so many times. “Of the processor” is what this
process used, SQLite within it, and the process of PostgreSQL that answers it, which gets no helpers here: other work
on the machine does not count. “Anew” asks once more with everything marked, from the lines alone: what the kept sums
save. `--iowa` asks of the order lines of real stores instead; `--kept` of a database that was built before and stays.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import os
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from statistics import median
from typing import TypeVar

from sqlalchemy import Engine, delete, insert, make_url, select, text

from benchmarks import results_world
from fieldsales.db.engine import make_engine
from fieldsales.db.session import reading, transaction
from fieldsales.orders.models import Order
from fieldsales.results.queries import ask
from fieldsales.results.rules import Question, question
from fieldsales.rollups.models import DirtyDay
from fieldsales.rollups.service import refresh
from migrations import upgrade

FIRST, LAST = date(2021, 1, 1), date(2022, 10, 31)
QUARTER = date(2022, 8, 1)


def _of(measures: str, by: str, first: date = FIRST, **more: int) -> Question:
    return question(tuple(measures.split(",")), first, LAST, tuple(by.split(",")), **more)  # type: ignore[arg-type]


QUESTIONS = {
    "sales by rep and month": _of("sales_amount,returns_amount,orders", "rep,month"),
    "margin by rep and month": _of("sales_amount,gross_margin,gross_margin_share", "rep,month"),
    "sales and margin by brand": _of("sales_amount,quantity,gross_margin", "brand"),
    "sales by category and month": _of("sales_amount,quantity", "category,month"),
    "strike rate, LPPC, drop size by rep": _of("calls,strike_rate,lppc,drop_size,time_in_store", "rep"),
    "coverage by rep": _of("coverage", "rep"),
    "top 20 customers": _of("sales_amount,orders", "customer", top=20),
    "top 20 customers by margin": _of("gross_margin,gross_margin_share", "customer", top=20),
    "collections and DSO by team": _of("collections,receivables,dso", "team"),
    "distribution by SKU, a quarter": _of("numeric_distribution", "product", QUARTER),
    "distribution by SKU, 22 months": _of("numeric_distribution", "product"),
}
T = TypeVar("T")
Seconds = tuple[float, float]


def main() -> None:
    """Build each history, and print how long each question takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, nargs="*", default=[100_000, 1_000_000])
    parser.add_argument("--database", help="a PostgreSQL database; a file of SQLite unless given")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--iowa", type=Path, help="order lines as date, store, item, invoice, bottles, dollars")
    parser.add_argument("--plain", action="store_true", help="do not ask anew: of ten million lines that takes minutes")
    parser.add_argument("--kept", help="a database that is built and summed, or is to be, and stays")
    asked = parser.parse_args()
    if asked.kept:
        _report(make_engine(_alone(asked.kept)), asked.lines[0], asked)
        return
    for lines in asked.lines:
        with _database(asked.database) as engine:
            _report(engine, lines, asked)


def _report(engine: Engine, lines: int, asked: argparse.Namespace) -> None:
    """Build what is not there yet, and ask."""
    upgrade(engine)
    with reading(engine) as session:
        there = session.scalar(select(Order.id).limit(1)) is not None
    if not there:
        many, built = _timed(engine, lambda: _fill(engine, lines, asked.iowa))
        print(f"{many:,} lines, {engine.dialect.name}: built in {built[0]:.0f} s", flush=True)
    _, summed = _timed(engine, lambda: _refresh(engine))
    print(f"  summed in {summed[0]:.1f} s, {summed[1]:.1f} of the processor", flush=True)
    print(f"  {'seconds, median of ' + str(asked.runs):42}{'wall':>8}{'processor':>11}{'anew':>8}")
    for name, wanted in QUESTIONS.items():
        each = [_timed(engine, lambda q=wanted: _ask(engine, q))[1] for _ in range(asked.runs)]  # type: ignore[misc]
        wall, own = (median(column) for column in zip(*each, strict=True))
        anew = "" if asked.plain else f"{_anew(engine, wanted):8.2f}"
        print(f"  {name:42}{wall:8.3f}{own:11.3f}{anew}", flush=True)


def _fill(engine: Engine, lines: int, iowa: Path | None) -> int:
    if iowa is None:
        return results_world.build(engine, lines)
    with gzip.open(iowa, "rt") as file:
        return results_world.build_from(engine, csv.DictReader(file))


def _refresh(engine: Engine) -> None:
    more = True
    while more:
        with transaction(engine) as session:
            more = refresh(session)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        # As autovacuum does within minutes: only then PostgreSQL reads indexes without their tables.
        connection.execute(text("ANALYZE" if engine.dialect.name == "sqlite" else "VACUUM ANALYZE"))
        connection.commit()


def _ask(engine: Engine, wanted: Question) -> None:
    with reading(engine) as session:
        assert ask(session, wanted, actor=None, now=results_world.NOW).totals


def _anew(engine: Engine, wanted: Question) -> float:
    """Mark all days for one question."""
    with transaction(engine) as session:
        days = select(Order.ordered_on, text("0")).distinct()
        session.execute(insert(DirtyDay).from_select(["day", "tx"], days))
    found = _timed(engine, lambda: _ask(engine, wanted))[1][0]
    with transaction(engine) as session:
        session.execute(delete(DirtyDay))
    return found


def _timed(engine: Engine, work: Callable[[], T]) -> tuple[T, Seconds]:
    """Return what work returns, the seconds that it took, and those of the processor."""
    began, own = time.perf_counter(), _processor(engine)
    found = work()
    return found, (time.perf_counter() - began, _processor(engine) - own)


def _processor(engine: Engine) -> float:
    """Return the seconds of the processor that this process used, and those of its only connection to PostgreSQL."""
    if engine.dialect.name == "sqlite":
        return time.process_time()
    with engine.connect() as connection:
        backend = connection.scalar(text("SELECT pg_backend_pid()"))
    user, system = Path(f"/proc/{backend}/stat").read_text().rsplit(")", 1)[1].split()[11:13]
    return time.process_time() + (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def _alone(url: str) -> str:
    """Return an address at which PostgreSQL answers by one process, whose seconds can be told."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        parsed = parsed.update_query_dict({"options": "-c max_parallel_workers_per_gather=0"})
    return parsed.render_as_string(hide_password=False)


@contextmanager
def _database(url: str | None) -> Iterator[Engine]:
    if url is None:
        with tempfile.TemporaryDirectory() as folder:
            engine = make_engine(f"sqlite:///{folder}/results.sqlite3")
            yield engine
            engine.dispose()
        return
    name = f"results_{uuid.uuid4().hex[:8]}"
    admin = make_engine(url).execution_options(isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.exec_driver_sql(f"CREATE DATABASE {name}")
    engine = make_engine(_alone(make_url(url).set(database=name).render_as_string(hide_password=False)))
    try:
        yield engine
    finally:
        engine.dispose()
        with admin.connect() as connection:
            connection.exec_driver_sql(f"DROP DATABASE {name} WITH (FORCE)")


if __name__ == "__main__":
    main()
