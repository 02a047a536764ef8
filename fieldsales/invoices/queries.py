"""What is open, how old it is, and what a customer's account says."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.errors import NotFound
from fieldsales.invoices.models import Credit, Invoice
from fieldsales.invoices.rules import Open, ageing, dso
from fieldsales.ledger.queries import Movement, movements, owed_before
from fieldsales.people.rules import Actor

Amounts = dict[str, int]


class InvoiceNotFound(NotFound):
    """There is no such invoice of a customer whom you may see."""

    code = "invoice.not_found"
    title = "There is no such invoice"


@dataclass(frozen=True, slots=True)
class Aged:
    """The debts of one customer in one currency by age, and the whole of them, in minor units."""

    customer: Customer
    currency: str
    buckets: Amounts

    @property
    def owed_minor(self) -> int:
        """All that is open."""
        return sum(self.buckets.values())


@dataclass(frozen=True, slots=True)
class CurrencyTotals:
    """The debts of all customers in scope in one currency; `dso_days` over the 90 days before."""

    currency: str
    buckets: Amounts
    on_account_minor: int
    dso_days: float | None


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
    """Return the invoice of an order, if there is one."""
    return session.scalars(select(Invoice).where(Invoice.order_id == order_id)).one_or_none()


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


def ageing_report(session: Session, actor: Actor | None, day: date, wanted: PageWanted) -> Page[Aged]:
    """Return a page of the customers who owe anything, by name, one row for each currency."""
    owing = select(Invoice.customer_id).where(Invoice.open_minor > 0)
    theirs = visible_customers(actor).where(Customer.id.in_(owing))
    page = fetch_page(session, theirs, (Customer.name, Customer.id), wanted)
    aged = aged_debts(session, [each.id for each in page.items], day)
    rows = [Aged(who, currency, buckets) for who in page.items for currency, buckets in aged[who.id].items()]
    return Page(rows, page.next)


def ageing_totals(session: Session, actor: Actor | None, day: date, period_days: int = 90) -> list[CurrencyTotals]:
    """Return the debts of all customers in scope by currency, and the DSO of the days before."""
    ids = visible_customers(actor).with_only_columns(Customer.id)
    debts: dict[str, list[tuple[date, int]]] = defaultdict(list)
    for currency, due, amount in _sums(session, ids, Invoice.open_minor > 0):
        debts[currency].append((due, amount))
    sold: Amounts = defaultdict(int)
    since = date.fromordinal(day.toordinal() - period_days)
    for currency, _, amount in _sums(session, ids, Invoice.issued_on > since, Invoice.issued_on <= day, sold=True):
        sold[currency] += amount
    held = select(Credit.currency, func.sum(Credit.left_minor)).where(Credit.customer_id.in_(ids))
    spare = {currency: int(amount) for currency, amount in session.execute(held.group_by(Credit.currency))}
    return [
        CurrencyTotals(
            currency,
            buckets := ageing(debts[currency], day),
            spare.get(currency, 0),
            dso(sum(buckets.values()), sold[currency], period_days),
        )
        for currency in sorted({*debts, *sold, *(name for name, amount in spare.items() if amount)})
    ]


def _sums(
    session: Session, ids: Select[uuid.UUID], *only: ColumnElement[bool], sold: bool = False
) -> Sequence[tuple[str, date, int]]:
    amount = func.sum(Invoice.amount_minor if sold else Invoice.open_minor)
    keys = (Invoice.currency, Invoice.due_on)
    rows = session.execute(select(*keys, amount).where(Invoice.customer_id.in_(ids), *only).group_by(*keys))
    return [(currency, due, int(total)) for currency, due, total in rows]


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
