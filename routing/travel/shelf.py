"""A file that remembers ways between places: what a cache of travel keeps over restarts, in SQLite."""

import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from json import dumps
from pathlib import Path

import numpy as np

from routing.errors import TravelError
from routing.travel.cached import Mask
from routing.travel.matrix import TravelTable

DAY_S = 24 * 3600
KEPT = 0.9
"""To what part of the most ways a full shelf is cleared, so that it is not cleared at every turn."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS kind (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE IF NOT EXISTS way (
    kind INTEGER NOT NULL, source INTEGER NOT NULL, target INTEGER NOT NULL,
    duration_s INTEGER NOT NULL, distance_m INTEGER NOT NULL,
    told_on INTEGER NOT NULL, used_on INTEGER NOT NULL,
    PRIMARY KEY (kind, source, target)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS way_by_use ON way (used_on);
"""


class Shelf:
    """Ways by kind, source and target, in one file that several processes may share.

    When more than `most_ways` are there, those not used for the longest time go. What is older than `days` counts as
    unknown: streets and speeds change, and a server does not always say so.

    Args:
        file: Where it is kept; ":memory:" for a shelf that ends with the process.
        most_ways: The most pairs kept; a million takes some 60 MB.
        days: How long an answer is believed.
        today: The number of a day, only ever going up.
    """

    def __init__(
        self,
        file: Path | str,
        most_ways: int = 2_000_000,
        days: int = 30,
        today: Callable[[], int] = lambda: int(time.time() // DAY_S),
    ) -> None:
        """Nothing is opened until it is asked."""
        self._file, self._most, self._days, self._today = file, most_ways, days, today
        self._open: sqlite3.Connection | None = None
        self._count = 0
        self._lock = threading.Lock()

    def find(self, kind: str, sources: Sequence[int], targets: Sequence[int]) -> tuple[TravelTable, Mask]:
        """The ways that are known, and which those are. Raises ``TravelError`` for a file that is none."""
        table = TravelTable.empty(len(sources), len(targets))
        known = np.zeros((len(sources), len(targets)), np.bool_)
        row, column = _positions(sources), _positions(targets)
        today = self._today()
        with self._database() as database:
            found = database.execute(
                "SELECT source, target, duration_s, distance_m, used_on FROM way"
                " WHERE kind = (SELECT id FROM kind WHERE name = ?) AND told_on > ?"
                " AND source IN (SELECT value FROM json_each(?)) AND target IN (SELECT value FROM json_each(?))",
                (kind, today - self._days, dumps(list(sources)), dumps(list(targets))),
            ).fetchall()
            if any(used_on < today for *_, used_on in found):
                self._touch(database, kind, sources, targets, today)
        if found:
            from_places, to_places, durations, distances, _ = zip(*found, strict=True)
            at = [row[place] for place in from_places], [column[place] for place in to_places]
            table.duration_s[at], table.distance_m[at], known[at] = durations, distances, True
        return table, known

    def keep(self, kind: str, sources: Sequence[int], targets: Sequence[int], table: TravelTable) -> None:
        """Remember all ways of a table, and forget others if there are too many. Raises ``TravelError``."""
        today = self._today()
        with self._database() as database:
            database.execute("INSERT OR IGNORE INTO kind (name) VALUES (?)", (kind,))
            (number,) = database.execute("SELECT id FROM kind WHERE name = ?", (kind,)).fetchone()
            database.executemany(
                "INSERT OR REPLACE INTO way VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (number, source, target, duration_s, distance_m, today, today)
                    for source, durations, distances in zip(
                        sources, table.duration_s.tolist(), table.distance_m.tolist(), strict=True
                    )
                    for target, duration_s, distance_m in zip(targets, durations, distances, strict=True)
                ),
            )
            self._count += table.duration_s.size
            if self._count > self._most:
                self._make_room(database)

    def __len__(self) -> int:
        """How many ways there are. Raises ``TravelError``."""
        with self._database() as database:
            return _count(database)

    def close(self) -> None:
        """Let go of the file; it is opened again when asked."""
        with self._lock:
            if self._open is not None:
                self._open.close()
                self._open = None

    def _touch(
        self, database: sqlite3.Connection, kind: str, sources: Sequence[int], targets: Sequence[int], today: int
    ) -> None:
        """Note the day of the use, once a day."""
        database.execute(
            "UPDATE way SET used_on = ? WHERE kind = (SELECT id FROM kind WHERE name = ?) AND used_on < ?"
            " AND source IN (SELECT value FROM json_each(?)) AND target IN (SELECT value FROM json_each(?))",
            (today, kind, today, dumps(list(sources)), dumps(list(targets))),
        )

    def _make_room(self, database: sqlite3.Connection) -> None:
        """Count what is there (until then it was estimated: ways kept anew are no more ways) and forget the rest."""
        self._count = _count(database)
        if self._count > self._most:
            database.execute(
                "DELETE FROM way WHERE (kind, source, target) IN"
                " (SELECT kind, source, target FROM way ORDER BY used_on, told_on LIMIT ?)",
                (self._count - int(self._most * KEPT),),
            )
            self._count = _count(database)

    @contextmanager
    def _database(self) -> Iterator[sqlite3.Connection]:
        """One transaction at a time in this process; other processes wait for each other up to five seconds."""
        with self._lock:
            try:
                if self._open is None:
                    self._open = self._opened()
                    self._count = _count(self._open)
                with self._open:
                    yield self._open
            except sqlite3.Error as broken:
                raise TravelError(f"{self._file} does not remember: {broken}") from broken

    def _opened(self) -> sqlite3.Connection:
        opened = sqlite3.connect(self._file, timeout=5, check_same_thread=False)
        try:
            opened.execute("PRAGMA journal_mode = WAL")
            opened.execute("PRAGMA synchronous = NORMAL")
            opened.executescript(SCHEMA)
        except sqlite3.Error:
            opened.close()
            raise
        return opened


def _positions(places: Sequence[int]) -> dict[int, int]:
    return {place: position for position, place in enumerate(places)}


def _count(database: sqlite3.Connection) -> int:
    return int(database.execute("SELECT count(*) FROM way").fetchone()[0])
