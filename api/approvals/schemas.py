"""Requests for approval, their facts, and what is said about them."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_dump

from api.guard import actor
from api.schema import PageQuery, page_of
from fieldsales.approvals.models import ApprovalState
from fieldsales.approvals.rules import facts_for
from sync.wire import Flag, Strict, words


class VoteSchema(Schema):
    """What one person said."""

    by = fields.UUID(required=True, allow_none=True, metadata={"description": "null: the operator's terminal"})
    grant = fields.Boolean(required=True)
    reason = fields.String(required=True, allow_none=True)
    at = fields.DateTime(required=True)


class ApprovalSchema(Schema):
    """A request. `needed` persons must agree; `facts` are as of `asked_at`, for a rep without `margin`."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    kinds = fields.List(fields.String(), required=True)
    state = fields.String(required=True)
    mutation_id = fields.UUID(required=True, allow_none=True)
    invoice_id = fields.UUID(required=True, allow_none=True)
    settlement_id = fields.UUID(required=True, allow_none=True)
    count_id = fields.UUID(required=True, allow_none=True)
    adjustment_id = fields.UUID(required=True, allow_none=True)
    correction_id = fields.UUID(required=True, allow_none=True)
    customer_id = fields.UUID(
        required=True,
        allow_none=True,
        metadata={"description": "null: a count, a settlement, a target or a correction of pay, about no customer"},
    )
    asked_by = fields.UUID(required=True)
    asked_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)
    currency = fields.String(required=True)
    amount_minor = fields.Integer(required=True)
    needed = fields.Integer(required=True)
    reason = fields.String(required=True)
    facts = fields.Dict(required=True)
    decided_at = fields.DateTime(required=True, allow_none=True)
    decision_reason = fields.String(required=True, allow_none=True)
    votes = fields.List(fields.Nested(VoteSchema), required=True)

    @post_dump
    def _for_who_asks(self, told: dict[str, Any], **_options: object) -> dict[str, Any]:
        return told | {"facts": facts_for(actor().role, told["facts"])}


class ApprovalQuery(PageQuery):
    """Which requests; without a state all of them."""

    state = fields.Enum(ApprovalState, by_value=True)


class VerdictSchema(Strict):
    """What a person says; a refusal needs a reason."""

    grant = Flag(required=True)
    reason = words(500, load_default=None, allow_none=True)


ApprovalPageSchema = page_of(ApprovalSchema)
