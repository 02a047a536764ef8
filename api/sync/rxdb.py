"""What `replicateRxCollection` of RxDB talks to; docs/sync-protocol.md describes it for an app."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from marshmallow import Schema, fields, validate

from api.database import db, session
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.payload import read_batch
from api.settings import now
from api.sync.caller import calling_phone, json_answer
from api.sync.sightings import note_pull
from fieldsales.db.session import insist
from fieldsales.errors import Invalid
from sync.batch import MOST_MUTATIONS, BatchTooLarge
from sync.faces.handover import Sender, check_all_done
from sync.faces.rxdb.collections import entity_of
from sync.faces.rxdb.downstream import pull_documents
from sync.faces.rxdb.schemas import schema_of
from sync.faces.rxdb.upstream import Row, push_documents
from sync.models import Way
from sync.pull import LARGEST_PAGE, PAGE
from sync.wire import Strict, load, moment, words

rxdb = Resource("rxdb", __name__, url_prefix="/sync/v1/rxdb", description="For apps that use RxDB")


class RowsInvalid(Invalid):
    """A push is a list of rows, each with the new state of a document that has a text for its `id`."""

    code = "sync.rows_invalid"
    title = "These are not rows of RxDB"


class PullQuery(Strict):
    """From where to read on, and the batch size of RxDB."""

    checkpoint = words(1000, metadata={"description": "the `cursor` of the last checkpoint; none to load everything"})
    limit = fields.Integer(validate=validate.Range(1, LARGEST_PAGE), load_default=PAGE)


class PushQuery(Strict):
    """What RxDB has no place for."""

    sent_at = moment(load_default=None, metadata={"description": "what the phone's clock says; right if not told"})


class DocumentSchema(Schema):
    """A document of a collection; `/schema` tells which fields it has."""

    id = fields.String(required=True)
    _deleted = fields.Boolean(required=True)


class CheckpointSchema(Schema):
    """What RxDB keeps and gives to the next pull."""

    cursor = fields.String(required=True)


class PulledSchema(Schema):
    """What the handler of a pull returns. Fewer documents than asked for are the last ones."""

    documents = fields.List(fields.Nested(DocumentSchema), required=True)
    checkpoint = fields.Nested(CheckpointSchema, required=True)


class RowSchema(Strict):
    """A write of RxDB."""

    newDocumentState = fields.Dict(required=True)  # noqa: N815 -- RxDB's own name
    assumedMasterState = fields.Dict(load_default=None, allow_none=True)  # noqa: N815


class CollectionSchema(Schema):
    """A JSON schema as `addCollections` of RxDB takes it."""

    title = fields.String(required=True)
    version = fields.Integer(required=True)
    primaryKey = fields.String(required=True)  # noqa: N815
    type = fields.String(required=True)
    properties = fields.Dict(required=True)
    required = fields.List(fields.String(), required=True)
    additionalProperties = fields.Boolean(required=True)  # noqa: N815


class _Rows(Strict):
    rows = fields.List(fields.Nested(RowSchema), required=True)


_ROWS = _Rows()


@rxdb.on("GET", "/<collection>/schema", roles=EVERYBODY, gives=CollectionSchema, problems=[404])
def read_rxdb_schema(collection: str) -> Response:
    """The schema of a collection

    For `addCollections`. Keep it with the app: RxDB wants the same one each time.
    """
    return json_answer(schema_of(entity_of(collection)))


@rxdb.on("GET", "/<collection>/pull", roles=EVERYBODY, query=PullQuery, gives=PulledSchema, problems=[404, 410])
def pull_rxdb(query: dict[str, Any], collection: str) -> Response:
    """Documents for a pull of RxDB

    410 means: the database was restored from a backup. Load the collection again without a checkpoint and delete what
    does not come; RxDB keeps what is unsent.
    """
    entity = entity_of(collection)
    pulled = pull_documents(session(), actor().user_id, entity, query.get("checkpoint"), query["limit"])
    note_pull()
    return json_answer({"documents": list(pulled.documents), "checkpoint": {"cursor": pulled.checkpoint}})


@rxdb.on(
    "POST",
    "/<collection>/push",
    roles=EVERYBODY,
    query=PushQuery,
    documents=RowSchema(many=True),
    gives=DocumentSchema(many=True),
    problems=[400, 403, 404, 413, 415, 503],
)
def push_rxdb(query: dict[str, Any], collection: str) -> Response:
    """Writes of RxDB

    Answers the documents that RxDB must take from here instead of its own. After any other status than 200 the same
    rows may be pushed again: what was done is not done twice.
    """
    entity = entity_of(collection)
    rows = _rows(read_batch(request))
    sender = Sender(calling_phone(), Way.RXDB, now(), query["sent_at"])
    pushed = insist(db.engine, lambda writing: push_documents(writing, sender, entity, rows))
    check_all_done(pushed.results)
    return json_answer(list(pushed.conflicts))


def _rows(body: object) -> list[Row]:
    told = load(_ROWS, {"rows": body}, RowsInvalid, "The push")["rows"]
    if len(told) > MOST_MUTATIONS:
        raise BatchTooLarge(f"These are {len(told)} rows.", mend=f"Push at most {MOST_MUTATIONS}.", most=MOST_MUTATIONS)
    rows = [Row(each["newDocumentState"], each["assumedMasterState"]) for each in told]
    for number, each in enumerate(rows):
        if not isinstance(each.document.get("id"), str):
            raise RowsInvalid(f"The document of row {number} has no id.", mend="An id is a text.", row=number)
    return rows
