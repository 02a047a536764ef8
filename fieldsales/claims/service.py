"""Taking over another system's invoices and credit notes. The same feed again changes nothing, also out of order."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.audit.service import record
from fieldsales.billing.service import days_to_pay
from fieldsales.claims.rules import Fate, Filed, InvoiceTaken
from fieldsales.credits.rules import CREDIT
from fieldsales.customers.models import CustomerReference
from fieldsales.customers.queries import CustomerNotFound, require_customer_in_scope
from fieldsales.db.base import new_id
from fieldsales.errors import FieldsalesError, Unavailable
from fieldsales.invoices.models import Credit, CreditKind, Invoice
from fieldsales.invoices.rules import Claim, due_on
from fieldsales.invoices.service import event_of, hold_customer, note_credit, raise_invoice
from fieldsales.ledger.models import Account, Cause
from fieldsales.ledger.rules import moved
from fieldsales.ledger.service import post
from fieldsales.money import exponent
from fieldsales.people.queries import days_at
from fieldsales.people.rules import Actor
from fieldsales.policies.queries import in_force

Reader = Callable[[], Claim]
"""Makes a claim of a row; what it raises refuses that row alone."""


def file_claims(
    session: Session, rows: Sequence[tuple[str, Reader]], *, by: Actor | None, now: datetime
) -> list[Filed]:
    """Take over rows (a number, and what reads the claim); each stands or falls alone. Return what became of each.

    A number that is known with the same customer, currency and amount changes nothing, but where less is open than we
    know the difference is settled elsewhere: what is open never rises by a feed, so that an old one does no harm.
    """
    filed = [_file(session, number, read, by, now) for number, read in rows]
    counts = {fate.value: sum(each.fate is fate for each in filed) for fate in Fate}
    record(session, "invoice.import", ("feed", new_id()), actor_id=by.user_id if by else None, now=now, **counts)
    return filed


def _file(session: Session, number: str, read: Reader, by: Actor | None, now: datetime) -> Filed:
    try:
        with session.begin_nested():
            claim = read()
            exponent(claim.currency)
            customer = require_customer_in_scope(session, by, claim.customer_id)
            hold_customer(session, customer.id)
            fate = _credit(session, claim, now) if claim.amount_minor < 0 else _invoice(session, claim, now)
            return Filed(claim.reference, fate)
    except Unavailable:
        raise
    except FieldsalesError as wrong:
        return Filed(number, Fate.REFUSED, wrong.code, str(wrong))


def _invoice(session: Session, claim: Claim, now: datetime) -> Fate:
    there = session.scalars(select(Invoice).where(Invoice.reference == claim.reference)).one_or_none()
    if there is None:
        _settle_elsewhere(session, raise_invoice(session, _new(session, claim, now)), claim.open_minor, now)
        return Fate.NEW
    _check_same(claim, there, there.amount_minor)
    return Fate.SETTLED if _settle_elsewhere(session, there, claim.open_minor, now) else Fate.SAME


def _new(session: Session, claim: Claim, now: datetime) -> Invoice:
    usual = in_force(session, CREDIT, days_at(session, now)[0]).value.payment_days
    days = days_to_pay(session, claim.customer_id, claim.currency, usual)
    return Invoice(
        customer_id=claim.customer_id,
        reference=claim.reference,
        currency=claim.currency,
        amount_minor=claim.amount_minor,
        tax_minor=claim.tax_minor,
        open_minor=claim.amount_minor,
        written_off_minor=0,
        issued_on=claim.issued_on,
        due_on=claim.due_on or due_on(claim.issued_on, days),
        made_at=now,
    )


def _settle_elsewhere(session: Session, invoice: Invoice, open_minor: int | None, now: datetime) -> bool:
    session.refresh(invoice)
    if open_minor is None or open_minor >= invoice.open_minor:
        return False
    paid = invoice.open_minor - open_minor
    invoice.open_minor = open_minor
    post(session, event_of(invoice, Cause.ELSEWHERE), moved(Account.ELSEWHERE, Account.RECEIVABLE, paid))
    session.flush()
    return True


def _credit(session: Session, claim: Claim, now: datetime) -> Fate:
    there = session.scalars(select(Credit).where(Credit.reference == claim.reference)).one_or_none()
    if there is not None:
        _check_same(claim, there, -there.amount_minor)
        return Fate.SAME
    credit = Credit(
        customer_id=claim.customer_id,
        kind=CreditKind.CREDIT_NOTE,
        reference=claim.reference,
        currency=claim.currency,
        amount_minor=-claim.amount_minor,
        left_minor=-claim.amount_minor,
        day=claim.issued_on,
        made_at=now,
    )
    note_credit(session, credit, claim.tax_minor)
    return Fate.NEW


def _check_same(claim: Claim, there: Invoice | Credit, amount_minor: int) -> None:
    if (claim.customer_id, claim.currency, claim.amount_minor) != (there.customer_id, there.currency, amount_minor):
        raise InvoiceTaken(
            f"{claim.reference} is known with {amount_minor} {there.currency} (minor units), or of another customer.",
            mend="Correct it by a credit note and an invoice of another number.",
        )


def reader_of(session: Session, told: Mapping[str, Any]) -> Reader:
    """Return what makes a claim of a row's fields; its customer is named by id or by its number in another system."""

    def read() -> Claim:
        fields = {name: value for name, value in told.items() if name not in {"customer", "customer_id"}}
        return Claim(customer_id=told.get("customer_id") or _numbered(session, told.get("customer")), **fields)

    return read


def _numbered(session: Session, number: str | None) -> uuid.UUID:
    theirs = select(CustomerReference.customer_id).where(CustomerReference.value == number).distinct().limit(2)
    found = session.scalars(theirs).all()
    if len(found) != 1:
        raise CustomerNotFound(
            f"There {'is no customer' if not found else 'are several customers'} with the number {number}.",
            mend="Give “customer”, its number in another system, or “customer_id”.",
            customer=number,
        )
    return found[0]
