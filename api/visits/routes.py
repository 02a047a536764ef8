"""Visits as a supervisor looks at them: the score, what it is made of, a decision, and the rep's own word."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.schema import PageQuery
from api.settings import now
from api.visits.schemas import (
    CommentSchema,
    DecisionSchema,
    EvidenceSchema,
    GeofenceSchema,
    RadiusSchema,
    RemarkSchema,
    VisitPageSchema,
    VisitQuery,
)
from fieldsales.conduct.service import set_radius
from fieldsales.db.paging import Page
from fieldsales.integrity import queries, service
from fieldsales.integrity.models import VisitComment

visits = Resource("visits", __name__, url_prefix="/api/v1/visits", description="Who was where, and what speaks for it")
geofences = Resource("geofences", __name__, url_prefix="/api/v1/customers", description="How near counts as there")


@visits.on("GET", "", roles=EVERYBODY, query=VisitQuery, gives=VisitPageSchema)
def list_visits(query: dict[str, Any]) -> Page[queries.Looked]:
    """Visits with their scores, the latest day first

    A rep sees the own ones, others those of the people whom they see.
    """
    return queries.find_scores(session(), actor(), query["wanted"], query["page"])


@visits.on("GET", "/doubtful", roles=EVERYBODY, query=PageQuery, gives=VisitPageSchema)
def list_doubtful_visits(query: dict[str, Any]) -> Page[queries.Looked]:
    """Doubtful visits that nobody has decided about, the oldest first"""
    return queries.doubtful_ones(session(), actor(), query["page"])


@visits.on("GET", "/<uuid:visit_id>/evidence", roles=EVERYBODY, gives=EvidenceSchema, problems=[404])
def read_evidence(visit_id: uuid.UUID) -> queries.Looking:
    """All about one visit: what was told, what is missing, the score with its signals, what was said"""
    return queries.look_at(session(), actor(), visit_id)


@visits.on(
    "POST",
    "/<uuid:visit_id>/decision",
    roles=LEADERS,
    takes=DecisionSchema,
    gives=EvidenceSchema,
    problems=[403, 404, 409],
    example={"decision": "honest", "note": "The pin was on the wrong side of the river."},
)
def decide_visit(body: dict[str, Any], visit_id: uuid.UUID) -> queries.Looking:
    """Say what a visit was: honest, fake or unclear

    It stays whatever the score becomes later. Saying it again says otherwise; every decision is in the audit trail.
    """
    service.decide(session(), visit_id, body["decision"], body["note"], by=actor(), now=now())
    return queries.look_at(session(), actor(), visit_id)


@visits.on(
    "POST",
    "/<uuid:visit_id>/comments",
    roles=EVERYBODY,
    takes=RemarkSchema,
    gives=CommentSchema,
    status=201,
    problems=[404],
    example={"text": "I parked behind the hall and checked in from the car."},
)
def comment_visit(body: dict[str, Any], visit_id: uuid.UUID) -> VisitComment:
    """Say something about the evidence of a visit: reps about their own ones"""
    return service.comment(session(), visit_id, body["text"], by=actor(), now=now())


@geofences.on(
    "PUT",
    "/<uuid:customer_id>/geofence",
    roles=LEADERS,
    takes=RadiusSchema,
    gives=GeofenceSchema,
    problems=[404],
    example={"radius_m": 450},
)
def set_geofence(body: dict[str, Any], customer_id: uuid.UUID) -> dict[str, Any]:
    """Give a customer a radius of its own, or take it away

    It holds for what is told from now on, and for scores that are computed from now on.
    """
    set_radius(session(), customer_id, body["radius_m"], by=actor(), now=now())
    return {"customer_id": customer_id, "radius_m": body["radius_m"]}
