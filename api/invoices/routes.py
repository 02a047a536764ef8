"""Invoices: listed, taken over from another system, written off when approved."""

from __future__ import annotations

import uuid
from typing import Any

from api.approvals.schemas import ApprovalSchema
from api.database import session
from api.guard import BOSSES, EVERYBODY, LEADERS, actor
from api.invoices.schemas import (
    ClaimsSchema,
    FiledRowsSchema,
    InvoicePageSchema,
    InvoiceQuery,
    InvoiceSchema,
    WriteOffSchema,
)
from api.openapi import Resource
from api.settings import now
from fieldsales.approvals.models import Approval
from fieldsales.claims.service import file_claims, reader_of
from fieldsales.db.paging import Page
from fieldsales.invoices import queries
from fieldsales.invoices.models import Invoice
from fieldsales.writeoffs.service import ask_write_off

invoices = Resource("invoices", __name__, url_prefix="/api/v1/invoices", description="What is owed, and since when")


@invoices.on("GET", "", roles=EVERYBODY, query=InvoiceQuery, gives=InvoicePageSchema)
def list_invoices(query: dict[str, Any]) -> Page[Invoice]:
    """Invoices of the customers whom I may see, the one due first at the front"""
    return queries.find_invoices(
        session(),
        actor(),
        query["page"],
        query.get("customer"),
        only_open=query["open"],
        due_before=query.get("due_before"),
    )


@invoices.on("POST", "/import", roles=BOSSES, takes=ClaimsSchema, gives=FiledRowsSchema)
def import_invoices(body: dict[str, Any]) -> dict[str, Any]:
    """Take over invoices and credit notes of another system

    Idempotent by `reference`. A row that cannot be used is told with its code, and the others are done.
    """
    rows = [(each["reference"], reader_of(session(), each)) for each in body["invoices"]]
    return {"rows": file_claims(session(), rows, by=actor(), now=now())}


@invoices.on("GET", "/<uuid:invoice_id>", roles=EVERYBODY, gives=InvoiceSchema, problems=[404])
def read_invoice(invoice_id: uuid.UUID) -> Invoice:
    """One invoice"""
    return queries.require_invoice(session(), actor(), invoice_id)


@invoices.on(
    "POST",
    "/<uuid:invoice_id>/write-off",
    roles=LEADERS,
    takes=WriteOffSchema,
    gives=ApprovalSchema,
    status=201,
    problems=[404, 409],
    example={"reason": "The shop is bankrupt."},
)
def request_write_off(body: dict[str, Any], invoice_id: uuid.UUID) -> Approval:
    """Ask that an invoice be written off

    Nothing is written off before somebody else approves: `POST /api/v1/approvals/{id}`.
    """
    return ask_write_off(session(), invoice_id, body["amount_minor"], body["reason"], by=actor(), now=now())
