"""Which money paid what."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from fieldsales.allocations.rules import CreditNotFound
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.invoices.models import Allocation, Credit, Invoice
from fieldsales.people.rules import Actor


def require_credit(session: Session, actor: Actor | None, credit_id: uuid.UUID) -> Credit:
    """Return money on account of a customer whom the actor may see; raise `CreditNotFound`."""
    theirs = visible_customers(actor).with_only_columns(Customer.id)
    found = session.scalars(select(Credit).where(Credit.id == credit_id, Credit.customer_id.in_(theirs))).one_or_none()
    if found is None:
        raise CreditNotFound(f"There is no money on account {credit_id}.", id=str(credit_id))
    return found


def paid_by(session: Session, credit_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Return what money pays of which invoice, what was taken back deducted."""
    total = func.sum(Allocation.amount_minor)
    rows = session.execute(
        select(Allocation.invoice_id, total).where(Allocation.credit_id == credit_id).group_by(Allocation.invoice_id)
    )
    return {invoice_id: int(amount) for invoice_id, amount in rows if amount}


def paid_for(session: Session, invoice_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Return which money pays how much of an invoice, what was taken back deducted."""
    total = func.sum(Allocation.amount_minor)
    rows = session.execute(
        select(Allocation.credit_id, total).where(Allocation.invoice_id == invoice_id).group_by(Allocation.credit_id)
    )
    return {credit_id: int(amount) for credit_id, amount in rows if amount}


def spare_credits(session: Session, customer_id: uuid.UUID, currency: str) -> Sequence[Credit]:
    """Return the money of a customer in a currency of which something is left, the oldest at the front."""
    theirs = select(Credit).where(Credit.customer_id == customer_id, Credit.currency == currency, Credit.left_minor > 0)
    return session.scalars(theirs.order_by(Credit.day, Credit.id).execution_options(populate_existing=True)).all()


def accounts_to_settle(session: Session) -> list[tuple[uuid.UUID, str]]:
    """Return the customers and currencies with both money on account and something open."""
    pairs = (Invoice.customer_id == Credit.customer_id, Invoice.currency == Credit.currency)
    both = select(Credit.customer_id, Credit.currency).join(Invoice, and_(*pairs))
    rows = session.execute(both.where(Credit.left_minor > 0, Invoice.open_minor > 0).distinct())
    return sorted((customer_id, currency) for customer_id, currency in rows)
