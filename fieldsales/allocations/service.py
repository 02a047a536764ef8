"""Setting money against invoices, and taking it back when a cheque bounces.

Every verb holds the customer first, so that two of them never set the same euro against anything twice.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.orm import Session

from fieldsales.allocations.queries import paid_by, paid_for, require_credit, spare_credits
from fieldsales.allocations.rules import (
    BOUNCED,
    CHOICE_NOT_FOLLOWED,
    MORE_THAN_DEBT,
    BouncedBefore,
    Choice,
    ChoiceBeyond,
    NoCheque,
    NothingToAllocate,
    Spread,
    spread,
)
from fieldsales.audit.service import record
from fieldsales.invoices.models import Allocation, Credit, Invoice
from fieldsales.invoices.queries import open_debts, owes_by_invoice
from fieldsales.invoices.service import hold_customer, note_payment
from fieldsales.ledger.models import Account, Cause
from fieldsales.ledger.queries import still_held
from fieldsales.ledger.rules import Transfer, moved
from fieldsales.ledger.service import Event, post
from fieldsales.people.rules import Actor
from fieldsales.receivables.models import Method, Payment
from fieldsales.receivables.rules import Receipt
from fieldsales.receivables.service import collect
from fieldsales.visits.rules import merged
from fieldsales.visits.service import Call


@dataclass(frozen=True, slots=True)
class Taken:
    """Money that was recorded: what of it pays invoices, and what stays on account (minor units)."""

    payment: Payment
    allocated_minor: int
    on_account_minor: int


def take_payment(session: Session, receipt: Receipt, call: Call, choices: Sequence[Choice] | None = None) -> Taken:
    """Record money in hand and set it against invoices: as chosen, or oldest first.

    Nothing about invoices refuses it: what is more than the debt stays on account, and so does what was chosen for an
    invoice that is not open as far; both are flagged. Raises what `collect` raises.
    """
    hold_customer(session, receipt.customer_id)
    payment = collect(session, receipt, call)
    credit = note_payment(session, payment, call.received_at)
    found = spread(credit.left_minor, open_debts(session, credit.customer_id, credit.currency), choices)
    set_against(session, credit, found, call.received_at, by=None)
    odd = [] if found.followed else [CHOICE_NOT_FOLLOWED]
    if credit.left_minor and choices is None and owes_by_invoice(session, credit.customer_id):
        odd.append(MORE_THAN_DEBT)
    if odd:
        payment.flags = merged(payment.flags, *odd)
    session.flush()
    return Taken(payment, found.amount_minor, credit.left_minor)


def allocate(
    session: Session,
    credit_id: uuid.UUID,
    choices: Sequence[Choice] | None,
    *,
    by: Actor | None,
    now: datetime,
) -> Credit:
    """Set what is left on account against invoices of the customer: as chosen, or oldest first.

    Raises `CreditNotFound`, `NothingToAllocate`, and `ChoiceBeyond` with nothing changed.
    """
    credit = require_credit(session, by, credit_id)
    hold_customer(session, credit.customer_id)
    session.refresh(credit)
    found = spread(credit.left_minor, open_debts(session, credit.customer_id, credit.currency), choices)
    if not found.followed:
        raise ChoiceBeyond(
            f"Of {credit.left_minor} {credit.currency} (minor units) left, no more than {found.amount_minor} can be "
            "allocated like that.",
            mend="Choose no more than is open of each invoice, of the same customer and currency.",
            left_minor=credit.left_minor,
        )
    if not found.parts:
        raise NothingToAllocate(
            "Nothing is left of that money, or nothing is open.", mend="Look at the statement.", left=credit.left_minor
        )
    set_against(session, credit, found, now, by=by)
    told = [{"invoice_id": str(invoice_id), "amount_minor": amount} for invoice_id, amount in found.parts]
    _note(session, "payment.allocate", credit, by, now, allocations=told)
    session.flush()
    return credit


def set_against(session: Session, credit: Credit, found: Spread, now: datetime, *, by: Actor | None) -> None:
    """Write down what money pays of which invoice; the customer must be held."""
    for invoice_id, amount in found.parts:
        invoice = session.get_one(Invoice, invoice_id, populate_existing=True)
        _move(session, credit, invoice, amount, day=max(credit.day, invoice.issued_on), now=now, by=by)


def _move(
    session: Session,
    credit: Credit,
    invoice: Invoice,
    amount_minor: int,
    *,
    day: date,
    now: datetime,
    by: Actor | None,
) -> None:
    """Set an amount against an invoice; below 0 it is taken back."""
    invoice.open_minor -= amount_minor
    credit.left_minor -= amount_minor
    session.add(
        Allocation(
            invoice_id=invoice.id,
            credit_id=credit.id,
            amount_minor=amount_minor,
            day=day,
            at=now,
            by=by.user_id if by else None,
        )
    )
    pair = (Account.CREDIT, Account.RECEIVABLE) if amount_minor > 0 else (Account.RECEIVABLE, Account.CREDIT)
    event = Event(Cause.ALLOCATION, credit.id, credit.customer_id, credit.currency, day, now)
    post(session, event, moved(*pair, abs(amount_minor)))
    session.flush()


def bounce(
    session: Session, payment_id: uuid.UUID, reason: str, *, day: date, by: Actor | None, now: datetime
) -> Payment:
    """Take a cheque back that the bank did not honour: its invoices are open again, the payment is flagged.

    It leaves the rep's hands, or the bank's where it was handed in.

    Raises `CreditNotFound`, `NoCheque`, `BouncedBefore`.
    """
    credit = require_credit(session, by, payment_id)
    hold_customer(session, credit.customer_id)
    session.refresh(credit)
    payment = session.get(Payment, payment_id, with_for_update=True)
    if payment is None or payment.method is not Method.CHEQUE:
        raise NoCheque("Only a cheque can bounce.", mend="Name a payment that was a cheque.")
    if credit.voided_at is not None:
        raise BouncedBefore("The cheque bounced already.", mend="Look at the statement.")
    take_back(session, credit, day, now, by)
    event = Event(Cause.BOUNCE, credit.id, credit.customer_id, credit.currency, day, now, payment.rep_id)
    where = Account.CHEQUE if still_held(session, payment_id) else Account.BANK
    void(session, credit, event, [Transfer(Account.CREDIT, where, credit.amount_minor)])
    payment.flags = merged(payment.flags, BOUNCED)
    _note(session, "payment.bounce", credit, by, now, reason=reason, amount_minor=credit.amount_minor)
    session.flush()
    return payment


def take_back(session: Session, credit: Credit, day: date, now: datetime, by: Actor | None) -> None:
    """Take all that money pays back from its invoices on a day; the customer must be held."""
    for invoice_id, amount in sorted(paid_by(session, credit.id).items()):
        invoice = session.get_one(Invoice, invoice_id, populate_existing=True)
        _move(session, credit, invoice, -amount, day=max(day, credit.day, invoice.issued_on), now=now, by=by)


def release(session: Session, invoice: Invoice, now: datetime) -> list[tuple[Credit, int]]:
    """Take all money back from an invoice, as of the days when it paid; return what each had. The customer is held."""
    found = []
    for credit_id, amount in sorted(paid_for(session, invoice.id).items()):
        credit = session.get_one(Credit, credit_id, populate_existing=True)
        _move(session, credit, invoice, -amount, day=max(credit.day, invoice.issued_on), now=now, by=None)
        found.append((credit, amount))
    return found


def settle_account(session: Session, customer_id: uuid.UUID, currency: str, now: datetime) -> int:
    """Set what is on account against what is open, both oldest first; return how much (minor units).

    The customer must be held. Each credit that pays anything is audited as `payment.allocate`, `automatic`.
    """
    settled = 0
    for credit in spare_credits(session, customer_id, currency):
        found = spread(credit.left_minor, open_debts(session, customer_id, currency), None)
        if not found.parts:
            break
        set_against(session, credit, found, now, by=None)
        told = [{"invoice_id": str(invoice_id), "amount_minor": amount} for invoice_id, amount in found.parts]
        _note(session, "payment.allocate", credit, None, now, allocations=told, automatic=True)
        settled += found.amount_minor
    return settled


def void(session: Session, credit: Credit, event: Event, transfers: Sequence[Transfer]) -> None:
    """Strike money on account out, from which everything was taken back before."""
    credit.left_minor, credit.voided_at = 0, event.at
    post(session, event, transfers)


def _note(session: Session, action: str, credit: Credit, by: Actor | None, now: datetime, **facts: object) -> None:
    record(session, action, ("payment", credit.id), actor_id=by.user_id if by else None, now=now, **facts)
