"""Which money paid what."""

from __future__ import annotations

import uuid

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.allocations.rules import CreditNotFound
from fieldsales.customers.models import Customer
from fieldsales.customers.queries import visible_customers
from fieldsales.invoices.models import Allocation, Credit
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
