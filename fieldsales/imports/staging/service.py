"""Rows set aside while a file is read, on disk: a file may be larger than memory.

SQLite's anonymous database is a temporary file that nobody else sees and that vanishes when it is closed.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import NamedTuple

StagedLine = tuple[str, int, int, int]
"""Product id, quantity, unit price and amount in minor units."""


class StagedOrder(NamedTuple):
    """An order set aside: its day, the row of the file where it first stood, and its lines in their order."""

    day: str
    row: int
    lines: list[StagedLine]


class Staging:
    """Keys seen so far, and orders with their lines. Use it as a context manager."""

    def __init__(self) -> None:
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode=OFF")
        self._database.execute("PRAGMA synchronous=OFF")
        self._database.execute("CREATE TABLE seen (key TEXT PRIMARY KEY, line INTEGER) WITHOUT ROWID")
        self._database.execute("CREATE TABLE staged_order (id TEXT PRIMARY KEY, day TEXT, row INTEGER) WITHOUT ROWID")
        self._database.execute(
            "CREATE TABLE staged_line (order_id TEXT, product_id TEXT, quantity INT, unit_price INT, amount INT)"
        )
        self._database.execute("BEGIN")

    def __enter__(self) -> Staging:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._database.close()

    def seen_at(self, key: str, line: int) -> int | None:
        """Remember a key; return the line where it was seen before, if it was."""
        added = self._database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?)", (key, line))
        if added.rowcount:
            return None
        found = self._database.execute("SELECT line FROM seen WHERE key = ?", (key,)).fetchone()
        return int(found[0])

    def add_order(self, order_id: str, day: str, row: int, lines: Iterable[StagedLine]) -> str:
        """Set lines of an order aside; return the day with which the order was first set aside."""
        self._database.execute("INSERT OR IGNORE INTO staged_order VALUES (?, ?, ?)", (order_id, day, row))
        self._database.executemany(
            "INSERT INTO staged_line VALUES (?, ?, ?, ?, ?)", ((order_id, *line) for line in lines)
        )
        found = self._database.execute("SELECT day FROM staged_order WHERE id = ?", (order_id,)).fetchone()
        return str(found[0])

    def orders(self, size: int) -> Iterator[dict[str, StagedOrder]]:
        """Yield the orders set aside, by id, `size` at a time."""
        self._database.execute("CREATE INDEX staged_line_order ON staged_line (order_id)")
        cursor = self._database.execute("SELECT id, day, row FROM staged_order ORDER BY id")
        while orders := cursor.fetchmany(size):
            found = {key: StagedOrder(day, row, []) for key, day, row in orders}
            lines = self._database.execute(
                "SELECT * FROM staged_line WHERE order_id BETWEEN ? AND ? ORDER BY order_id, rowid",
                (orders[0][0], orders[-1][0]),
            )
            for order_id, *line in lines:
                found[order_id].lines.append(tuple(line))
            yield found
