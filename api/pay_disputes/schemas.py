"""What reps have against lines of their slips, and the answers."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import LARGEST_MONEY, PageQuery, page_of
from fieldsales.disputes.models import DisputeState
from sync.wire import Flag, Strict, whole, words


class NewDisputeSchema(Strict):
    """Which line is wrong, and why."""

    line_id = fields.UUID(required=True)
    reason = words(1000, required=True)


class DisputeAnswerSchema(Strict):
    """Whether the rep is right, and why; with `correction_minor` a correction is asked for, which others grant."""

    uphold = Flag(required=True)
    answer = words(1000, required=True)
    correction_minor = whole(-LARGEST_MONEY, LARGEST_MONEY, load_default=None, allow_none=True)


class DisputeSchema(Schema):
    """A dispute and its answer; `correction_id` is the correction that was asked for with it."""

    id = fields.UUID(required=True)
    line_id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True)
    state = fields.String(required=True)
    reason = fields.String(required=True)
    raised_at = fields.DateTime(required=True)
    answer = fields.String(required=True, allow_none=True)
    answered_at = fields.DateTime(required=True, allow_none=True)
    answered_by = fields.UUID(required=True, allow_none=True)
    correction_id = fields.UUID(required=True, allow_none=True)
    run_id = fields.Function(
        lambda found: str(found.line.run_id), required=True, metadata={"type": "string", "format": "uuid"}
    )


class DisputeQuery(PageQuery):
    """In which state; all of them for nothing."""

    state = fields.Enum(DisputeState, by_value=True)


DisputePageSchema = page_of(DisputeSchema)
