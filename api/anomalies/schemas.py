"""Anomalies as they are told, and turned into visits."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import PageQuery, day, page_of
from fieldsales.anomalies.models import AnomalyKind
from fieldsales.planning.models import PlanStatus, Source
from sync.wire import Strict, words


class AnomalySchema(Schema):
    """A customer whose buying has changed, with the evidence in words and numbers."""

    id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    kind = fields.Enum(AnomalyKind, by_value=True, required=True)
    opened_on = fields.Date(required=True)
    seen_on = fields.Date(required=True)
    reason = fields.String(required=True)
    evidence = fields.Dict(required=True)
    at_risk_minor = fields.Integer(required=True)
    probability = fields.Float(
        allow_none=True,
        metadata={"description": "chance of no order within 60 days, or that orders have fallen to less than half"},
    )
    closed_on = fields.Date(allow_none=True)
    closed_because = fields.String(allow_none=True)
    cause_code = fields.String(allow_none=True)
    held_until = fields.Date(
        allow_none=True,
        metadata={"description": "held out by lot: the first day on which somebody may be sent; null: not held out"},
    )


class NamedAnomalySchema(AnomalySchema):
    """An anomaly with the name of its customer."""

    customer_name = fields.String(required=True, attribute="customer.name")


AnomalyPageSchema = page_of(NamedAnomalySchema)


class AnomalyQuery(PageQuery):
    """Which anomalies."""

    kind = fields.Enum(AnomalyKind, by_value=True)


class AnomalyPlanSchema(Strict):
    """The anomalies to visit, and when."""

    anomaly_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 200))
    day = day(required=True)


class PlannedVisitSchema(Schema):
    """One visit that a rep should make on a day, and why."""

    id = fields.UUID(required=True)
    rep_id = fields.UUID(required=True)
    customer_id = fields.UUID(required=True)
    day = fields.Date(required=True)
    source = fields.Enum(Source, by_value=True, required=True)
    reason = fields.String(required=True, metadata={"example": "A: due since Monday, visited weekly"})
    value = fields.Integer(required=True)
    status = fields.Enum(PlanStatus, by_value=True, required=True)
    left_out_code = fields.String(allow_none=True)
    left_out_reason = fields.String(allow_none=True)
    skip_code = fields.String(allow_none=True)
    skip_reason = fields.String(allow_none=True)
    version = fields.Integer(required=True)
    anomaly_id = fields.UUID(allow_none=True)
    added_by = fields.UUID(allow_none=True)
    asks_cause = fields.Boolean(required=True, metadata={"description": "the rep should tell why buying has changed"})
    promotion = fields.String(allow_none=True, metadata={"description": "what to propose to the customer"})


class PlannedVisitsSchema(Schema):
    """Planned visits."""

    visits = fields.List(fields.Nested(PlannedVisitSchema), required=True)


class AnomaliesPlannedSchema(PlannedVisitsSchema):
    """The visits, and the anomalies that were passed over because they are held out, with their customers' names."""

    held_out = fields.List(fields.Nested(NamedAnomalySchema), required=True)


class CauseSchema(Strict):
    """Why a customer's buying has changed, as a person found out."""

    cause_code = words(40, required=True, metadata={"example": "competitor", "description": "see GET /api/v1/causes"})


class ReleaseSchema(Strict):
    """Why somebody is sent to a customer who is held out."""

    reason = words(300, required=True, metadata={"example": "The owner called and asked for a visit."})
