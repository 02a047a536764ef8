"""The least that WatermelonDB does: tables of raw records, each with what happened to it since it was handed in."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass, field
from typing import Any

from worlds.web import Caller, Web

AT = {"wall": "2026-03-02T13:59:00+02:00", "mono_ms": 1000, "boot_id": "b"}
HERE = {"position": {"lat": 38.26, "lon": 21.73, "accuracy_m": 8.0}}
PATH = "/sync/v1/watermelon"
Raw = dict[str, Any]


@dataclass
class Melon:
    """A phone's database. `put` and `change` write as an app does; `push` and `pull` are those of `synchronize()`."""

    caller: Caller
    tables: dict[str, dict[str, Raw]] = field(default_factory=dict)
    deleted: dict[str, set[str]] = field(default_factory=dict)
    last_pulled_at: int | None = None
    answer: dict[str, Any] = field(default_factory=dict)

    def put(self, table: str, **columns: Any) -> str:
        """Create a record; lists and objects become JSON text."""
        raw = {"id": str(uuid.uuid4()), "_status": "created", "_changed": ""} | _columns(columns)
        self.tables.setdefault(table, {})[raw["id"]] = raw
        return str(raw["id"])

    def change(self, table: str, identity: str, **columns: Any) -> None:
        """Update a record."""
        raw = self.tables[table][identity]
        raw |= _columns(columns)
        raw["_changed"] = ",".join(dict.fromkeys([*filter(None, raw["_changed"].split(",")), *columns]))
        raw["_status"] = "created" if raw["_status"] == "created" else "updated"

    def delete(self, table: str, identity: str) -> None:
        """Mark a record as deleted."""
        self.tables[table].pop(identity, None)
        self.deleted.setdefault(table, set()).add(identity)

    def get(self, table: str, identity: str) -> Raw:
        """Return a record as an app sees it."""
        return {name: value for name, value in self.tables[table][identity].items() if name[0] != "_"}

    def unsent(self) -> set[str]:
        """Return the ids of what is not handed in."""
        dirty = {i for rows in self.tables.values() for i, raw in rows.items() if raw["_status"] != "synced"}
        return dirty | {i for ids in self.deleted.values() for i in ids}

    def changes(self) -> Raw:
        """Return what a push would carry."""
        names = {*self.tables, *self.deleted}
        return {name: self._changes_of(name) for name in sorted(names)}

    def _changes_of(self, name: str) -> Raw:
        rows = self.tables.get(name, {}).values()
        found: Raw = {
            status: [dict(raw) for raw in rows if raw["_status"] == status] for status in ("created", "updated")
        }
        return found | {"deleted": sorted(self.deleted.get(name, ()))}

    def push(self, *, lost: bool = False, **meta: Any) -> Raw:
        """Hand in what is unsent. With `lost` the answer never arrives."""
        sent = self.changes()
        body = json.dumps({"changes": sent, "meta": meta})
        reply = self.caller.ask("POST", PATH, data=body, headers={"Content-Type": "application/json"})
        assert reply.status_code == 200, reply.text
        self.answer = reply.json or {}
        if lost:
            return self.answer
        for name, found in sent.items():
            staying = set(self.answer["experimentalRejectedIds"].get(name, ()))
            for raw in found["created"] + found["updated"]:
                if raw["id"] not in staying:
                    self.tables[name][raw["id"]] |= {"_status": "synced", "_changed": ""}
            self.deleted.get(name, set()).intersection_update(staying)
        return self.answer

    def pull(self, **query: Any) -> Raw:
        """Apply what changed; on 410 load everything in place of what was."""
        asked = {"last_pulled_at": self.last_pulled_at or "null"} | query
        reply = self.caller.get(PATH, **asked)
        whole = self.last_pulled_at is None
        if reply.status_code == 410:
            reply, whole = self.caller.get(PATH, last_pulled_at="null"), True
        assert reply.status_code == 200, reply.text
        told: Raw = reply.json or {}
        for name, found in told["changes"].items():
            self._apply(name, found, whole)
        self.last_pulled_at = told["timestamp"]
        return told

    def _apply(self, name: str, found: Raw, whole: bool) -> None:
        rows = self.tables.setdefault(name, {})
        for raw in found["updated"]:
            mine = rows.get(raw["id"], {"_status": "synced", "_changed": ""})
            kept = {column: mine[column] for column in mine["_changed"].split(",") if column}
            rows[raw["id"]] = mine | raw | kept
        held = {raw["id"] for raw in found["updated"]}
        gone = {i for i, raw in rows.items() if whole and i not in held and raw["_status"] != "created"}
        for identity in gone.union(found["deleted"]):
            rows.pop(identity, None)

    def sync(self) -> None:
        """Push, then pull: the order that loses nothing."""
        self.push()
        self.pull()


def _columns(columns: Raw) -> Raw:
    return {name: json.dumps(value) if isinstance(value, list | dict) else value for name, value in columns.items()}


def take_order(web: Web, melon: Melon, quantity: int = 10) -> tuple[str, str]:
    """Visit the Bakery and sell it water; return the ids of the visit and of the order."""
    visit = melon.put("visits", customer_id=str(web.customers["Bakery"]), check_in=AT | HERE)
    line = {"product_id": str(web.products["water"]), "quantity": quantity, "unit_price_minor": 48}
    order = melon.put(
        "orders",
        visit_id=visit,
        customer_id=str(web.customers["Bakery"]),
        currency="EUR",
        kind="sale",
        lines=[line],
        amount_minor=quantity * 48,
        stamp=AT,
    )
    return visit, order
