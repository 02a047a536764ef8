"""Mutations under review, and what may be decided about them."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import PageQuery, page_of
from sync.models import Status
from sync.review.service import Action
from sync.wire import Strict, moment, words

UNDER_REVIEW = {"held": Status.HELD, "applied": Status.APPLIED}


class NamedSchema(Schema):
    """Somebody or something by id and name."""

    id = fields.UUID(required=True)
    name = fields.String(required=True)


class ReviewQuery(PageQuery):
    """Which part of the queue; all filters must apply."""

    user = fields.UUID(metadata={"description": "the rep who did it"})
    type = words(64, metadata={"example": "order.submit"})
    code = words(64, metadata={"description": "the code of its problem", "example": "order.price_out_of_band"})
    what = fields.String(validate=validate.OneOf(UNDER_REVIEW), metadata={"description": "not done yet, or done"})
    received_before = moment(metadata={"description": "only what has waited since before then"})


class UnderReviewSchema(Schema):
    """A mutation that wants a person's eye: held, or applied all the same."""

    id = fields.UUID(required=True, attribute="mutation.id")
    type = fields.String(required=True, attribute="mutation.type")
    v = fields.Integer(required=True, attribute="mutation.v")
    status = fields.Enum(Status, by_value=True, required=True, attribute="mutation.status")
    review = fields.String(required=True, allow_none=True, attribute="mutation.review")
    way = fields.String(required=True, attribute="mutation.way")
    rep = fields.Nested(NamedSchema, required=True)
    customer = fields.Nested(NamedSchema, required=True, allow_none=True)
    device_id = fields.UUID(required=True, attribute="mutation.device_id")
    problem = fields.Dict(required=True, allow_none=True)
    flags = fields.List(fields.String(), required=True)
    at = fields.DateTime(required=True, allow_none=True, attribute="mutation.at")
    received_at = fields.DateTime(required=True, attribute="mutation.received_at")


class NeedSchema(Schema):
    """Another mutation and how it stands, or something that is not here yet (null)."""

    id = fields.UUID(required=True)
    status = fields.Enum(Status, by_value=True, required=True, allow_none=True)


class StepSchema(Schema):
    """What a person did about it; nobody (null) is the operator at the machine's own terminal."""

    at = fields.DateTime(required=True)
    action = fields.String(required=True, metadata={"example": "mutation.retry"})
    by = fields.Nested(NamedSchema, required=True, allow_none=True)
    facts = fields.Dict(required=True)


class MatterSchema(UnderReviewSchema):
    """A mutation with all that a person needs to decide."""

    payload = fields.Dict(required=True, attribute="mutation.payload", metadata={"description": "as it was sent"})
    corrected = fields.Dict(required=True, allow_none=True, attribute="mutation.corrected")
    result = fields.Dict(required=True, allow_none=True)
    decision = fields.String(required=True, allow_none=True, attribute="mutation.decision")
    decision_reason = fields.String(required=True, allow_none=True, attribute="mutation.decision_reason")
    decided_at = fields.DateTime(required=True, allow_none=True, attribute="mutation.decided_at")


class CaseSchema(Schema):
    """A mutation, what it waits for, and what was done about it."""

    mutation = fields.Nested(MatterSchema, required=True, attribute="subject")
    waits_for = fields.List(fields.Nested(NeedSchema), required=True)
    history = fields.List(fields.Nested(StepSchema), required=True)


class RulingSchema(Strict):
    """A decision. `apply` and `discard` need a reason, `apply` the data to take the place of what was sent."""

    action = fields.Enum(Action, by_value=True, required=True)
    reason = words(500, load_default=None, allow_none=True)
    data = fields.Dict(load_default=None, allow_none=True)


ReviewPageSchema = page_of(UnderReviewSchema)
