"""The phone's two streams: mutations up, changes down.

The answers are written to JSON directly: they may hold hundreds of documents that are JSON already, and checking each
against a schema again on its way out would cost more than finding them.
"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response, request

from api.database import db, session
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.payload import read_batch
from api.settings import now
from api.sync.caller import calling_phone, json_answer
from api.sync.schemas import (
    OutcomeSchema,
    PushedSchema,
    changes_json,
    outcome_json,
    pushed_json,
)
from api.sync.shapes_of_work import batch_shape
from api.sync.sightings import note_pull
from api.sync.versions import app_json
from sync.batch import parse_batch
from sync.exchange import exchange
from sync.queries import outcome_of
from sync.wire import problem_of

offline = Resource("sync", __name__, url_prefix="/sync/v1", description="The offline protocol of phones")


@offline.on(
    "POST",
    "/mutations",
    roles=EVERYBODY,
    documents=batch_shape(),
    gives=PushedSchema,
    problems=[400, 403, 413, 415, 422],
)
def push_mutations() -> Response:
    """Send what a phone did

    200 whenever the batch was processed durably; each mutation has its own `status`. All but `retry` are final:
    the phone may forget the mutation. Sending it again answers the same with `replayed: true`.
    """
    batch = parse_batch(read_batch(request))
    done = exchange(db.engine, calling_phone(), batch, now())
    told: dict[str, Any] = pushed_json(done.pushed)
    told["changes"] = changes_json(done.changes) if done.changes else None
    told["app"] = app_json(batch.app_version)
    if done.changes:
        note_pull(done.changes)
    if done.lost:
        told["changes_problem"] = problem_of(done.lost)
    return json_answer(told)


@offline.on("GET", "/mutations/<uuid:mutation_id>", roles=EVERYBODY, gives=OutcomeSchema, problems=[404])
def read_mutation(mutation_id: uuid.UUID) -> Response:
    """The fate of one mutation

    For a phone that never got the answer. Only one's own are told.
    """
    return json_answer(outcome_json(outcome_of(session(), mutation_id, actor().user_id)))
