"""What `synchronize()` of WatermelonDB sends and takes."""

from __future__ import annotations

import re

from marshmallow import Schema, ValidationError, fields, validate

from api.sync.schemas import OutcomeSchema
from api.sync.versions import AppSchema
from sync.wire import Strict, moment, whole, words


def _a_number_or_none(text: str) -> None:
    """Refuse what JavaScript does not make of a number, of null or of nothing."""
    if not re.fullmatch(r"null|undefined|\d{1,16}", text, re.ASCII):
        raise ValidationError("Not a number, “null” or “undefined”.")


class PullQuery(Strict):
    """What `synchronize()` gives to `pullChanges`; `null` stands for what is not there, as JavaScript writes it."""

    last_pulled_at = fields.String(load_default="null", validate=_a_number_or_none)
    schema_version = fields.Integer(validate=validate.Range(1))
    migration = words(20_000, 0, load_default="null", metadata={"description": "null, or the JSON of the migration"})


class PushQuery(Strict):
    """What `synchronize()` gives to `pushChanges`. It decides nothing: each record is judged by itself."""

    last_pulled_at = fields.String(validate=_a_number_or_none)


class MelonTableSchema(Schema):
    """Raw records, and ids."""

    created = fields.List(fields.Dict())
    updated = fields.List(fields.Dict())
    deleted = fields.List(fields.String())


class MelonChangesSchema(Schema):
    """What `pullChanges` returns. `created` is always empty: call `synchronize()` with `sendCreatedAsUpdated`."""

    changes = fields.Dict(keys=fields.String(), values=fields.Nested(MelonTableSchema), required=True)
    timestamp = fields.Integer(required=True)
    app = fields.Nested(AppSchema, required=True)


class MelonSentSchema(Strict):
    """When the phone sent it: its wall clock, and better its counter since boot too."""

    wall = moment(required=True)
    mono_ms = whole(0, load_default=0)
    boot_id = words(64, load_default="untold")


class MelonMetaSchema(Strict):
    """What the phone says of itself. Without `sent` its clock counts as right."""

    device_id = words(64, load_default=None, allow_none=True)
    app_version = words(40, load_default=None, allow_none=True)
    sent = fields.Nested(MelonSentSchema, load_default=None, allow_none=True)


class MelonPushSchema(Strict):
    """What `synchronize()` gives to `pushChanges`, and what the phone says of itself."""

    changes = fields.Dict(keys=fields.String(), values=fields.Nested(MelonTableSchema), required=True)
    meta = fields.Nested(MelonMetaSchema, load_default=dict)


class MelonRecordAnswerSchema(Schema):
    """What became of a record: the worst that became of anything in it, and the answer to each thing."""

    table = fields.String(required=True)
    id = fields.String(required=True)
    status = fields.String(required=True, metadata={"enum": ["applied", "rejected", "held", "retry"]})
    problem = fields.Dict(metadata={"description": "code, title, detail, mend"})
    stays = fields.Boolean(required=True, metadata={"description": "only the phone has it: it stays unsent there"})
    outcomes = fields.List(fields.Nested(OutcomeSchema), required=True)


class MelonAnswerSchema(Schema):
    """What `pushChanges` returns, and the answer to each record."""

    experimentalRejectedIds = fields.Dict(  # noqa: N815 -- WatermelonDB's own name
        keys=fields.String(), values=fields.List(fields.String()), required=True
    )
    results = fields.List(fields.Nested(MelonRecordAnswerSchema), required=True)
    server_time = fields.DateTime(required=True)
    app = fields.Nested(AppSchema, required=True)
