"""A phone's side of a first load in parts, as docs/sync-protocol.md tells it: columns back into documents."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine
from worlds.phone import TestPhone

from fieldsales.db.session import reading
from sync import bootstrap

Store = dict[tuple[str, uuid.UUID], dict[str, Any]]


def documents_of(part: dict[str, Any]) -> Store:
    """Return the documents of a part by entity and id."""
    ids = list(ids_of(part["ids"]))
    return {
        (table["entity"], uuid.UUID(document["id"])): document
        for table in part["tables"]
        for document in rows_of(table, ids)
    }


def ids_of(told: dict[str, Any]) -> Iterator[str]:
    """Yield the ids that a part refers to by their places."""
    head, tails = 0, told["tails"]
    for place, step in enumerate(told["heads"]):
        head += step
        yield str(uuid.UUID(f"{head:012x}" + tails[20 * place : 20 * place + 20]))


def rows_of(table: dict[str, Any], ids: list[str]) -> list[dict[str, Any]]:
    """Return the rows of a table, each with its lists."""
    rows: list[dict[str, Any]] = [{} for _ in range(table["rows"])]
    fill(rows, table["columns"], ids)
    for group in table["lists"]:
        hanging: list[dict[str, Any]] = [{} for _ in range(sum(group["counts"]))]
        fill(hanging, group["columns"], ids)
        rest = iter(hanging)
        for row, count in zip(rows, group["counts"], strict=True):
            row[group["name"]] = [next(rest) for _ in range(count)]
    return rows


def fill(rows: list[dict[str, Any]], columns: list[dict[str, Any]], ids: list[str]) -> None:
    """Write columns into rows."""
    for column in columns:
        place = 0
        for number, row in enumerate(rows):
            if "all" in column:
                row[column["name"]] = column["all"]
            elif "steps" in column:
                place += column["steps"][number]
                row[column["name"]] = ids[place]
            elif "ids" in column:
                at = column["ids"][number]
                row[column["name"]] = None if at is None else ids[at]
            else:
                row[column["name"]] = column["values"][number]


def fetch(engine: Engine, user_id: uuid.UUID, name: str) -> tuple[str, dict[str, Any]]:
    """Return a part and its version."""
    with reading(engine) as session:
        part, share = bootstrap.find_part(session, user_id, name)
        return part.version, bootstrap.load_part(session, share)


def begin(engine: Engine, phone: TestPhone) -> list[str]:
    """Take the manifest: the store is emptied, and the cursor to go on from kept. Return the names of the parts."""
    with reading(engine) as session:
        found = bootstrap.manifest(session, phone.who.user_id)
    phone.store.clear()
    phone.cursor = found.cursor
    return [part.name for part in found.parts]
