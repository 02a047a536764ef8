"""One row of another system, put into the books. The customer must be held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from fieldsales.billing.service import days_to_pay
from fieldsales.credits.rules import CreditPolicy
from fieldsales.debts.rules import Fate, InvoiceTaken
from fieldsales.invoices.models import Credit, CreditKind, Invoice
from fieldsales.invoices.rules import Claim, due_on
from fieldsales.invoices.service import note_credit, raise_invoice
from fieldsales.ledger.models import Account, Cause
from fieldsales.ledger.rules import moved
from fieldsales.ledger.service import Event, post
from fieldsales.matches.queries import order_named, refuse_unclear
from fieldsales.matches.rules import id_in
from fieldsales.notices.rules import VersionTaken, is_newer, is_older
from fieldsales.orders.models import Order, OrderState
from fieldsales.restatements.service import restate


@dataclass(frozen=True, slots=True)
class Book:
    """Where rows are written, by which policy, and when."""

    session: Session
    policy: CreditPolicy
    day: date
    now: datetime


def take_invoice(book: Book, claim: Claim) -> Fate:
    """Take an invoice over: it is new, the debt of an order that is billed here, or one that we know by its number.

    Raises `InvoiceTaken`, `VersionTaken`, `OrderOfAnother`, `OrderUnclear`, `RestatementBelow`.
    """
    session = book.session
    there = session.scalars(select(Invoice).where(Invoice.reference == claim.reference)).one_or_none()
    if there is not None:
        return _known(book, claim, there)
    order = order_named(session, claim)
    billed = _billed(session, order, claim) if order else None
    if billed is not None and billed.reference is None:
        _correct(book, claim, billed)
        billed.reference = claim.reference
        _settle_elsewhere(book, billed, claim.open_minor)
        return Fate.MATCHED
    refuse_unclear(session, claim)
    made = raise_invoice(session, _new(book, claim, order if billed is None else None))
    _settle_elsewhere(book, made, claim.open_minor)
    return Fate.NEW


def take_credit_note(book: Book, claim: Claim) -> Fate:
    """Take a credit note over; the money is on the customer's account. Raises `InvoiceTaken`, `OrderOfAnother`."""
    session = book.session
    there = session.scalars(select(Credit).where(Credit.reference == claim.reference)).one_or_none()
    if there is not None:
        if is_older(claim.version, there.told_version):
            return Fate.OLDER
        _check_same(claim, there, -there.amount_minor)
        there.told_version = claim.version if claim.version is not None else there.told_version
        return Fate.SAME
    order = order_named(session, claim)
    ours = session.scalars(select(Credit).where(Credit.order_id == order.id)).one_or_none() if order else None
    if ours is not None and ours.reference is None and ours.voided_at is None:
        _check_same(claim, ours, -ours.amount_minor)
        ours.reference, ours.told_version = claim.reference, claim.version
        return Fate.MATCHED
    credit = Credit(
        customer_id=claim.customer_id,
        kind=CreditKind.CREDIT_NOTE,
        order_id=order.id if order and ours is None else None,
        reference=claim.reference,
        currency=claim.currency,
        amount_minor=-claim.amount_minor,
        left_minor=-claim.amount_minor,
        day=claim.issued_on,
        made_at=book.now,
        told_order_id=order.id if order else id_in(claim.order),
        told_version=claim.version,
    )
    note_credit(session, credit, claim.tax_minor)
    return Fate.NEW


def _known(book: Book, claim: Claim, there: Invoice) -> Fate:
    if is_older(claim.version, there.told_version):
        return Fate.OLDER
    fate = Fate.SAME
    if is_newer(claim.version, there.told_version):
        fate = _correct(book, claim, there)
    else:
        _check_same(claim, there, there.amount_minor)
    return Fate.SETTLED if _settle_elsewhere(book, there, claim.open_minor) and fate is Fate.SAME else fate


def _correct(book: Book, claim: Claim, there: Invoice) -> Fate:
    """Let an invoice say what a newer row says of its amount and its due day."""
    if (claim.customer_id, claim.currency) != (there.customer_id, there.currency):
        raise _taken(claim, there.amount_minor, there.currency)
    before = (there.amount_minor, there.tax_minor, there.due_on)
    if (claim.amount_minor, claim.tax_minor) != before[:2]:
        restate(book.session, there, claim.amount_minor, claim.tax_minor, now=book.now)
    if claim.due_on is not None:
        there.due_on = max(there.issued_on, claim.due_on)
    there.told_version = claim.version
    book.session.flush()
    return Fate.SAME if before == (there.amount_minor, there.tax_minor, there.due_on) else Fate.CORRECTED


def _billed(session: Session, order: Order, claim: Claim) -> Invoice | None:
    """Return the invoice that stands for an order; that of one which was called off is paid by its credit note.

    Where each delivery is billed there may be several: one without a number comes first, then one of the same amount.
    """
    if order.state is not OrderState.PLACED:
        return None
    first = (Invoice.reference.is_not(None), Invoice.amount_minor != claim.amount_minor, Invoice.issued_on, Invoice.id)
    return session.scalars(select(Invoice).where(Invoice.order_id == order.id).order_by(*first).limit(1)).one_or_none()


def _new(book: Book, claim: Claim, order: Order | None) -> Invoice:
    days = days_to_pay(book.session, claim.customer_id, claim.currency, book.policy.payment_days)
    return Invoice(
        customer_id=claim.customer_id,
        order_id=order.id if order and order.state is OrderState.PLACED else None,
        reference=claim.reference,
        currency=claim.currency,
        amount_minor=claim.amount_minor,
        tax_minor=claim.tax_minor,
        open_minor=claim.amount_minor,
        written_off_minor=0,
        issued_on=claim.issued_on,
        due_on=claim.due_on or due_on(claim.issued_on, days),
        made_at=book.now,
        told_order_id=order.id if order else id_in(claim.order),
        told_version=claim.version,
    )


def _settle_elsewhere(book: Book, invoice: Invoice, open_minor: int | None) -> bool:
    session = book.session
    session.flush()
    session.refresh(invoice)
    if open_minor is None or open_minor >= invoice.open_minor:
        return False
    paid = invoice.open_minor - open_minor
    invoice.open_minor = open_minor
    day = max(book.day, invoice.issued_on)
    event = Event(Cause.ELSEWHERE, invoice.id, invoice.customer_id, invoice.currency, day, book.now)
    post(session, event, moved(Account.ELSEWHERE, Account.RECEIVABLE, paid))
    session.flush()
    return True


def _check_same(claim: Claim, there: Invoice | Credit, amount_minor: int) -> None:
    if (claim.customer_id, claim.currency) != (there.customer_id, there.currency):
        raise _taken(claim, amount_minor, there.currency)
    if claim.amount_minor != amount_minor:
        if claim.version is not None and claim.version == there.told_version:
            raise VersionTaken(
                f"Version {claim.version} of {claim.reference} is of {amount_minor} {there.currency} (minor units).",
                mend="Send what is new with a higher version.",
                version=claim.version,
            )
        raise _taken(claim, amount_minor, there.currency)


def _taken(claim: Claim, amount_minor: int, currency: str) -> InvoiceTaken:
    return InvoiceTaken(
        f"{claim.reference} is known with {amount_minor} {currency} (minor units), or of another customer.",
        mend="Correct it by a higher version, or by a credit note and an invoice of another number.",
    )
