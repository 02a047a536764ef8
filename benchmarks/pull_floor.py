"""The floor: what no pull can beat. Bare Flask, a driver, the same rows selected raw, and json.dumps.

No token, no scope, no horizon, no page, no packing. `/all` tells the 10,000 rows of the benchmark's one rep with what
hangs from them; `/since/<tx>` what the feed says has changed.

    FLOOR_DATABASE=… gunicorn benchmarks.pull_floor:app
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import psycopg
from flask import Flask, Response

from sync.shapes import SHAPES

ADDRESS = os.environ.get("FLOOR_DATABASE", "")
POSTGRESQL = ADDRESS.startswith("postgresql")
MARK = "%s" if POSTGRESQL else "?"
Row = dict[str, Any]

app = Flask(__name__)
here = threading.local()


def select(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    """Run a statement on this thread's connection."""
    if not hasattr(here, "connection"):
        if POSTGRESQL:
            here.connection = psycopg.connect(ADDRESS, autocommit=True)
        else:
            here.connection = sqlite3.connect(ADDRESS.removeprefix("sqlite:///"), isolation_level=None)
    found: list[tuple[Any, ...]] = here.connection.execute(sql, values).fetchall()
    return found


def rows_of(entity: str, condition: str = "", *values: Any) -> list[Row]:
    """Return the rows of an entity with the lists that hang from them."""
    shape = SHAPES[entity]
    table = shape.columns[0].class_.__tablename__
    names = [column.key for column in shape.columns]
    rows = [
        dict(zip(names, row, strict=True))
        for row in select(f"SELECT {', '.join(names)} FROM {table}{condition}", *values)
    ]
    by_id = {row["id"]: row for row in rows}
    for each in shape.children:
        for row in rows:
            row[each.name] = []
        names = [column.key for column in each.columns]
        hanging = each.parent.class_.__tablename__
        within = f" WHERE {each.parent.key} IN (SELECT id FROM {table}{condition})" if condition else ""
        for parent, *row in select(f"SELECT {each.parent.key}, {', '.join(names)} FROM {hanging}{within}", *values):
            by_id[parent][each.name].append(dict(zip(names, row, strict=True)))
    return rows


@app.get("/all")
def everything() -> Response:
    """Tell all rows there are."""
    return answer((entity, rows_of(entity)) for entity in SHAPES if entity != "mutation")


@app.get("/since/<int:tx>")
def since(tx: int) -> Response:
    """Tell the rows that changed."""
    changed: dict[str, list[Any]] = defaultdict(list)
    for entity, identity in select(f"SELECT entity, entity_id FROM change WHERE tx >= {MARK}", tx):
        changed[entity].append(identity)
    return answer(
        (entity, rows_of(entity, f" WHERE id IN ({', '.join([MARK] * len(ids))})", *ids))
        for entity, ids in changed.items()
    )


def answer(told: Iterable[tuple[str, list[Row]]]) -> Response:
    """Return rows as JSON."""
    return Response(json.dumps(dict(told), default=str), mimetype="application/json")
