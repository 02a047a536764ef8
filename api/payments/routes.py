"""Payments: set against invoices by choice, and cheques that bounce."""

from __future__ import annotations

import uuid
from typing import Any

from api.database import session
from api.guard import LEADERS, actor
from api.openapi import Resource
from api.payments.schemas import AllocateSchema, BounceSchema, CreditSchema
from api.settings import now
from fieldsales.allocations.queries import require_credit
from fieldsales.allocations.rules import Choice
from fieldsales.allocations.service import allocate, bounce
from fieldsales.invoices.models import Credit
from fieldsales.people.queries import days_at

payments = Resource("payments", __name__, url_prefix="/api/v1/payments", description="Money taken, and what it pays")


@payments.on("GET", "/<uuid:payment_id>", roles=LEADERS, gives=CreditSchema, problems=[404])
def read_payment(payment_id: uuid.UUID) -> Credit:
    """What is left on account of a payment or a credit note"""
    return require_credit(session(), actor(), payment_id)


@payments.on(
    "POST",
    "/<uuid:payment_id>/allocate",
    roles=LEADERS,
    takes=AllocateSchema,
    gives=CreditSchema,
    problems=[404, 409],
    example={"invoices": None},
)
def allocate_payment(body: dict[str, Any], payment_id: uuid.UUID) -> Credit:
    """Set what is left of a payment or a credit note against invoices, by choice or oldest first"""
    choices = None if body["invoices"] is None else [Choice(**each) for each in body["invoices"]]
    return allocate(session(), payment_id, choices, by=actor(), now=now())


@payments.on(
    "POST", "/<uuid:payment_id>/bounce", roles=LEADERS, takes=BounceSchema, gives=CreditSchema, problems=[404, 409]
)
def bounce_cheque(body: dict[str, Any], payment_id: uuid.UUID) -> Credit:
    """Take a cheque back that the bank did not honour; what it paid is open again"""
    day = days_at(session(), now())[0]
    bounce(session(), payment_id, body["reason"], day=day, by=actor(), now=now())
    return require_credit(session(), actor(), payment_id)
