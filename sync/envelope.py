"""One mutation as it was sent: opened, checked for shape, and named so that it can be recognised again."""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import dataclass
from typing import Any

from marshmallow import fields, validate

from fieldsales.errors import Invalid
from sync.batch import StampSchema
from sync.timing import Stamp
from sync.wire import Strict, load, problem_of, unstorable, whole

MOST_AFTER = 50
"""How many others a mutation may wait for."""
_NAMELESS = uuid.UUID("8b0c5a4e-6d0e-5f63-9c1c-6c1a7e1d2f30")
_NAME = validate.Regexp(r"^[a-z][a-z_]*(\.[a-z][a-z_]*)*$")


class MutationMalformed(Invalid):
    """A mutation, or the data in it, does not have the shape of its type. It is kept as it came; mend the app."""

    code = "mutation.malformed"
    title = "The mutation does not have its shape"


@dataclass(frozen=True, slots=True)
class Envelope:
    """A mutation of which at least a name is known. `problem` is set if it cannot be read any further.

    A mutation that was sent without a usable id (`given_id` is false) is stored under one made from its content,
    so that it too is stored once however often it is sent.
    """

    index: int
    id: uuid.UUID
    given_id: bool
    payload: dict[str, Any]
    digest: str
    seq: int = 0
    type: str = ""
    v: int = 0
    at: Stamp | None = None
    problem: dict[str, Any] | None = None


class EntitySchema(Strict):
    """What a mutation is about."""

    type = fields.String(required=True, validate=[validate.Length(1, 32), _NAME])
    id = fields.UUID(required=True)


class MutationSchema(Strict):
    """The envelope of one mutation; `data` is checked by its type's own schema."""

    id = fields.UUID(required=True)
    seq = whole(0, required=True)
    type = fields.String(required=True, validate=[validate.Length(1, 64), _NAME])
    v = whole(1, 32767, required=True)
    at = fields.Nested(StampSchema, required=True)
    entity = fields.Nested(EntitySchema, required=True)
    base_version = whole(0, load_default=None, allow_none=True)
    after = fields.List(fields.UUID(), load_default=list, validate=validate.Length(max=MOST_AFTER))
    data = fields.Dict(required=True)


_MUTATION = MutationSchema()


def open_envelope(index: int, raw: object, device_id: uuid.UUID) -> Envelope:
    """Read one mutation of a batch. Never raises: what cannot be read carries its problem."""
    reason = unstorable(raw)
    payload = raw if isinstance(raw, dict) and reason is None else {"raw": _as_text(raw)}
    digest = fingerprint(payload)
    sent_id = _id_of(raw)
    identity = sent_id or uuid.uuid5(_NAMELESS, f"{device_id}:{digest}")
    given = sent_id is not None
    try:
        if reason is not None:
            raise MutationMalformed(f"The mutation cannot be stored: {reason}.", mend="Send plain JSON text.")
        told = load(_MUTATION, raw, MutationMalformed, "The mutation")
    except MutationMalformed as malformed:
        return Envelope(index, identity, given, payload, digest, problem=problem_of(malformed))
    at = Stamp(**told["at"])
    return Envelope(index, identity, given, payload, digest, told["seq"], told["type"], told["v"], at)


def fingerprint(payload: dict[str, Any]) -> str:
    """Return the SHA-256 of a mutation's content: everything but its place in the queue (`seq`).

    Key order, white space and `1.0` for `1` do not count: libraries on the way may change them.
    """
    content = {key: value for key, value in payload.items() if key != "seq"}
    text = _sorted(content)
    if _WHOLE_FLOAT.search(text):
        text = _sorted(_plain(content))
    return hashlib.sha256(text.encode()).hexdigest()


_SORTED = json.JSONEncoder(sort_keys=True, separators=(",", ":"))
_WHOLE_FLOAT = re.compile(r"\.0[,}\]]|\de[+-]?\d")
"""Where a number may stand that is whole and yet written as a float; only then is it worth a closer look."""


def _sorted(content: dict[str, Any]) -> str:
    return _SORTED.encode(content)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value


def _as_text(raw: object) -> str:
    try:
        return json.dumps(raw)
    except RecursionError:
        return "nested too deeply to be kept"


def _id_of(raw: object) -> uuid.UUID | None:
    given = raw.get("id") if isinstance(raw, dict) else None
    try:
        return uuid.UUID(given) if isinstance(given, str) else None
    except ValueError:
        return None
