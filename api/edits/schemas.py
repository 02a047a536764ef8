"""Changes that people make to planned visits."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, ValidationError, fields, validate, validates_schema

from api.anomalies.schemas import PlannedVisitSchema
from api.schema import day
from fieldsales.steps.models import StepKind
from sync.wire import Strict, words


class ReplanQuery(Strict):
    """Whether the routes of the days follow at once."""

    replan = fields.Boolean(
        load_default=True,
        metadata={"description": "false: only say which days should be planned again, and leave them for now"},
    )


class NewVisitSchema(Strict):
    """A customer to visit, when, by whom (I, if nobody is named), and why."""

    rep_id = fields.UUID()
    customer_id = fields.UUID(required=True)
    day = day(required=True)
    reason = words(500, required=True, metadata={"example": "Asked for samples of the new tea"})


class RestoreSchema(Strict):
    """The `version` of the visit that was read: if it is another by now, nothing is changed."""

    version = fields.Integer(required=True, strict=True, validate=validate.Range(1), metadata={"example": 1})


class SkipSchema(RestoreSchema):
    """Why the visit is not made: a code that the policy `planning` lists, and words."""

    code = words(40, required=True, metadata={"example": "closed"})
    reason = words(500, load_default=None, allow_none=True)


class MoveSchema(RestoreSchema):
    """Where the visit goes: another day, another rep, or both; and why."""

    to_day = day(load_default=None, allow_none=True)
    to_rep_id = fields.UUID(load_default=None, allow_none=True, data_key="to_rep_id", attribute="to_rep")
    reason = words(500, load_default=None, allow_none=True)

    @validates_schema
    def check_goes_somewhere(self, data: dict[str, Any], **_options: Any) -> None:
        """Refuse a move that names neither a day nor a rep."""
        if data["to_day"] is None and data["to_rep"] is None:
            raise ValidationError("Name a day, a rep, or both.", "to_day")


class StaleDaySchema(Schema):
    """A rep's day whose route does not fit any more. One that has begun is left as it is."""

    rep_id = fields.UUID(required=True)
    day = fields.Date(required=True)
    begun = fields.Boolean(required=True)


class ReplanSchema(Schema):
    """The days to be planned again, and whether that follows at once, where they have a route."""

    days = fields.List(fields.Nested(StaleDaySchema), required=True)
    follows = fields.Boolean(required=True)


class EditedSchema(Schema):
    """The visit after the change, and what follows from it. Nothing follows from a change that was none."""

    visit = fields.Nested(PlannedVisitSchema, required=True)
    replan = fields.Nested(ReplanSchema, required=True)


class VisitStepSchema(Schema):
    """One step of a planned visit. `by_name` is null for the planner."""

    at = fields.DateTime(required=True, attribute="step.at")
    kind = fields.Enum(StepKind, by_value=True, required=True, attribute="step.kind")
    by_id = fields.UUID(allow_none=True, attribute="step.by")
    by_name = fields.String(allow_none=True, attribute="by")
    from_day = fields.Date(allow_none=True, attribute="step.from_day")
    from_rep_id = fields.UUID(allow_none=True, attribute="step.from_rep")
    from_rep_name = fields.String(allow_none=True, attribute="from_rep")
    to_day = fields.Date(allow_none=True, attribute="step.to_day")
    to_rep_id = fields.UUID(allow_none=True, attribute="step.to_rep")
    to_rep_name = fields.String(allow_none=True, attribute="to_rep")
    code = fields.String(allow_none=True, attribute="step.code")
    reason = fields.String(allow_none=True, attribute="step.reason")


class TrailSchema(Schema):
    """A planned visit's history, the first step first; `visit` is null once it was taken off."""

    visit = fields.Nested(PlannedVisitSchema, allow_none=True)
    steps = fields.List(fields.Nested(VisitStepSchema), required=True)
