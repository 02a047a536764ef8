"""Webhooks: who is told what happens, and what was told."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import BOSSES, actor
from api.openapi import Resource
from api.settings import now, settings
from api.webhooks.schemas import (
    DeliveriesQuery,
    DeliveryPageSchema,
    DeliverySchema,
    MadeWebhookSchema,
    NewWebhookSchema,
    WebhookSchema,
    WebhooksSchema,
)
from fieldsales.db.paging import Page
from fieldsales.webhooks import service
from fieldsales.webhooks.models import Webhook, WebhookDelivery
from fieldsales.webhooks.queries import delivery_page, require_webhook, standing_webhooks

webhooks = Resource("webhooks", __name__, url_prefix="/api/v1/webhooks", description="Telling an ERP what happens")


@webhooks.on("GET", "", roles=BOSSES, gives=WebhooksSchema, problems=[403])
def list_webhooks() -> dict[str, Any]:
    """The webhooks and how they stand"""
    service.check_may_manage(session(), actor())
    return {"webhooks": standing_webhooks(session())}


@webhooks.on("POST", "", roles=BOSSES, takes=NewWebhookSchema, gives=MadeWebhookSchema, status=201, problems=[403, 422])
def add_webhook(body: dict[str, Any]) -> Webhook:
    """Have an address told of orders and payments, signed with a secret that is told this once"""
    private = bool(settings().call_private)
    return service.add_webhook(session(), **body, private=private, by=actor(), now=now())


@webhooks.on("GET", "/<uuid:webhook_id>", roles=BOSSES, gives=WebhookSchema, problems=[403, 404])
def read_webhook(webhook_id: uuid.UUID) -> Webhook:
    """How a webhook stands"""
    service.check_may_manage(session(), actor())
    return require_webhook(session(), webhook_id)


@webhooks.on("DELETE", "/<uuid:webhook_id>", roles=BOSSES, status=204, problems=[403, 404])
def end_webhook(webhook_id: uuid.UUID) -> None:
    """End a webhook"""
    service.end_webhook(session(), webhook_id, by=actor(), now=now())


@webhooks.on("POST", "/<uuid:webhook_id>/pause", roles=BOSSES, gives=WebhookSchema, problems=[403, 404])
def pause_webhook(webhook_id: uuid.UUID) -> Webhook:
    """Send nothing for now; what happens is kept for it"""
    return service.pause_webhook(session(), webhook_id, by=actor(), now=now())


@webhooks.on("POST", "/<uuid:webhook_id>/resume", roles=BOSSES, gives=WebhookSchema, problems=[403, 404])
def resume_webhook(webhook_id: uuid.UUID) -> Webhook:
    """Go on where it was left, at once"""
    return service.resume_webhook(session(), webhook_id, by=actor(), now=now())


@webhooks.on(
    "GET",
    "/<uuid:webhook_id>/deliveries",
    roles=BOSSES,
    query=DeliveriesQuery,
    gives=DeliveryPageSchema,
    problems=[403, 404],
)
def list_deliveries(query: dict[str, Any], webhook_id: uuid.UUID) -> Page[WebhookDelivery]:
    """What was sent and what waits, the latest first; what was delivered is kept for 30 days"""
    service.check_may_manage(session(), actor())
    return delivery_page(session(), require_webhook(session(), webhook_id), query["page"])


@webhooks.on(
    "POST",
    "/<uuid:webhook_id>/deliveries/<uuid:delivery_id>/redeliver",
    roles=BOSSES,
    gives=DeliverySchema,
    status=202,
    problems=[403, 404],
)
def redeliver(webhook_id: uuid.UUID, delivery_id: uuid.UUID) -> WebhookDelivery:
    """Send an event once more, behind what waits"""
    return service.redeliver(session(), webhook_id, delivery_id, by=actor(), now=now())
