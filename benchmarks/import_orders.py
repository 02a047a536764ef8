"""Import order lines, and put the same rows into the same tables by a bare `executemany`; print the ratio.

    python -m benchmarks.import_orders OUTLETS.csv PRODUCTS.csv ORDERS.csv

Both run on fresh SQLite files on the same disk, one after the other. "Bare" is the driver's own `executemany` of rows
that lie ready in memory, one transaction, the same tables with the same indexes and triggers: what no import can beat.
Peak memory is that of the process until the import has ended, before the rows are loaded for the comparison.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

from fieldsales.clock import utc_now
from fieldsales.db.engine import make_engine
from fieldsales.db.session import transaction
from fieldsales.imports.models import ImportKind
from fieldsales.imports.service import Terms, prepare, run_import
from fieldsales.people.models import Territory
from fieldsales.tabular.rejects import write_rejects
from fieldsales.tabular.table import examine
from migrations import upgrade

WRITTEN = {
    "import_run": "SELECT * FROM import_run WHERE kind = 'orders'",
    "sales_order": "SELECT * FROM sales_order",
    "order_line": "SELECT * FROM order_line",
}


class Stopwatch:
    """Seconds of the wall clock and of the processor since it was made; the latter do not mind other work."""

    def __init__(self) -> None:
        self._began = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        """Return both."""
        return time.perf_counter() - self._began[0], time.process_time() - self._began[1]


def import_file(url: str, kind: ImportKind, path: Path, folder: Path) -> tuple[tuple[float, float], int]:
    """Import a file as the command does, progress bar aside; return seconds and rows rejected."""
    engine = make_engine(url)
    watch = Stopwatch()
    file = examine(path)
    with write_rejects(folder / f"{kind}.rejects.csv", file.columns) as rejects, transaction(engine) as session:
        prepared = prepare(session, kind, file, given={}, saved={}, terms=Terms(currency="USD"))
        tally = run_import(session, prepared, rejects, clock=utc_now)
    seconds = watch.read()
    engine.dispose()
    return seconds, tally.rejects


def bare(source: Path, target: Path) -> tuple[tuple[float, float], int]:
    """Put the rows that the import wrote into another database; return seconds and how many they are."""
    with sqlite3.connect(source) as database:
        rows = {table: database.execute(query).fetchall() for table, query in WRITTEN.items()}
    engine = make_engine(f"sqlite:///{target}")
    with engine.connect() as connection:
        watch = Stopwatch()
        with connection.begin():
            for table, written in rows.items():
                marks = ", ".join("?" * len(written[0]))
                connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", written)
        seconds = watch.read()
    engine.dispose()
    return seconds, sum(map(len, rows.values()))


def megabytes() -> float:
    """Return the most memory that this process has held so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run both and print them side by side."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("outlets", "products", "orders"):
        parser.add_argument(name, type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        imported, empty = folder / "imported.sqlite3", folder / "empty.sqlite3"
        url = f"sqlite:///{imported}"
        engine = make_engine(url)
        upgrade(engine)
        with transaction(engine) as session:
            session.add(Territory(code="A", name="A", time_zone="UTC", region="US", currency="USD"))
        engine.dispose()
        import_file(url, ImportKind.CUSTOMERS, asked.outlets, folder)
        import_file(url, ImportKind.PRODUCTS, asked.products, folder)
        with sqlite3.connect(imported) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(imported, empty)
        before = megabytes()
        import_s, rejected = import_file(url, ImportKind.ORDERS, asked.orders, folder)
        peak = megabytes()
        bare_s, rows = bare(imported, empty)
    print(f"rows written {rows:,}, rows rejected {rejected:,}")
    for name, (wall, processor) in (("import", import_s), ("executemany", bare_s)):
        print(f"{name:<12} {wall:6.1f} s  {rows / wall:9,.0f} rows/s  (processor {processor:.1f} s)")
    print(f"ratio        {bare_s[0] / import_s[0]:6.2f}  (processor {bare_s[1] / import_s[1]:.2f})")
    print(f"peak memory  {peak:6.0f} MB, of which {before:.0f} MB before the first order")


if __name__ == "__main__":
    main()
