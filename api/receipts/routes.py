"""An order's receipt: to read, to print, as PDF, by mail; and the order for another system."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from api.database import session
from api.guard import EVERYBODY, actor
from api.openapi import Resource
from api.receipts.schemas import LanguageQuery, LetterSchema, MailSchema, PrintSchema, ReceiptSchema
from api.settings import now, settings
from fieldsales.dispatch.service import mail_receipt
from fieldsales.escpos.rules import escpos, profile_of
from fieldsales.labels.rules import Language, language_of
from fieldsales.letters.models import Letter
from fieldsales.papers.rules import receipt_pdf
from fieldsales.receipts.models import Form
from fieldsales.receipts.queries import Seller, receipt_of, require_order_in_scope
from fieldsales.receipts.rules import Receipt
from fieldsales.receipts.service import issue_receipt
from fieldsales.ubl.rules import ubl_order

receipts = Resource("receipts", __name__, url_prefix="/api/v1/orders", description="Receipts and documents of orders")


@receipts.on(
    "GET", "/<uuid:order_id>/receipt", roles=EVERYBODY, query=LanguageQuery, gives=ReceiptSchema, problems=[404, 409]
)
def read_receipt(query: dict[str, Any], order_id: uuid.UUID) -> Receipt:
    """What an order's receipt says; nothing is given out"""
    order = require_order_in_scope(session(), actor(), order_id)
    return receipt_of(session(), order, Seller.of(settings()), _language(query))


@receipts.on(
    "POST",
    "/<uuid:order_id>/receipt/print",
    roles=EVERYBODY,
    takes=PrintSchema,
    media_type="application/octet-stream",
    problems=[404, 409],
)
def print_receipt(body: dict[str, Any], order_id: uuid.UUID) -> Response:
    """The bytes to send to a receipt printer (ESC/POS)

    Each call is a receipt that is given out: the first is the original, every later one says that it is a copy.
    """
    receipt = _issue(order_id, Form.PAPER, body)
    profile = profile_of(body.get("printer", settings().printer))
    paper = body.get("paper_mm", settings().paper_mm)
    return Response(escpos(receipt, paper, profile), content_type="application/octet-stream")


@receipts.on(
    "POST",
    "/<uuid:order_id>/receipt/pdf",
    roles=EVERYBODY,
    takes=LanguageQuery,
    media_type="application/pdf",
    problems=[404, 409],
)
def make_pdf(body: dict[str, Any], order_id: uuid.UUID) -> Response:
    """The receipt as PDF; it counts as given out, as a print does"""
    receipt = _issue(order_id, Form.PDF, body)
    answer = Response(receipt_pdf(receipt), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="receipt-{order_id}.pdf"'
    return answer


@receipts.on(
    "POST",
    "/<uuid:order_id>/receipt/mail",
    roles=EVERYBODY,
    takes=MailSchema,
    gives=LetterSchema,
    status=202,
    problems=[404, 409, 422],
)
def mail_pdf(body: dict[str, Any], order_id: uuid.UUID) -> Letter:
    """Have the PDF sent by mail; it is queued, and sent as soon as the mail server takes it"""
    seller = Seller.of(settings())
    return mail_receipt(session(), order_id, body["to"], seller, language=_language(body), by=actor(), now=now())


@receipts.on("GET", "/<uuid:order_id>/ubl.xml", roles=EVERYBODY, media_type="application/xml", problems=[404, 409, 422])
def read_ubl(order_id: uuid.UUID) -> Response:
    """A sale as UBL 2.1 Order"""
    order = require_order_in_scope(session(), actor(), order_id)
    body = ubl_order(receipt_of(session(), order, Seller.of(settings()), whole=False))
    return Response(body, content_type="application/xml; charset=utf-8")


def _issue(order_id: uuid.UUID, form: Form, body: dict[str, Any]) -> Receipt:
    seller = Seller.of(settings())
    return issue_receipt(session(), order_id, form, seller, by=actor(), now=now(), language=_language(body))


def _language(body: dict[str, Any]) -> Language | None:
    return language_of(body["language"]) if "language" in body else None
