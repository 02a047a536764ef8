"""The door for devices that are locked out: their unsent work is taken, kept for a person, and nothing else."""

from __future__ import annotations

import uuid

from flask import Response, request

from api.database import db
from api.guard import PUBLIC
from api.openapi import Resource
from api.payload import read_batch
from api.settings import now
from api.sync.caller import json_answer
from api.sync.schemas import PushedSchema, pushed_json
from api.sync.shapes_of_work import batch_shape
from api.sync.versions import app_json
from api.tokens import SpentToken, spent_token_of_request
from fieldsales.db.session import reading, transaction
from fieldsales.sessions.queries import device_of_token, require_locked_out
from sync.batch import Phone, parse_batch
from sync.models import Way
from sync.push import push

hand_in = Resource("hand_in", __name__, url_prefix="/sync/v1", description="Unsent work of devices that are locked out")


@hand_in.on(
    "POST",
    "/hand-in",
    roles=PUBLIC,
    documents=batch_shape(),
    gives=PushedSchema,
    problems=[400, 401, 403, 409, 413, 415, 422, 429],
)
def hand_in_work() -> Response:
    """Hand in what a device that is locked out never sent

    Proven by any access or refresh token that the device ever had, also an expired one. Everything is stored as
    `held`, for a person to decide; nothing is done, and no changes are told.
    """
    phone = _locked_out(spent_token_of_request())
    batch = parse_batch(read_batch(request))
    with transaction(db.engine) as session:
        done = push(session, phone, batch, now(), Way.HANDED_IN)
    return json_answer(pushed_json(done) | {"changes": None, "app": app_json(batch.app_version)})


def _locked_out(token: SpentToken) -> Phone:
    """Return whose device it is, asked in a snapshot of its own: a slow body must hold no lock."""
    with reading(db.engine) as snapshot:
        device_id: uuid.UUID | None = token.device_id
        if token.token_id is not None:
            device_id = device_of_token(snapshot, token.token_id)
        return Phone(token.user_id, require_locked_out(snapshot, token.user_id, device_id, now()))
