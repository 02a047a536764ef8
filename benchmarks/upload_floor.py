"""The floor: what no upload can beat. Bare Flask, a driver, and a raw INSERT of the rows that ours writes.

No token, no check of any shape, no outcome, no price of our own, no thought of a second sending. It writes the same
rows into the same tables (visits, their events, orders, lines, mutations as they came, planned visits done) with the
same indexes and triggers, in one transaction of the same durability.

    FLOOR_DATABASE=… gunicorn benchmarks.upload_floor:app
"""

# ruff: noqa: RUF005
from __future__ import annotations

import json
import os
import sqlite3
import threading
from collections import defaultdict
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import psycopg
from flask import Flask, Response, request

ADDRESS = os.environ.get("FLOOR_DATABASE", "")
POSTGRESQL = ADDRESS.startswith("postgresql")
INSERTS = {
    "visit": "id, customer_id, rep_id, day, checked_in_at, flags",
    "visit_event": "id, visit_id, rep_id, kind, at, received_at, latitude, longitude, accuracy_m, mock, provider, "
    "distance_m, flags",
    "sales_order": "id, customer_id, rep_id, visit_id, kind, origin, ordered_on, ordered_at, currency, amount_minor, "
    "state, flags",
    "order_line": "order_id, line_no, product_id, quantity, unit_price_minor, amount_minor, computed_price_minor, "
    "price_rule",
    "mutation": "id, user_id, device_id, seq, type, v, payload, digest, status, outcome, at, skew_ms, clock_flags, "
    "received_at, settled_at, way",
}
UPDATES = {
    "visit": "UPDATE visit SET checked_out_at = %s, summary = %s WHERE id = %s",
    "planned_visit": "UPDATE planned_visit SET status = 'done' WHERE rep_id = %s AND customer_id = %s AND day = %s",
}
Rows = dict[str, list[tuple[Any, ...]]]

app = Flask(__name__)
here = threading.local()


def connection() -> Any:
    """Return this thread's connection."""
    if not hasattr(here, "connection"):
        if POSTGRESQL:
            here.connection = psycopg.connect(ADDRESS, autocommit=True)
        else:
            here.connection = sqlite3.connect(ADDRESS.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
            for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                here.connection.execute(f"PRAGMA {pragma}")
    return here.connection


@app.errorhandler(psycopg.IntegrityError)
@app.errorhandler(sqlite3.IntegrityError)
def there_already(_error: Exception) -> tuple[str, int]:
    """Refuse a batch that was sent before: the floor does not answer it again as ours does."""
    return "", 409


@app.post("/sync/v1/mutations")
def upload() -> Response:
    """Write a batch down."""
    body = request.get_json()
    rep_id, device_id = key(request.headers["X-Rep"]), key(request.headers["X-Device"])
    inserts: Rows = defaultdict(list)
    updates: Rows = defaultdict(list)
    received = datetime.now(UTC).replace(tzinfo=None).isoformat(" ")
    for each in body["mutations"]:
        WRITERS[each["type"]](each["data"], rep_id, received, inserts, updates)
        payload = json.dumps(each)
        inserts["mutation"].append(
            (key(each["id"]), rep_id, device_id, each["seq"], each["type"], each["v"], payload, "0" * 64, "applied")
            + ('{"flags": []}', received, 0, "[]", received, received, "phone")
        )
    write(inserts, updates)
    told = {"results": [{"id": each["id"], "status": "applied"} for each in body["mutations"]]}
    return Response(json.dumps(told), mimetype="application/json")


def check_in(data: Any, rep_id: str, at: str, inserts: Rows, updates: Rows) -> None:
    """A visit and its first event; the planned visit is done."""
    inserts["visit"].append((key(data["visit_id"]), key(data["customer_id"]), rep_id, at[:10], at, "[]"))
    event(data, "check_in", rep_id, at, inserts)
    updates["planned_visit"].append((rep_id, key(data["customer_id"]), at[:10]))


def check_out(data: Any, rep_id: str, at: str, inserts: Rows, updates: Rows) -> None:
    """The other event, and the end of the visit."""
    event(data, "check_out", rep_id, at, inserts)
    updates["visit"].append((at, data["summary"], key(data["visit_id"])))


def event(data: Any, kind: str, rep_id: str, at: str, inserts: Rows) -> None:
    """One event."""
    there = data["position"]
    inserts["visit_event"].append(
        (uuid4().hex, key(data["visit_id"]), rep_id, kind, at, at, there["lat"], there["lon"], there["accuracy_m"])
        + (there["mock"], there["provider"], 14.1, "[]")
    )


def order(data: Any, rep_id: str, at: str, inserts: Rows, updates: Rows) -> None:
    """An order and its lines."""
    order_id = key(data["order_id"])
    inserts["sales_order"].append(
        (order_id, key(data["customer_id"]), rep_id, key(data["visit_id"]), "sale", "field", at[:10], at)
        + (data["currency"], data["total_minor"], "placed", "[]")
    )
    for number, line in enumerate(data["lines"], start=1):
        price, quantity = line["unit_price_minor"], line["quantity"]
        inserts["order_line"].append(
            (order_id, number, key(line["product_id"]), quantity, price, quantity * price, price, "tier_discount:B:500")
        )


WRITERS = {"visit.check_in": check_in, "visit.check_out": check_out, "order.submit": order}


def write(inserts: Rows, updates: Rows) -> None:
    """Write everything in one transaction, one executemany for each table."""
    database = connection()
    cursor = database.cursor()
    cursor.execute("BEGIN" if POSTGRESQL else "BEGIN IMMEDIATE")
    try:
        for table, columns in INSERTS.items():
            if inserts[table]:
                marks = ", ".join(["%s"] * (columns.count(",") + 1))
                many(cursor, f"INSERT INTO {table} ({columns}) VALUES ({marks})", inserts[table])
        for table, statement in UPDATES.items():
            if updates[table]:
                many(cursor, statement, updates[table])
    except BaseException:
        cursor.execute("ROLLBACK")
        raise
    cursor.execute("COMMIT")


def many(cursor: Any, statement: str, rows: list[tuple[Any, ...]]) -> None:
    """Run a statement for many rows."""
    cursor.executemany(statement if POSTGRESQL else statement.replace("%s", "?"), rows)


def key(text: str) -> str:
    """Return an id as SQLite keeps it; PostgreSQL reads it too."""
    return text.replace("-", "")
