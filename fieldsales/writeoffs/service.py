"""Giving a debt up, which only an approval does."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.approvals.models import Approval, ApprovalKind, ApprovalState
from fieldsales.approvals.queries import require_approval
from fieldsales.approvals.rules import AmountInvalid, ApprovalClosed
from fieldsales.approvals.service import Request, ask, vote
from fieldsales.clock import local_day
from fieldsales.customers.models import Customer
from fieldsales.invoices.models import Invoice
from fieldsales.invoices.queries import require_invoice
from fieldsales.invoices.service import hold_customer
from fieldsales.ledger.models import Account, Cause
from fieldsales.ledger.rules import moved
from fieldsales.ledger.service import Event, post
from fieldsales.people.models import Territory
from fieldsales.people.rules import Actor


def ask_write_off(
    session: Session, invoice_id: uuid.UUID, amount_minor: int | None, reason: str, *, by: Actor, now: datetime
) -> Approval:
    """Ask that an amount of an invoice be written off, all that is open for None.

    Raises `InvoiceNotFound`, `AmountInvalid`, and `ApprovalClosed` where somebody asked already.
    """
    invoice = require_invoice(session, by, invoice_id)
    hold_customer(session, invoice.customer_id)
    session.refresh(invoice)
    amount = invoice.open_minor if amount_minor is None else amount_minor
    _check(invoice, amount)
    asked = select(Approval.id).where(Approval.invoice_id == invoice_id, Approval.state == ApprovalState.OPEN)
    if (there := session.scalar(asked)) is not None:
        raise ApprovalClosed("Somebody asked for that already.", mend="Decide about that request.", id=str(there))
    request = Request(
        (ApprovalKind.WRITE_OFF,),
        reason,
        by.user_id,
        invoice.customer_id,
        invoice.currency,
        amount,
        invoice_id=invoice.id,
        before_minor=invoice.written_off_minor,
    )
    facts = {
        "invoice": {
            "reference": invoice.reference,
            "issued_on": invoice.issued_on.isoformat(),
            "due_on": invoice.due_on.isoformat(),
            "amount_minor": invoice.amount_minor,
            "open_minor": invoice.open_minor,
            "written_off_minor": invoice.written_off_minor,
        }
    }
    return ask(session, request, facts, day=_day(session, invoice, now), now=now)


def decide_write_off(
    session: Session, approval_id: uuid.UUID, *, grant: bool, reason: str | None, by: Actor | None, now: datetime
) -> Approval:
    """Note what a person says; when enough agree, the amount is written off.

    Raises `ApprovalNotFound`, what `vote` raises, and `AmountInvalid` if less is open by now, with nothing changed.
    """
    approval = require_approval(session, by, approval_id)
    if approval.customer_id is not None:
        hold_customer(session, approval.customer_id)
    session.refresh(approval)
    state = vote(session, approval, grant=grant, reason=reason, by=by, now=now)
    if state is ApprovalState.GRANTED:
        invoice = session.get_one(Invoice, approval.invoice_id, populate_existing=True)
        _check(invoice, approval.amount_minor)
        invoice.open_minor -= approval.amount_minor
        invoice.written_off_minor += approval.amount_minor
        day = _day(session, invoice, now)
        event = Event(Cause.WRITE_OFF, invoice.id, invoice.customer_id, invoice.currency, day, now)
        post(session, event, moved(Account.WRITE_OFFS, Account.RECEIVABLE, approval.amount_minor))
        session.flush()
    return approval


def _check(invoice: Invoice, amount_minor: int) -> None:
    if not 0 < amount_minor <= invoice.open_minor:
        raise AmountInvalid(
            f"{amount_minor} cannot be written off: {invoice.open_minor} {invoice.currency} (minor units) are open.",
            mend="Ask for no more than that.",
            open_minor=invoice.open_minor,
        )


def _day(session: Session, invoice: Invoice, now: datetime) -> date:
    zone = select(Territory.time_zone).join(Customer, Customer.territory_id == Territory.id)
    return local_day(now, session.scalars(zone.where(Customer.id == invoice.customer_id)).one())
