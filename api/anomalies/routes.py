"""Customers whose buying has changed, and sending somebody there."""

from __future__ import annotations

import uuid
from typing import Any

from api.afterwards import replan_afterwards
from api.anomalies.schemas import (
    AnomaliesPlannedSchema,
    AnomalyPageSchema,
    AnomalyPlanSchema,
    AnomalyQuery,
    AnomalySchema,
    CauseSchema,
    ReleaseSchema,
)
from api.database import session
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.anomalies.models import Anomaly
from fieldsales.anomalies.queries import anomalies_visible_to, held_among, require_anomalies_in_scope
from fieldsales.anomalies.service import close, release
from fieldsales.db.paging import Page
from fieldsales.planning.service import plan_anomalies

anomalies = Resource(
    "anomalies", __name__, url_prefix="/api/v1/anomalies", description="Customers whose buying has changed"
)


@anomalies.on("GET", "", roles=EVERYBODY, query=AnomalyQuery, gives=AnomalyPageSchema)
def list_anomalies(query: dict[str, Any]) -> Page[Anomaly]:
    """The open anomalies of the customers whom I may see, the most money first"""
    return anomalies_visible_to(session(), actor(), query["page"], query.get("kind"))


@anomalies.on(
    "POST",
    "/plan",
    roles=LEADERS,
    takes=AnomalyPlanSchema,
    gives=AnomaliesPlannedSchema,
    status=201,
    problems=[404, 409, 422],
)
def plan(body: dict[str, Any]) -> dict[str, Any]:
    """Turn anomalies into visits

    Each customer is visited once, by its owner or whoever goes there that day anyway. Routes of the day follow. Those
    that are held out by lot are passed over and named.
    """
    require_anomalies_in_scope(session(), actor(), body["anomaly_ids"])
    visits = plan_anomalies(session(), **body, by=actor().user_id, now=now())
    replan_afterwards({visit.rep_id for visit in visits}, body["day"])
    return {"visits": visits, "held_out": held_among(session(), body["anomaly_ids"], body["day"])}


@anomalies.on(
    "POST", "/<uuid:anomaly_id>/release", roles=LEADERS, takes=ReleaseSchema, gives=AnomalySchema, problems=[404, 409]
)
def release_anomaly(body: dict[str, Any], anomaly_id: uuid.UUID) -> Anomaly:
    """Let somebody be sent to a customer who is held out by lot

    What visits achieve is measured with it all the same, as one where the lot was not kept to.
    """
    require_anomalies_in_scope(session(), actor(), [anomaly_id])
    return release(session(), anomaly_id, by=actor().user_id, reason=body["reason"], now=now())


@anomalies.on(
    "POST", "/<uuid:anomaly_id>/close", roles=LEADERS, takes=CauseSchema, gives=AnomalySchema, problems=[404, 409]
)
def close_anomaly(body: dict[str, Any], anomaly_id: uuid.UUID) -> Anomaly:
    """Close an anomaly whose cause is known

    It is not opened again for 60 days. A rep closes it by the cause of a visit (`visit.summarize`).
    """
    require_anomalies_in_scope(session(), actor(), [anomaly_id])
    return close(session(), anomaly_id, cause=body["cause_code"], by=actor().user_id, now=now())
