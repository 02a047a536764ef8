"""The two endpoints that `synchronize()` of WatermelonDB talks to; docs/sync-protocol.md describes them for an app."""

from __future__ import annotations

import json
from typing import Any

from flask import Response, request

from api.database import db, session
from api.faults import BadRequest
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.payload import read_batch
from api.settings import now
from api.sync.caller import calling_phone, json_answer
from api.sync.melon_schemas import MelonAnswerSchema, MelonChangesSchema, MelonPushSchema, PullQuery, PushQuery
from api.sync.schemas import outcome_json
from api.sync.sightings import note_pull
from api.sync.versions import app_json, calling_app_json
from sync.faces.handover import Sender
from sync.faces.watermelon.pulling import pull_tables
from sync.faces.watermelon.pushing import Answer, push_changes
from sync.faces.watermelon.tables import TABLES
from sync.faces.watermelon.writing import ChangesInvalid
from sync.models import Way
from sync.pull import Page
from sync.timing import Stamp
from sync.wire import load, unstorable

watermelon = Resource("watermelon", __name__, url_prefix="/sync/v1", description="For apps that use WatermelonDB")


_BODY = MelonPushSchema()


@watermelon.on("GET", "/watermelon", roles=EVERYBODY, query=PullQuery, gives=MelonChangesSchema, problems=[410])
def pull_watermelon(query: dict[str, Any]) -> Response:
    """Changes for WatermelonDB

    For `pullChanges` of `synchronize()`. 410 means: ask once more without `last_pulled_at`, and return that with
    `experimentalStrategy: "replacement"`, which keeps what is unsent.
    """
    told = query["last_pulled_at"]
    since = int(told) if told.isdigit() else None
    pulled = pull_tables(session(), actor().user_id, since, _anew(query["migration"]))
    told = {"changes": pulled.changes, "timestamp": pulled.timestamp, "app": calling_app_json()}
    note_pull(Page((), pulled.cursor, more=False))
    return json_answer(told)


@watermelon.on(
    "POST",
    "/watermelon",
    roles=EVERYBODY,
    query=PushQuery,
    documents=MelonPushSchema,
    gives=MelonAnswerSchema,
    problems=[400, 403, 413, 415],
)
def push_watermelon(query: dict[str, Any]) -> Response:
    """Records from WatermelonDB

    For `pushChanges` of `synchronize()`. 200 whenever everything was processed durably; each record is answered by
    itself. After any other status the same may be pushed again: what was done is not done twice.
    """
    body = load(_BODY, read_batch(request), ChangesInvalid, "The body")
    meta = body["meta"]
    if reason := unstorable(meta):
        raise ChangesInvalid(f"“meta” cannot be stored: {reason}.", mend="Send plain text.")
    arrived = now()
    sender = Sender(
        calling_phone(),
        Way.WATERMELON,
        arrived,
        sent=Stamp(**meta["sent"]) if meta.get("sent") else None,
        device_id=meta.get("device_id"),
        app_version=meta.get("app_version"),
    )
    answers = push_changes(db.engine, sender, body["changes"])
    staying: dict[str, list[str]] = {}
    for each in answers:
        if each.stays:
            staying.setdefault(each.written.table, []).append(str(each.written.raw.get("id")))
    return json_answer(
        {
            "experimentalRejectedIds": staying,
            "results": [_told(each) for each in answers],
            "server_time": arrived.isoformat(),
            "app": app_json(meta["app_version"]) if meta.get("app_version") else calling_app_json(),
        }
    )


def _told(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {
        "table": answer.written.table,
        "id": str(answer.written.raw.get("id")),
        "status": answer.status,
        "stays": answer.stays,
        "outcomes": [outcome_json(each) for each in answer.results],
    }
    if answer.problem is not None:
        told["problem"] = answer.problem
    return told


def _anew(migration: str) -> set[str]:
    """Return the tables that an update of the app brought or widened. Those that we do not know are the app's own."""
    try:
        told = json.loads(migration) if migration not in ("", "undefined") else None
        if told is None:
            return set()
        named = {*told["tables"], *(each["table"] for each in told["columns"])}
    except (ValueError, TypeError, KeyError, RecursionError) as wrong:
        raise BadRequest(
            "The migration is not what WatermelonDB gives to pullChanges.", mend="Send JSON.stringify(migration)."
        ) from wrong
    return {name for name in named if name in TABLES}
