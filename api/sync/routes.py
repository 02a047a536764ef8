"""The phone's two streams: mutations up, changes down.

The answers are written to JSON directly: they may hold hundreds of documents that are JSON already, and checking each
against a schema again on its way out would cost more than finding them.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from flask import Response, request

from api.database import db, session
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.payload import read_batch
from api.settings import now
from api.sync.schemas import (
    ChangesQuery,
    ChangesSchema,
    MutationsSchema,
    OutcomeSchema,
    PushedSchema,
    changes_json,
    outcome_json,
    pushed_json,
)
from fieldsales.errors import Forbidden
from sync.batch import Phone, parse_batch
from sync.exchange import exchange
from sync.pull import pull
from sync.queries import outcome_of
from sync.wire import problem_of

offline = Resource("sync", __name__, url_prefix="/sync/v1", description="The offline protocol of phones")


class NoDevice(Forbidden):
    """Only somebody who logged in on a device may send mutations."""

    code = "sync.no_device"
    title = "This session is on no device"


@offline.on(
    "POST", "/mutations", roles=EVERYBODY, documents=MutationsSchema, gives=PushedSchema, problems=[400, 403, 413, 415]
)
def push_mutations() -> Response:
    """Send what a phone did

    200 whenever the batch was processed durably; each mutation has its own `status`. All but `retry` are final:
    the phone may forget the mutation. Sending it again answers the same with `replayed: true`.
    """
    batch = parse_batch(read_batch(request))
    done = exchange(db.engine, _phone(), batch, now())
    told: dict[str, Any] = pushed_json(done.pushed)
    told["changes"] = changes_json(done.changes) if done.changes else None
    if done.lost:
        told["changes_problem"] = problem_of(done.lost)
    return _json(told)


@offline.on("GET", "/mutations/<uuid:mutation_id>", roles=EVERYBODY, gives=OutcomeSchema, problems=[404])
def read_mutation(mutation_id: uuid.UUID) -> Response:
    """The fate of one mutation

    For a phone that never got the answer. Only one's own are told.
    """
    return _json(outcome_json(outcome_of(session(), mutation_id, actor().user_id)))


@offline.on("GET", "/changes", roles=EVERYBODY, query=ChangesQuery, gives=ChangesSchema, problems=[410])
def read_changes(query: dict[str, Any]) -> Response:
    """What changed in my scope since a cursor

    Without a cursor, everything. 410 means: load everything again without a cursor, and keep the unsent queue.
    """
    return _json(changes_json(pull(session(), actor().user_id, query.get("cursor"), query["limit"])))


def _phone() -> Phone:
    device_id = actor().device_id
    if device_id is None:
        raise NoDevice("This session is on no device.", mend="Log in on the phone.")
    return Phone(actor().user_id, device_id)


def _json(told: dict[str, Any]) -> Response:
    return Response(json.dumps(told, separators=(",", ":")), mimetype="application/json")
