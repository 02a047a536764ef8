"""Approvals: what is beyond the system's own decision, with the facts laid out for a person."""

from __future__ import annotations

import uuid
from typing import Any

from api.approvals.schemas import ApprovalPageSchema, ApprovalQuery, ApprovalSchema, VerdictSchema
from api.database import session
from api.guard import EVERYBODY, LEADERS, actor
from api.openapi import Resource
from api.settings import now
from fieldsales.approvals import queries
from fieldsales.approvals.models import Approval
from fieldsales.db.paging import Page
from sync.review.approving import decide_approval

approvals = Resource("approvals", __name__, url_prefix="/api/v1/approvals", description="What a person must let pass")


@approvals.on("GET", "", roles=EVERYBODY, query=ApprovalQuery, gives=ApprovalPageSchema)
def list_approvals(query: dict[str, Any]) -> Page[Approval]:
    """Requests about the customers whom I may see, the oldest first; a rep sees the own ones"""
    return queries.find_approvals(session(), actor(), query["page"], now(), query.get("state"))


@approvals.on("GET", "/<uuid:approval_id>", roles=EVERYBODY, gives=ApprovalSchema, problems=[404])
def read_approval(approval_id: uuid.UUID) -> Approval:
    """One request with its facts and what was said about it"""
    return queries.require_approval(session(), actor(), approval_id)


@approvals.on(
    "POST",
    "/<uuid:approval_id>",
    roles=LEADERS,
    takes=VerdictSchema,
    gives=ApprovalSchema,
    problems=[403, 404, 409],
    example={"grant": True, "reason": "They paid on time for years."},
)
def decide_request(body: dict[str, Any], approval_id: uuid.UUID) -> Approval:
    """Grant or refuse a request

    Above the policy's threshold two persons must agree, and nobody decides about the own request. What waited for it
    goes on by itself, and the phone hears of it among its changes.
    """
    return decide_approval(session(), approval_id, **body, by=actor(), now=now())
