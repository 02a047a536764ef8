"""Measure what keeping sums costs whoever writes: orders a second with the triggers that mark days, and without.

    python -m benchmarks.results_writes [--database URL] [--orders N]

Each order has a visit, 26 lines, an invoice and a payment, and a transaction of its own. Both ways take turns, so that
other work on the machine meets both.
"""

from __future__ import annotations

import argparse
from datetime import timedelta
from statistics import median

import numpy as np
from sqlalchemy import Engine, select

from benchmarks import results_world as world
from benchmarks.results import _database, _timed
from fieldsales.db.session import reading, transaction
from fieldsales.people.models import Role, User
from fieldsales.rollups.service import drop_marks, install_marks
from migrations import upgrade

TURNS = 6


def main() -> None:
    """Write orders with and without triggers, and print the median of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--database", help="a PostgreSQL database; a file of SQLite unless given")
    parser.add_argument("--orders", type=int, default=100)
    asked = parser.parse_args()
    with _database(asked.database) as engine:
        upgrade(engine)
        world.build(engine, 20_000)
        with reading(engine) as session:
            reps = [each.hex for each in session.scalars(select(User.id).where(User.role == Role.REP))]
        found: dict[bool, list[float]] = {True: [], False: []}
        for turn in range(2 * TURNS):
            marking = bool(turn % 2)
            with transaction(engine) as session:
                drop_marks(session.connection())
                if marking:
                    install_marks(session.connection())
            start = 1_000_000 + turn * asked.orders
            _, (_, own) = _timed(engine, lambda s=start: _write(engine, reps, s, asked.orders))  # type: ignore[misc]
            found[marking].append(1000 * own / asked.orders)
        plain, marked = median(found[False]), median(found[True])
        print(f"{engine.dialect.name}: an order takes {plain:.2f} ms of the processor, with marks {marked:.2f} ms")


def _write(engine: Engine, reps: list[str], start: int, many: int) -> None:
    for number in range(start, start + many):
        day = world.FIRST + timedelta(number % world.DAYS)
        what = np.arange(26) * 7 % world.PRODUCTS
        pieces = np.ones(26, dtype=np.int64)
        order = world.Orders([0], [day], np.zeros(26, dtype=np.int64), what, pieces, pieces * 1000)
        with transaction(engine) as session:
            world._write(session.connection(), order, [reps[0]], number)


if __name__ == "__main__":
    main()
