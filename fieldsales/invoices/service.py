"""Raising claims and noting money on account. Each goes into the ledger in the same transaction."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.customers.queries import CustomerNotFound
from fieldsales.invoices.models import Credit, CreditKind, Invoice
from fieldsales.ledger.models import Account, Cause
from fieldsales.ledger.rules import given_back, moved, sold
from fieldsales.ledger.service import Event, post
from fieldsales.receivables.models import Payment


def hold_customer(session: Session, customer_id: uuid.UUID) -> None:
    """Let nobody else change what a customer owes until this transaction ends; raise `CustomerNotFound`.

    Whoever reads open amounts to write others calls this first. SQLite has one writer at a time anyway.
    """
    session.flush()
    mine = select(Customer.id).where(Customer.id == customer_id).with_for_update(key_share=True)
    if session.scalar(mine) is None:
        raise CustomerNotFound(f"There is no customer {customer_id}.", customer_id=str(customer_id))


def raise_invoice(session: Session, invoice: Invoice, *, rep_id: uuid.UUID | None = None) -> Invoice:
    """Put a new claim into the books."""
    session.add(invoice)
    session.flush()
    post(session, event_of(invoice, Cause.INVOICE, rep_id), sold(invoice.amount_minor, invoice.tax_minor))
    return invoice


def note_credit(session: Session, credit: Credit, tax_minor: int, *, rep_id: uuid.UUID | None = None) -> Credit:
    """Put a new credit note on a customer's account."""
    session.add(credit)
    session.flush()
    event = Event(Cause.CREDIT_NOTE, credit.id, credit.customer_id, credit.currency, credit.day, credit.made_at, rep_id)
    post(session, event, given_back(credit.amount_minor, tax_minor))
    return credit


def note_payment(session: Session, payment: Payment, now: datetime) -> Credit:
    """Put money that was taken on the customer's account, and in the rep's hands."""
    credit = Credit(
        id=payment.id,
        customer_id=payment.customer_id,
        kind=CreditKind.PAYMENT,
        currency=payment.currency,
        amount_minor=payment.amount_minor,
        left_minor=payment.amount_minor,
        day=payment.paid_on,
        made_at=now,
    )
    session.add(credit)
    session.flush()
    event = Event(
        Cause.PAYMENT, payment.id, payment.customer_id, payment.currency, payment.paid_on, now, payment.rep_id
    )
    post(session, event, moved(Account(payment.method.value), Account.CREDIT, payment.amount_minor))
    return credit


def event_of(invoice: Invoice, cause: Cause, rep_id: uuid.UUID | None = None) -> Event:
    """Return an event of an invoice, on the day that it was issued."""
    return Event(cause, invoice.id, invoice.customer_id, invoice.currency, invoice.issued_on, invoice.made_at, rep_id)
