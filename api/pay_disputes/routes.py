"""Disputes: a rep says why a line of the slip is wrong, and is answered."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import BOSSES, EVERYBODY, REPS, actor
from api.openapi import Resource
from api.pay_disputes.schemas import (
    DisputeAnswerSchema,
    DisputePageSchema,
    DisputeQuery,
    DisputeSchema,
    NewDisputeSchema,
)
from api.settings import now
from fieldsales.db.paging import Page
from fieldsales.disputes import queries, service
from fieldsales.disputes.models import PayDispute

pay_disputes = Resource(
    "pay_disputes", __name__, url_prefix="/api/v1/pay-disputes", description="What reps have against their slips"
)


@pay_disputes.on("GET", "", roles=EVERYBODY, query=DisputeQuery, gives=DisputePageSchema)
def list_disputes(query: dict[str, Any]) -> Page[PayDispute]:
    """Disputes of the reps whose pay I may see, the oldest first; a rep sees the own ones"""
    return queries.find_disputes(session(), actor(), query["page"], now(), query.get("state"))


@pay_disputes.on("POST", "", roles=REPS, takes=NewDisputeSchema, gives=DisputeSchema, status=201, problems=[404, 409])
def dispute_line(body: dict[str, Any]) -> PayDispute:
    """Dispute a line of my slip of a closed run"""
    return service.dispute(session(), **body, by=actor(), now=now())


@pay_disputes.on(
    "POST",
    "/<uuid:dispute_id>/answer",
    roles=BOSSES,
    takes=DisputeAnswerSchema,
    gives=DisputeSchema,
    problems=[403, 404, 409, 422],
)
def answer_dispute(body: dict[str, Any], dispute_id: uuid.UUID) -> PayDispute:
    """Answer a dispute, and ask for a correction with it if something is to be mended"""
    return service.answer(session(), dispute_id, body.pop("answer"), **body, by=actor(), now=now())
