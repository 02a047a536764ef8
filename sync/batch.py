"""The batch that a phone sends, opened and checked; one broken mutation does not spoil the others."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from marshmallow import fields

from fieldsales.errors import Invalid
from sync.timing import Stamp
from sync.wire import Flag, Strict, load, moment, unstorable, whole, words

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
    """A batch whose envelope is sound. `mutations` are still as they were sent.

    `queued` is how many mutations the phone holds besides these; None where it does not say.
    """

    device_id: str
    app_version: str
    sent: Stamp
    mutations: tuple[object, ...]
    cursor: str | None = None
    want_changes: bool = False
    queued: int | None = None


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
    queued = whole(0, 2**31 - 1, load_default=None, allow_none=True)
    mutations = fields.List(fields.Raw(allow_none=True), required=True)


_BATCH = BatchSchema()


def parse_batch(body: object) -> Batch:
    """Open a batch as it came off the wire, already decoded from JSON.

    Raises `BatchInvalid`, `BatchTooLarge` or `SchemaUnsupported`; the phone keeps its queue in each case.
    """
    _check_schema(body)
    check_storable(body, BatchInvalid)
    found = load(_BATCH, body, BatchInvalid, "The batch")
    found.pop("schema")
    mutations = tuple(found.pop("mutations"))
    if len(mutations) > MOST_MUTATIONS:
        raise BatchTooLarge(
            f"The batch holds {len(mutations)} mutations.",
            mend=f"Send at most {MOST_MUTATIONS} at a time.",
            most=MOST_MUTATIONS,
        )
    return Batch(sent=Stamp(**found.pop("sent")), mutations=mutations, **found)


def check_storable(body: object, error: type[Invalid]) -> None:
    """Raise `error` if what stands around the mutations of a body is no text that a database keeps."""
    told = {name: each for name, each in body.items() if name != "mutations"} if isinstance(body, dict) else None
    if reason := unstorable(told):
        raise error(f"The body cannot be stored: {reason}.", mend="Send plain text and finite numbers.")


def _check_schema(body: object) -> None:
    """Look at the version before all else: a batch of another one may have another shape altogether."""
    told = body.get("schema") if isinstance(body, dict) else None
    if type(told) is int and told > 0 and told != SCHEMA:
        raise SchemaUnsupported(
            f"This server speaks version {SCHEMA}.", mend="Keep the queue and update the app.", supported=[SCHEMA]
        )
