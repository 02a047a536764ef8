"""Customers whose buying has changed, and sending somebody there."""

from __future__ import annotations

from typing import Any

from api.afterwards import replan_afterwards
from api.anomalies.schemas import AnomalyPageSchema, AnomalyPlanSchema, AnomalyQuery, PlannedVisitsSchema
from api.database import session
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.anomalies.models import Anomaly
from fieldsales.anomalies.queries import anomalies_visible_to, require_anomalies_in_scope
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
    gives=PlannedVisitsSchema,
    status=201,
    problems=[404, 409, 422],
)
def plan(body: dict[str, Any]) -> dict[str, Any]:
    """Turn anomalies into visits

    Each customer is visited once, by its owner or whoever goes there that day anyway. Routes of the day follow.
    """
    require_anomalies_in_scope(session(), actor(), body["anomaly_ids"])
    visits = plan_anomalies(session(), **body, by=actor().user_id, now=now())
    replan_afterwards({visit.rep_id for visit in visits}, body["day"])
    return {"visits": visits}
