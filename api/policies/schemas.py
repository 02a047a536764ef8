"""Policies as a manager reads and sets them."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import day
from sync.wire import Strict, words


class PolicyQuery(Strict):
    """On which day; today where none is given."""

    day = day()


class PolicyDraftSchema(Strict):
    """A policy to try: the document, and the day from which it would hold (today)."""

    effective_from = day(load_default=None, allow_none=True)
    body = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "the document; `GET /api/v1/policies` has its shape"},
    )


class NewPolicySchema(PolicyDraftSchema):
    """A policy to set, and why."""

    note = words(500, 0, load_default="", metadata={"example": "B shops weekly from spring on"})


class PolicyVersionSchema(Schema):
    """One version of a policy: who made it, when and why."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    effective_from = fields.Date(required=True)
    body = fields.Dict(required=True)
    note = fields.String(required=True)
    made_at = fields.AwareDateTime(required=True)
    made_by = fields.UUID(required=True, allow_none=True, metadata={"description": "null: the operator's terminal"})
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    withdrawn_by = fields.UUID(required=True, allow_none=True)


class PolicyVersionsSchema(Schema):
    """Every version, the one that holds from the latest day first."""

    versions = fields.List(fields.Nested(PolicyVersionSchema), required=True)


class PolicyInForceSchema(Schema):
    """What holds on a day. The version is null where nothing was set that early, and the built-in policy holds."""

    kind = fields.String(required=True)
    day = fields.Date(required=True)
    body = fields.Dict(required=True)
    version_id = fields.UUID(required=True, allow_none=True)
    effective_from = fields.Date(required=True, allow_none=True, attribute="version.effective_from", dump_default=None)


class PolicyKindSchema(Schema):
    """A kind of policy: what it is about, what a document looks like, and what holds today."""

    kind = fields.String(required=True, attribute="kind.name")
    about = fields.String(required=True, attribute="kind.about")
    schema = fields.Dict(
        required=True, attribute="kind.schema", metadata={"description": "of a document, as JSON Schema 2020-12"}
    )
    default = fields.Dict(required=True, attribute="kind.default")
    in_force = fields.Nested(PolicyInForceSchema, required=True)


class PolicyKindsSchema(Schema):
    """All kinds of policies."""

    kinds = fields.List(fields.Nested(PolicyKindSchema), required=True)


class PolicyDifferenceSchema(Schema):
    """One place in which two documents differ, as a JSON pointer; null where there is nothing."""

    pointer = fields.String(required=True)
    before = fields.Raw(required=True, allow_none=True)
    after = fields.Raw(required=True, allow_none=True)


class TierMoveSchema(Schema):
    """A customer who would change tier, and why. `anyway`: under the policies as they are it would, too."""

    customer_id = fields.UUID(required=True)
    name = fields.String(required=True)
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True)
    reason = fields.String(required=True)
    anyway = fields.Boolean(required=True)


class TierCountSchema(Schema):
    """How many customers a tier has, and would have; null for those without one."""

    tier = fields.String(required=True, allow_none=True)
    before = fields.Integer(required=True)
    after = fields.Integer(required=True)


class TierRepWorkSchema(Schema):
    """What a rep's customers ask for in a mean week, and would; null for those whom nobody owns."""

    rep_id = fields.UUID(required=True, allow_none=True)
    name = fields.String(required=True)
    customers = fields.Integer(required=True)
    visits_before = fields.Float(required=True)
    visits_after = fields.Float(required=True)
    minutes_before = fields.Float(required=True)
    minutes_after = fields.Float(required=True)


class TierPreviewSchema(Schema):
    """What would become of the tiers of all active customers. Of many moves the first 1,000 are listed."""

    day = fields.Date(required=True, metadata={"description": "the orders before it count"})
    customers = fields.Integer(required=True)
    moved = fields.Function(lambda preview: len(preview.moves), required=True, metadata={"type": "integer"})
    moves = fields.Function(
        lambda preview: TierMoveSchema(many=True).dump(preview.moves[:1000]),
        required=True,
        metadata={"type": "array", "items": {"type": "object"}},
    )
    counts = fields.List(fields.Nested(TierCountSchema), required=True)
    reps = fields.List(fields.Nested(TierRepWorkSchema), required=True)


class PolicyTrialSchema(Schema):
    """What a policy would change from a day on: in the document, and in the tiers where it bears on them."""

    kind = fields.String(required=True)
    effective_from = fields.Date(required=True, attribute="day")
    differences = fields.List(fields.Nested(PolicyDifferenceSchema), required=True)
    tiers = fields.Nested(TierPreviewSchema, required=True, allow_none=True)
