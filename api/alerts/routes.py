"""Alerts: what somebody has to look at, once for each cause."""

from __future__ import annotations

import uuid
from typing import Any

from api.alerts.schemas import (
    AcknowledgeSchema,
    AlertCardSchema,
    AlertCountSchema,
    AlertPageSchema,
    AlertQuery,
    AlertSchema,
)
from api.database import session
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.alerts import queries, service
from fieldsales.alerts.models import Alert
from fieldsales.attempts.queries import attempts_at
from fieldsales.db.paging import Page

alerts = Resource("alerts", __name__, url_prefix="/api/v1/alerts", description="What somebody has to look at")


@alerts.on("GET", "", roles=LEADERS, query=AlertQuery, gives=AlertPageSchema)
def list_alerts(query: dict[str, Any]) -> Page[Alert]:
    """Alerts of my territories, the latest first; those of no territory are for who sees everything"""
    only = {"state": query.get("state"), "watch_id": query.get("rule_id"), "customer_id": query.get("customer_id")}
    return queries.find_alerts(session(), actor(), query["page"], **only)


@alerts.on("GET", "/count", roles=LEADERS, gives=AlertCountSchema)
def count_alerts() -> dict[str, int]:
    """How many are open that nobody has acknowledged"""
    return {"open": queries.count_open(session(), actor())}


@alerts.on("GET", "/<uuid:alert_id>", roles=LEADERS, gives=AlertCardSchema, problems=[404])
def read_alert(alert_id: uuid.UUID) -> dict[str, Any]:
    """One alert: why, to whom it went, and each attempt to send it

    What a webhook was told is kept for 30 days.
    """
    alert = queries.require_alert(session(), actor(), alert_id)
    handed = [each.letter_id or each.webhook_delivery_id for each in alert.messages]
    tried = attempts_at(session(), [each for each in handed if each is not None])
    messages = [
        {name: getattr(each, name) for name in _TOLD} | {"attempts": tried.get(to, []) if to else []}
        for each, to in zip(alert.messages, handed, strict=True)
    ]
    return {column.key: getattr(alert, column.key) for column in Alert.__table__.columns} | {"messages": messages}


_TOLD = ("channel", "to", "step", "digest", "state", "due_at", "held_by", "handed_at")


@alerts.on(
    "POST",
    "/<uuid:alert_id>/acknowledge",
    roles=LEADERS,
    takes=AcknowledgeSchema,
    gives=AlertSchema,
    problems=[404],
    example={"note": "I call them today."},
)
def acknowledge_alert(body: dict[str, Any], alert_id: uuid.UUID) -> Alert:
    """Say that I look after it: it is escalated no further. It stays open until its cause is gone"""
    return service.acknowledge(session(), alert_id, **body, by=actor(), now=now())
