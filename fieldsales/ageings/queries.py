"""What is owed by how late it is, and for how many days sales are outstanding, as of any day and by rep."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.orm import Session

from fieldsales.customers.models import Customer
from fieldsales.customers.queries import CustomerFilter, customers_matching
from fieldsales.db.paging import Page, PageWanted, fetch_page
from fieldsales.invoices.models import Allocation, Invoice
from fieldsales.invoices.queries import Amounts
from fieldsales.invoices.rules import ageing, dso
from fieldsales.ledger.models import Account, Cause, Posting
from fieldsales.people.rules import Actor

PERIOD_DAYS = 90
"""The days whose sales the DSO is of."""
EVERYBODY = CustomerFilter(active=None)


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
    """The debts of all customers in scope in one currency, what they have on account, and the DSO."""

    currency: str
    buckets: Amounts
    on_account_minor: int
    dso_days: float | None


def open_on(day: date) -> ColumnElement[int]:
    """Return what was left to pay of an invoice at the end of a day, as the ledger has it: no later payment counts."""
    paid = select(func.coalesce(func.sum(Allocation.amount_minor), 0)).where(
        Allocation.invoice_id == Invoice.id, Allocation.day <= day
    )
    gone = select(func.coalesce(func.sum(Posting.amount_minor), 0)).where(
        Posting.source_id == Invoice.id,
        Posting.cause.in_((Cause.ELSEWHERE, Cause.WRITE_OFF)),
        Posting.day <= day,
    )
    return Invoice.amount_minor - paid.scalar_subquery() - gone.scalar_subquery()


def ageing_report(
    session: Session, actor: Actor | None, day: date, wanted: PageWanted, only: CustomerFilter = EVERYBODY
) -> Page[Aged]:
    """Return a page of the customers who owed anything on a day, by name, one row for each currency."""
    owing = select(Invoice.customer_id).where(Invoice.issued_on <= day, open_on(day) > 0)
    theirs = customers_matching(actor, only).where(Customer.id.in_(owing))
    page = fetch_page(session, theirs, (Customer.name, Customer.id), wanted)
    left = func.sum(open_on(day))
    keys = (Invoice.customer_id, Invoice.currency, Invoice.due_on)
    shown = select(*keys, left).where(Invoice.customer_id.in_([each.id for each in page.items]))
    found: dict[tuple[object, str], list[tuple[date, int]]] = defaultdict(list)
    for customer_id, currency, due, amount in session.execute(shown.where(Invoice.issued_on <= day).group_by(*keys)):
        if amount:
            found[customer_id, currency].append((due, int(amount)))
    currencies = sorted({currency for _, currency in found})
    rows = [
        Aged(who, currency, ageing(found[who.id, currency], day))
        for who in page.items
        for currency in currencies
        if (who.id, currency) in found
    ]
    return Page(rows, page.next)


def ageing_totals(
    session: Session, actor: Actor | None, day: date, only: CustomerFilter = EVERYBODY
) -> list[CurrencyTotals]:
    """Return the debts of all customers in scope at the end of a day by currency, and the DSO of the days before."""
    ids = customers_matching(actor, only).with_only_columns(Customer.id)
    mine = (Invoice.customer_id.in_(ids), Invoice.issued_on <= day)
    debts: dict[str, list[tuple[date, int]]] = defaultdict(list)
    keys = (Invoice.currency, Invoice.due_on)
    for currency, due, amount in session.execute(select(*keys, func.sum(open_on(day))).where(*mine).group_by(*keys)):
        if amount:
            debts[currency].append((due, int(amount)))
    since = Invoice.issued_on > day - timedelta(days=PERIOD_DAYS)
    sums = select(Invoice.currency, func.sum(Invoice.amount_minor)).where(*mine, since).group_by(Invoice.currency)
    sold = {currency: int(amount) for currency, amount in session.execute(sums)}
    spare = _spare(session, ids, day)
    return [
        CurrencyTotals(
            currency,
            buckets := ageing(debts[currency], day),
            spare.get(currency, 0),
            dso(sum(buckets.values()), sold.get(currency, 0), PERIOD_DAYS),
        )
        for currency in sorted({*debts, *sold, *spare})
    ]


def _spare(session: Session, ids: Select[object], day: date) -> Amounts:
    """Return what customers had on account at the end of a day, from the ledger."""
    amount = func.sum(case((Posting.credit == Account.CREDIT, Posting.amount_minor), else_=-Posting.amount_minor))
    touched = or_(Posting.credit == Account.CREDIT, Posting.debit == Account.CREDIT)
    theirs = select(Posting.currency, amount).where(Posting.customer_id.in_(ids), touched, Posting.day <= day)
    return {currency: int(total) for currency, total in session.execute(theirs.group_by(Posting.currency)) if total}
