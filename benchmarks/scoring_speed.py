"""Scoring a large file of orders, beside what DuckDB takes to add the same file up by customer and day.

    python -m benchmarks.scoring_speed --rows 10000000 --rounds 3

Makes a seeded file in a temporary folder (every hundred rows are a customer with an order on each of a hundred days of
the last two years, sorted by day), then runs both, each as a process of its own, by turns. Prints the medians, their
ratio, processor time and peak memory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pyarrow as pa
from pyarrow import csv

AS_OF = "2026-03-02"
DAYS, ORDERS = 730, 100
_PORTION = 2000
ADD_UP = """
import duckdb, sys
table = duckdb.connect()
table.execute(f"create table day as select customer, date, sum(amount) as amount from '{sys.argv[1]}' group by all")
"""


@dataclass(frozen=True)
class Run:
    """Seconds by the wall clock and of processors, and the most memory held, in bytes."""

    seconds: float
    processor: float
    memory: int


def write_orders(path: Path, rows: int) -> None:
    """Write so many orders."""
    dice = np.random.default_rng(7)
    customers = rows // ORDERS
    day = np.concatenate(
        [
            np.argsort(dice.random((min(_PORTION, customers - first), DAYS)), axis=1)[:, :ORDERS]
            .astype(np.int16)
            .ravel()
            for first in range(0, customers, _PORTION)
        ]
    ).ravel()
    order = np.argsort(day, kind="stable")
    names = pa.array([f"C{number:06}" for number in range(customers)])
    table = pa.table(
        {
            "customer": names.take(np.repeat(np.arange(customers), ORDERS)[order]),
            "date": np.datetime64(AS_OF) - DAYS + day[order].astype("timedelta64[D]"),
            "amount": np.round(np.exp(dice.normal(4.5, 0.6, len(day))), 2),
        }
    )
    csv.write_csv(table, path, csv.WriteOptions(quoting_style="none"))


def run(command: Sequence[str]) -> Run:
    """Run a command to its end."""
    begun = time.perf_counter()
    quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
    process = os.posix_spawn(command[0], command, os.environ, file_actions=quiet)
    _, status, used = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{command} ended with {status}")
    return Run(time.perf_counter() - begun, used.ru_utime + used.ru_stime, used.ru_maxrss * 1024)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with TemporaryDirectory() as folder:
        orders, out = Path(folder) / "orders.csv", Path(folder) / "scores.csv"
        write_orders(orders, asked.rows)
        told = ["anomalies", "score", str(orders), "--as-of", AS_OF, "--out", str(out)]
        commands = {
            "DuckDB, added up": [sys.executable, "-c", ADD_UP, str(orders)],
            "ours, scored": [sys.executable, "-c", "from fieldsales.cli.main import main; main()", *told],
        }
        runs: dict[str, list[Run]] = {name: [] for name in commands}
        for _ in range(asked.rounds):
            for name, command in commands.items():
                runs[name].append(run(command))
    print("| what | seconds | processor seconds | peak memory |\n|---|---|---|---|")
    for name, each in runs.items():
        middle = [statistics.median(values) for values in zip(*((r.seconds, r.processor) for r in each), strict=True)]
        print(f"| {name} | {middle[0]:.1f} | {middle[1]:.1f} | {max(r.memory for r in each) / 2**20:,.0f} MiB |")
    ratios = [ours.seconds / theirs.seconds for theirs, ours in zip(*runs.values(), strict=True)]
    print(f"\nratio by round: {', '.join(f'{each:.2f}' for each in ratios)}; median {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
