"""Receipts by mail."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy.orm import Session

from fieldsales.labels.rules import LANGUAGES, Language
from fieldsales.letters.models import Letter
from fieldsales.letters.service import queue_letter
from fieldsales.mail import Attachment, tidy_address
from fieldsales.papers.rules import receipt_pdf
from fieldsales.people.rules import Actor
from fieldsales.receipts.models import Form
from fieldsales.receipts.queries import Seller
from fieldsales.receipts.service import issue_receipt


def mail_receipt(
    session: Session,
    order_id: uuid.UUID,
    to: str,
    seller: Seller,
    *,
    language: Language | None,
    by: Actor | None,
    now: datetime,
) -> Letter:
    """Queue an order's receipt as PDF for an address. It counts as given out.

    Raises `BadAddress`, `OrderNotFound`, `ReceiptDisagrees`.
    """
    recipient = tidy_address(to)
    receipt = issue_receipt(session, order_id, Form.MAIL, seller, by=by, now=now, language=language)
    words = LANGUAGES[receipt.language].words
    subject = f"{words[receipt.kind]} {receipt.number}, {receipt.seller.name}"
    total = LANGUAGES[receipt.language].amount(receipt.total_minor, receipt.currency, named=True)
    text = f"{receipt.customer.name}\n{words[receipt.kind]} {receipt.number}\n{words['total']}: {total}\n"
    pdf = Attachment(f"{receipt.order_id}.pdf", "application/pdf", receipt_pdf(receipt))
    return queue_letter(session, recipient, subject, text, pdf, order_id=order_id, by=by, now=now)
