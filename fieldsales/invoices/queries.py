"""What is open, how old it is, and what a customer's account says."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from fieldsales.invoices.models import Credit, Invoice
from fieldsales.invoices.rules import Open, ageing
from fieldsales.ledger.queries import Movement, movements, owed_before
from fieldsales.people.rules import Actor
from fieldsales.receivables.models import Payment

Amounts = dict[str, int]


class InvoiceNotFound(NotFound):
    """There is no such invoice of a customer whom you may see."""

    code = "invoice.not_found"
    title = "There is no such invoice"


@dataclass(frozen=True, slots=True)
class Statement:
    """What a customer owed before the first day, what changed it, and what is open after the last, by currency."""

    customer: Customer
    since: date
    until: date
    opening: Amounts
    movements: tuple[Movement, ...]
    closing: Amounts
    open_invoices: tuple[Invoice, ...]


def require_invoice(session: Session, actor: Actor | None, invoice_id: uuid.UUID) -> Invoice:
    """Return an invoice of a customer whom the actor may see; raise `InvoiceNotFound`."""
    found = session.scalars(invoices_of(actor).where(Invoice.id == invoice_id)).one_or_none()
    if found is None:
        raise InvoiceNotFound(f"There is no invoice {invoice_id}.", id=str(invoice_id))
    return found


def invoice_of_order(session: Session, order_id: uuid.UUID) -> Invoice | None:
    """Return the invoice of an order as a whole, if there is one; those of its deliveries are others."""
    whole = select(Invoice).where(Invoice.order_id == order_id, Invoice.delivery_report_id.is_(None))
    return session.scalars(whole).one_or_none()


def invoices_of(actor: Actor | None) -> Select[Invoice]:
    """Return the invoices of the customers whom an actor may see, as a statement to narrow down."""
    return select(Invoice).where(Invoice.customer_id.in_(visible_customers(actor).with_only_columns(Customer.id)))


def find_invoices(
    session: Session,
    actor: Actor,
    wanted: PageWanted,
    customer_id: uuid.UUID | None = None,
    *,
    only_open: bool = False,
    due_before: date | None = None,
) -> Page[Invoice]:
    """Return a page of invoices, the one due first at the front."""
    found = invoices_of(actor)
    if customer_id is not None:
        found = found.where(Invoice.customer_id == customer_id)
    if only_open:
        found = found.where(Invoice.open_minor > 0)
    if due_before is not None:
        found = found.where(Invoice.due_on < due_before)
    return fetch_page(session, found, (Invoice.due_on, Invoice.id), wanted)


def open_debts(session: Session, customer_id: uuid.UUID, currency: str) -> list[Open]:
    """Return what is left to pay of a customer's invoices in a currency, the one due first at the front."""
    rows = session.execute(
        select(Invoice.id, Invoice.due_on, Invoice.open_minor)
        .where(Invoice.customer_id == customer_id, Invoice.currency == currency, Invoice.open_minor > 0)
        .order_by(Invoice.due_on, Invoice.id)
    )
    return [Open(*row) for row in rows]


def owes_by_invoice(session: Session, customer_id: uuid.UUID) -> bool:
    """Tell whether a customer ever had an invoice: only then can money be more than the debt."""
    return session.scalar(select(Invoice.id).where(Invoice.customer_id == customer_id).limit(1)) is not None


def aged_debts(session: Session, customer_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, dict[str, Amounts]]:
    """Return the debts of customers by currency and age on a day; no entry for who owes nothing."""
    found: dict[uuid.UUID, dict[str, list[tuple[date, int]]]] = defaultdict(lambda: defaultdict(list))
    total = func.sum(Invoice.open_minor)
    keys = (Invoice.customer_id, Invoice.currency, Invoice.due_on)
    theirs = select(*keys, total).where(Invoice.customer_id.in_(customer_ids), Invoice.open_minor > 0)
    for customer_id, currency, due, amount in session.execute(theirs.group_by(*keys).order_by(Invoice.currency)):
        found[customer_id][currency].append((due, int(amount)))
    return {who: {name: ageing(debts, day) for name, debts in each.items()} for who, each in found.items()}


def on_account(session: Session, customer_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Amounts]:
    """Return the money on account of customers by currency; no entry for who has none."""
    found: dict[uuid.UUID, Amounts] = defaultdict(dict)
    keys = (Credit.customer_id, Credit.currency)
    theirs = select(*keys, func.sum(Credit.left_minor)).where(Credit.customer_id.in_(customer_ids))
    for customer_id, currency, amount in session.execute(theirs.where(Credit.left_minor > 0).group_by(*keys)):
        found[customer_id][currency] = int(amount)
    return dict(found)


def statement_of(session: Session, customer: Customer, since: date, until: date) -> Statement:
    """Return a customer's account between two days, both included. It is read from the ledger."""
    opening = owed_before(session, customer.id, since)
    changes = movements(session, customer.id, since, until)
    closing: Amounts = defaultdict(int, opening)
    for each in changes:
        closing[each.currency] += each.amount_minor
    theirs = select(Invoice).where(Invoice.customer_id == customer.id, Invoice.open_minor > 0)
    left = session.scalars(theirs.order_by(Invoice.due_on, Invoice.id)).all()
    return Statement(customer, since, until, opening, tuple(changes), dict(closing), tuple(left))


def bounced() -> ColumnElement[bool]:
    """Return the condition that a payment, such as a cheque, was taken back: it counts as collected nowhere."""
    return exists().where(Credit.id == Payment.id, Credit.voided_at.is_not(None))


def collected_on(session: Session, rep_ids: Collection[uuid.UUID], day: date) -> dict[uuid.UUID, dict[str, int]]:
    """Return what each rep took on a day, in minor units by currency; no entry for a rep who took nothing.

    What bounced was not taken.
    """
    rows = session.execute(
        select(Payment.rep_id, Payment.currency, func.sum(Payment.amount_minor))
        .where(Payment.rep_id.in_(rep_ids), Payment.paid_on == day, ~bounced())
        .group_by(Payment.rep_id, Payment.currency)
        .order_by(Payment.currency)
    )
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(dict)
    for rep_id, currency, amount in rows:
        found[rep_id][currency] = int(amount)
    return dict(found)
