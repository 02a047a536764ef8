"""What a phone knows: one SQLite file, which survives a crash. Nothing in here needs a network."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

Document = dict[str, Any]
TABLES = """
    CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT);
    CREATE TABLE IF NOT EXISTS queue (seq INTEGER PRIMARY KEY AUTOINCREMENT, mutation TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS outcome (id TEXT PRIMARY KEY, mutation TEXT NOT NULL, answer TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS held (
        entity TEXT, id TEXT, document TEXT NOT NULL, load INTEGER NOT NULL, PRIMARY KEY (entity, id)
    );
"""


class Store:
    """The queue of what is not handed in, what became of the rest, what the rep may see, and facts such as the cursor.

    `keep` and `queue` write in a transaction of their own, all else in that which the caller opens by `with store.db`.
    """

    def __init__(self, file: str | Path) -> None:
        self.db = sqlite3.connect(file)
        self.db.executescript(TABLES)

    def fact(self, name: str) -> str | None:
        """Return a fact, or None."""
        found = self.db.execute("SELECT value FROM fact WHERE name = ?", (name,)).fetchone()
        return found[0] if found else None

    def set(self, **facts: str | None) -> None:
        """Write facts."""
        self.db.executemany("INSERT OR REPLACE INTO fact VALUES (?, ?)", facts.items())

    def keep(self, **facts: str | None) -> None:
        """Write facts, and commit."""
        with self.db:
            self.set(**facts)

    def queue(self, mutation: Document) -> None:
        """Write a mutation into the queue, and commit: once this returns, no crash loses it."""
        with self.db:
            self.db.execute("INSERT INTO queue (mutation) VALUES (?)", (json.dumps(mutation),))

    def unsent(self) -> list[Document]:
        """Return the queue in its order."""
        rows = self.db.execute("SELECT seq, mutation FROM queue ORDER BY seq")
        return [json.loads(mutation) | {"seq": seq} for seq, mutation in rows]

    def conclude(self, mutation: Document, answer: Document) -> None:
        """Take a mutation out of the queue and keep its final answer."""
        row = (mutation["id"], json.dumps(mutation), json.dumps(answer))
        self.db.execute("INSERT OR REPLACE INTO outcome VALUES (?, ?, ?)", row)
        self.db.execute("DELETE FROM queue WHERE seq = ?", (mutation["seq"],))

    def outcomes(self) -> list[tuple[Document, Document]]:
        """Return each mutation that was handed in, with its final answer."""
        rows = self.db.execute("SELECT mutation, answer FROM outcome ORDER BY rowid")
        return [(json.loads(mutation), json.loads(answer)) for mutation, answer in rows]

    def all(self, entity: str) -> list[Document]:
        """Return everything of one kind that the phone holds."""
        rows = self.db.execute("SELECT document FROM held WHERE entity = ?", (entity,))
        return [json.loads(document) for (document,) in rows]

    def apply(self, page: Document, *, first: bool) -> None:
        """Apply a page of changes with its cursor. The first page of everything begins another load.

        What the server has told no more in that load goes with its last page.
        """
        load = int(self.fact("load") or 0) + first
        for change in page["changes"]:
            key = (change["entity"], change["id"])
            if change["op"] == "upsert":
                row = (*key, json.dumps(change["document"]), load)
                self.db.execute("INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?)", row)
            else:
                self.db.execute("DELETE FROM held WHERE entity = ? AND id = ?", key)
        if not page["more"]:
            self.db.execute("DELETE FROM held WHERE load < ?", (load,))
        self.set(load=str(load), cursor=page["next_cursor"], app_status=page["app"]["status"])

    def empty(self) -> None:
        """Forget what is one rep's to see, for another to begin."""
        self.db.execute("DELETE FROM held")
        self.db.execute("DELETE FROM outcome")
        self.set(cursor=None)
