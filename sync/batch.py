"""The batch that a phone sends, opened and checked; one broken mutation does not spoil the others."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from marshmallow import fields

from fieldsales.errors import Invalid
from sync.timing import Stamp
from sync.wire import Flag, Strict, load, moment, whole, words

SCHEMA = 1
MOST_MUTATIONS = 500
TEN_YEARS_MS = 10 * 366 * 86_400_000


class BatchInvalid(Invalid):
    """The batch itself cannot be read; none of its mutations was looked at."""

    code = "sync.batch_invalid"
    title = "The batch cannot be read"


class BatchTooLarge(Invalid):
    """More mutations than one batch may hold; none was looked at."""

    code = "sync.batch_too_large"
    title = "Too many mutations in one batch"
    status = 413


class SchemaUnsupported(Invalid):
    """The phone speaks another version of this protocol. Keep the queue, and update the app or the server."""

    code = "sync.schema_unsupported"
    title = "This server does not speak that version of the protocol"


@dataclass(frozen=True, slots=True)
class Phone:
    """Who is speaking: a user on a device, both as the access token names them (`device.id`, our own id)."""

    user_id: uuid.UUID
    device_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch whose envelope is sound. `mutations` are still as they were sent."""

    device_id: str
    app_version: str
    sent: Stamp
    mutations: tuple[object, ...]
    cursor: str | None = None
    want_changes: bool = False


class StampSchema(Strict):
    """A phone's moment."""

    wall = moment(required=True)
    mono_ms = whole(0, TEN_YEARS_MS, required=True)
    boot_id = words(64, required=True)


class BatchSchema(Strict):
    """The envelope of `POST /sync/v1/mutations`."""

    device_id = words(64, required=True)
    app_version = words(40, required=True)
    schema = whole(1, required=True)
    sent = fields.Nested(StampSchema, required=True)
    cursor = words(1000, load_default=None, allow_none=True)
    want_changes = Flag(load_default=False)
    mutations = fields.List(fields.Raw(allow_none=True), required=True)


_BATCH = BatchSchema()


def parse_batch(body: object) -> Batch:
    """Open a batch as it came off the wire, already decoded from JSON.

    Raises `BatchInvalid`, `BatchTooLarge` or `SchemaUnsupported`; the phone keeps its queue in each case.
    """
    found = load(_BATCH, body, BatchInvalid, "The batch")
    if found.pop("schema") != SCHEMA:
        raise SchemaUnsupported(
            f"This server speaks version {SCHEMA}.", mend="Keep the queue and update the app.", supported=[SCHEMA]
        )
    mutations = tuple(found.pop("mutations"))
    if len(mutations) > MOST_MUTATIONS:
        raise BatchTooLarge(
            f"The batch holds {len(mutations)} mutations.",
            mend=f"Send at most {MOST_MUTATIONS} at a time.",
            most=MOST_MUTATIONS,
        )
    return Batch(sent=Stamp(**found.pop("sent")), mutations=mutations, **found)
