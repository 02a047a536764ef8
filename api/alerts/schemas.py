"""Alerts, to whom they went, and each attempt to send them."""

from __future__ import annotations

from marshmallow import Schema, fields

from api.schema import PageQuery, page_of
from fieldsales.alerts.models import AlertState, MessageState, Severity
from sync.wire import Strict, words


class AlertQuery(PageQuery):
    """Which alerts; without a state all of them."""

    state = fields.Enum(AlertState, by_value=True)
    rule_id = fields.UUID()
    customer_id = fields.UUID()


class AlertSchema(Schema):
    """An alert. `facts` explain it as it was when it opened, `latest` as it was last seen."""

    id = fields.UUID(required=True)
    rule_id = fields.UUID(required=True, allow_none=True, attribute="watch_id")
    severity = fields.Enum(Severity, by_value=True, required=True)
    title = fields.String(required=True)
    territory_id = fields.UUID(required=True, allow_none=True)
    rep_id = fields.UUID(required=True, allow_none=True)
    customer_id = fields.UUID(required=True, allow_none=True)
    product_id = fields.UUID(required=True, allow_none=True)
    state = fields.Enum(AlertState, by_value=True, required=True)
    facts = fields.Dict(
        required=True, metadata={"description": "measure, unit, value, threshold, days, before; in words under `said`"}
    )
    latest = fields.Dict(required=True)
    level = fields.Integer(required=True, metadata={"description": "steps of escalation that were taken"})
    opened_at = fields.AwareDateTime(required=True)
    seen_at = fields.AwareDateTime(required=True)
    resolved_at = fields.AwareDateTime(required=True, allow_none=True)
    acknowledged_at = fields.AwareDateTime(required=True, allow_none=True)
    acknowledged_by = fields.UUID(required=True, allow_none=True)
    note = fields.String(required=True, allow_none=True)


class DeliveryAttemptSchema(Schema):
    """One attempt to hand a message over."""

    at = fields.AwareDateTime(required=True)
    taken = fields.Boolean(required=True)
    status = fields.Integer(required=True, allow_none=True)
    answer = fields.String(required=True, allow_none=True)


class AlertMessageSchema(Schema):
    """To whom it went or goes, when, and each attempt."""

    channel = fields.String(required=True)
    to = fields.String(required=True)
    step = fields.Integer(required=True)
    digest = fields.Boolean(required=True)
    state = fields.Enum(MessageState, by_value=True, required=True)
    due_at = fields.AwareDateTime(required=True)
    held_by = fields.UUID(required=True, allow_none=True, metadata={"description": "the mute that held it back"})
    handed_at = fields.AwareDateTime(required=True, allow_none=True)
    attempts = fields.List(fields.Nested(DeliveryAttemptSchema), required=True)


class AlertCardSchema(AlertSchema):
    """An alert with its messages."""

    messages = fields.List(fields.Nested(AlertMessageSchema), required=True)


class AcknowledgeSchema(Strict):
    """What is done about it."""

    note = words(500, load_default=None, allow_none=True)


class AlertCountSchema(Schema):
    """How many are open that nobody has acknowledged."""

    open = fields.Integer(required=True)


AlertPageSchema = page_of(AlertSchema)
