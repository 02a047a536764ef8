"""The offline protocol as it stands on the wire; `docs/sync-protocol.md` tells it in full."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from sync.batch import BatchSchema
from sync.outcomes import BatchResult, ItemResult
from sync.pull import LARGEST_PAGE, PAGE, Page
from sync.wire import Strict, words


class OutcomeSchema(Schema):
    """The recorded answer to one mutation; with the same id it is always the same."""

    index = fields.Integer(metadata={"description": "its place in the batch, from 0"})
    id = fields.UUID(allow_none=True)
    status = fields.String(required=True, metadata={"enum": ["applied", "merged", "rejected", "held", "retry"]})
    result = fields.Dict()
    problem = fields.Dict(metadata={"description": "code, title, detail, mend"})
    flags = fields.List(fields.String(), required=True)
    replayed = fields.Boolean(required=True, metadata={"description": "answered before, with this same answer"})
    stored_as = fields.UUID(metadata={"description": "set when no usable id was sent"})


class ChangeSchema(Schema):
    """What the phone must do to one entity."""

    entity = fields.String(required=True, metadata={"example": "customer"})
    id = fields.UUID(required=True)
    op = fields.String(required=True, metadata={"enum": ["upsert", "delete"]})
    document = fields.Dict(allow_none=True)


class ChangesSchema(Schema):
    """A page of changes. Keep `next_cursor` once they are applied; ask again at once while there is `more`."""

    changes = fields.List(fields.Nested(ChangeSchema), required=True)
    next_cursor = fields.String(required=True)
    more = fields.Boolean(required=True)


class PushedSchema(Schema):
    """The answers in the order of the batch. `changes_problem` is set if changes were wanted and cannot be told."""

    results = fields.List(fields.Nested(OutcomeSchema), required=True)
    server_time = fields.DateTime(required=True)
    skew_ms = fields.Integer(required=True)
    changes = fields.Nested(ChangesSchema, allow_none=True)
    changes_problem = fields.Dict()


class MutationsSchema(BatchSchema):
    """A batch of what a phone did; each mutation is checked by itself and answered by itself."""


class ChangesQuery(Strict):
    """From where to read on."""

    cursor = words(1000, metadata={"description": "the `next_cursor` of the last page; none to load everything"})
    limit = fields.Integer(validate=validate.Range(1, LARGEST_PAGE), load_default=PAGE)


def outcome_json(item: ItemResult) -> dict[str, Any]:
    """Return an answer as it is told: what is not there is left out."""
    told: dict[str, Any] = {
        "index": item.index,
        "id": str(item.id) if item.id else None,
        "status": item.status,
        "flags": list(item.flags),
        "replayed": item.replayed,
    }
    if item.result is not None:
        told["result"] = item.result
    if item.problem is not None:
        told["problem"] = item.problem
    if item.stored_as is not None:
        told["stored_as"] = str(item.stored_as)
    return told


def pushed_json(pushed: BatchResult) -> dict[str, Any]:
    """Return the answers to a batch as they are told."""
    return {
        "results": [outcome_json(item) for item in pushed.results],
        "server_time": pushed.server_time.isoformat(),
        "skew_ms": pushed.skew_ms,
    }


def changes_json(page: Page) -> dict[str, Any]:
    """Return a page as it is told; documents are JSON already."""
    rows = [{"entity": row.entity, "id": str(row.id), "op": row.op, "document": row.document} for row in page.changes]
    return {"changes": rows, "next_cursor": page.next_cursor, "more": page.more}
