"""The offline protocol as it stands on the wire; `docs/sync-protocol.md` tells it in full."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, validate

from api.sync.versions import AppSchema
from sync.batch import BatchSchema
from sync.outcomes import BatchResult, ItemResult
from sync.pull import LARGEST_PAGE, PAGE, ChangeRow, Page
from sync.wire import Strict, words


class OutcomeSchema(Schema):
    """The recorded answer to one mutation; with the same id it is always the same."""

    index = fields.Integer(metadata={"description": "its place in the batch, from 0"})
    id = fields.UUID(allow_none=True)
    status = fields.String(required=True, metadata={"enum": ["applied", "rejected", "held", "retry"]})
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
    app = fields.Nested(AppSchema, metadata={"description": "with a pull; a push tells it beside its results"})


class PushedSchema(Schema):
    """The answers in the order of the batch. `changes_problem` is set if changes were wanted and cannot be told."""

    results = fields.List(fields.Nested(OutcomeSchema), required=True)
    server_time = fields.DateTime(required=True)
    skew_ms = fields.Integer(required=True)
    changes = fields.Nested(ChangesSchema, allow_none=True)
    changes_problem = fields.Dict()
    app = fields.Nested(AppSchema, required=True)


class MutationsSchema(BatchSchema):
    """A batch of what a phone did; each mutation is checked by itself and answered by itself."""


class PartEntrySchema(Schema):
    """One part of a first load."""

    name = fields.String(required=True, metadata={"example": "catalogue"})
    url = fields.String(required=True, metadata={"example": "/sync/v1/bootstrap/catalogue"})
    etag = fields.String(required=True, metadata={"description": "as the same Accept-Encoding gets it"})
    rows = fields.Integer(required=True, metadata={"description": "about how many documents it holds"})
    bytes = fields.Integer(metadata={"description": "how long it is, where known already"})


class ManifestSchema(Schema):
    """Fetch every part, then pull from `cursor`."""

    parts = fields.List(fields.Nested(PartEntrySchema), required=True)
    cursor = fields.String(required=True)


class PartSchema(Schema):
    """Documents column by column; docs/sync-protocol.md says how to read them."""

    part = fields.String(required=True)
    ids = fields.Dict(required=True, metadata={"description": "heads: numbers; tails: text of 20 digits for each"})
    tables = fields.List(fields.Dict(), required=True)


class LimitsSchema(Schema):
    """What the server takes and gives; docs/sync-protocol.md explains each."""

    schemas = fields.List(fields.Integer(), required=True, metadata={"description": "versions of the protocol"})
    mutations = fields.Dict(required=True)
    body = fields.Dict(required=True)
    changes = fields.Dict(required=True)
    bootstrap = fields.Dict(required=True)
    files = fields.Dict(required=True)


class ChangesQuery(Strict):
    """From where to read on."""

    cursor = words(1000, metadata={"description": "the `next_cursor` of the last page; none to load everything"})
    limit = fields.Integer(
        validate=validate.Range(1, LARGEST_PAGE), metadata={"description": f"by default {PAGE}, or as lines all"}
    )


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


def change_json(row: ChangeRow) -> dict[str, Any]:
    """Return one change as it is told."""
    return {"entity": row.entity, "id": str(row.id), "op": row.op, "document": row.document}


def changes_json(page: Page) -> dict[str, Any]:
    """Return a page as it is told; documents are JSON already."""
    return {"changes": [change_json(row) for row in page.changes], "next_cursor": page.next_cursor, "more": page.more}
