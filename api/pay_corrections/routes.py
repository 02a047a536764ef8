"""Corrections of pay. What is asked for here waits at `/api/v1/approvals` for somebody else to grant it."""

from __future__ import annotations

from typing import Any

from api.approvals.schemas import ApprovalSchema
from api.database import session
from api.guard import BOSSES, EVERYBODY, actor
from api.openapi import Resource
from api.pay_corrections.schemas import CorrectionPageSchema, CorrectionQuery, NewCorrectionSchema
from api.settings import now
from fieldsales.approvals.models import Approval
from fieldsales.corrections import queries, service
from fieldsales.corrections.service import Wanted
from fieldsales.db.paging import Page
from fieldsales.payruns.models import PayCorrection

pay_corrections = Resource(
    "pay_corrections", __name__, url_prefix="/api/v1/pay-corrections", description="What is mended of pay"
)


@pay_corrections.on("GET", "", roles=EVERYBODY, query=CorrectionQuery, gives=CorrectionPageSchema)
def list_corrections(query: dict[str, Any]) -> Page[PayCorrection]:
    """Corrections of the reps whose pay I may see, the latest first; a rep sees the own ones"""
    return queries.find_corrections(session(), actor(), query["page"], now(), query.get("rep_id"))


@pay_corrections.on(
    "POST", "", roles=BOSSES, takes=NewCorrectionSchema, gives=ApprovalSchema, status=201, problems=[403, 404, 422]
)
def ask_for_correction(body: Wanted) -> Approval:
    """Ask for a correction; the answer is the request, which somebody else decides"""
    return service.ask_correction(session(), body, by=actor(), now=now())
