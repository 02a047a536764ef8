"""Giving out receipts: the first is the original, every later one a copy, each is counted."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.labels.rules import Language
from fieldsales.orders.models import Order
from fieldsales.people.rules import Actor
from fieldsales.receipts.models import Form, ReceiptIssue
from fieldsales.receipts.queries import Seller, issues_of, receipt_of, require_order_in_scope
from fieldsales.receipts.rules import Receipt


def issue_receipt(
    session: Session,
    order_id: uuid.UUID,
    form: Form,
    seller: Seller,
    *,
    by: Actor | None,
    now: datetime,
    language: Language | None = None,
) -> Receipt:
    """Return the receipt to give out, marked as a copy if it was given out before; it is counted and audited.

    Two who print at the same moment wait for each other: one of them gets the copy. Raises `OrderNotFound`,
    `ReceiptDisagrees`.
    """
    order = require_order_in_scope(session, by, order_id)
    order = session.get_one(Order, order.exchange_id) if order.exchange_id else order
    session.execute(select(Order.id).where(Order.id == order.id).with_for_update(key_share=True)).all()
    receipt = replace(receipt_of(session, order, seller, language), copy=issues_of(session, order.id))
    session.add(
        ReceiptIssue(
            order_id=order.id,
            number=receipt.copy,
            form=form,
            language=receipt.language,
            issued_at=now,
            issued_by=by.user_id if by else None,
            device_id=by.device_id if by else None,
        )
    )
    session.flush()
    actor_id = by.user_id if by else None
    record(session, "receipt.issue", ("order", order.id), actor_id=actor_id, now=now, form=form, copy=receipt.copy)
    return receipt
