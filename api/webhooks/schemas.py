"""Webhooks as they are set and told. The secret is told once."""

from __future__ import annotations

from marshmallow import Schema, fields, validate

from api.schema import PageQuery, page_of
from fieldsales.webhooks.rules import TOPICS
from sync.wire import Flag, Strict, words


class NewWebhookSchema(Strict):
    """An address to tell of what happens."""

    url = words(500, required=True, metadata={"example": "https://erp.example/fieldsales"})
    topics = fields.List(
        fields.String(validate=validate.OneOf(TOPICS)),
        load_default=lambda: list(TOPICS),
        validate=validate.Length(1, 9),
    )
    from_the_beginning = Flag(load_default=False)


class WebhookSchema(Schema):
    """A webhook and how it stands: `sequence` is the number of its latest event."""

    id = fields.UUID(required=True)
    url = fields.String(required=True)
    topics = fields.List(fields.String(), required=True)
    sequence = fields.Integer(required=True)
    failures = fields.Integer(required=True)
    failing_since = fields.DateTime(allow_none=True)
    next_at = fields.DateTime(required=True)
    made_at = fields.DateTime(required=True)
    paused_at = fields.DateTime(allow_none=True)


class MadeWebhookSchema(WebhookSchema):
    """A new webhook with the secret that signs, told this once."""

    secret = fields.String(required=True)


class WebhooksSchema(Schema):
    """All that there are."""

    webhooks = fields.List(fields.Nested(WebhookSchema), required=True)


class DeliverySchema(Schema):
    """An event on its way, and what came of the last attempt."""

    id = fields.UUID(required=True)
    event_id = fields.UUID(required=True)
    sequence = fields.Integer(required=True)
    topic = fields.String(required=True)
    subject_id = fields.UUID(required=True)
    state = fields.String(required=True)
    attempts = fields.Integer(required=True)
    made_at = fields.DateTime(required=True)
    tried_at = fields.DateTime(allow_none=True)
    delivered_at = fields.DateTime(allow_none=True)
    status = fields.Integer(allow_none=True)
    answer = fields.String(allow_none=True)
    body = fields.String(required=True)


DeliveryPageSchema = page_of(DeliverySchema)


class DeliveriesQuery(PageQuery):
    """Which page of the log."""
