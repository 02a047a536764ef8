"""Putting an invoice right when another system says that it is of another amount."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fieldsales.allocations.rules import Spread
from fieldsales.allocations.service import release, set_against
from fieldsales.audit.service import record
from fieldsales.errors import Conflict
from fieldsales.invoices.models import Invoice
from fieldsales.invoices.service import event_of
from fieldsales.ledger.models import Cause, Posting
from fieldsales.ledger.rules import sold, taken_off
from fieldsales.ledger.service import post


class RestatementBelow(Conflict):
    """Less would be claimed than was written off or paid past us already. Send a credit note instead."""

    code = "invoice.restated_below"
    title = "More of that invoice is settled than it would be"


def restate(session: Session, invoice: Invoice, amount_minor: int, tax_minor: int, *, now: datetime) -> None:
    """Let an invoice be of another amount (minor units, with the tax); the customer must be held.

    The books show it as the old claim taken off and the new one made, on the day of the invoice. What had been paid
    pays it again as far as it goes; what is more stays on account. Raises `RestatementBelow`, with nothing changed.
    """
    session.refresh(invoice)
    gone = invoice.written_off_minor + _past_us(session, invoice)
    if amount_minor < gone:
        raise RestatementBelow(
            f"{gone} {invoice.currency} (minor units) of the invoice are written off or paid past us.",
            mend="Send a credit note instead.",
            settled_minor=gone,
        )
    paid = release(session, invoice, now)
    before = {"amount_minor": invoice.amount_minor, "tax_minor": invoice.tax_minor}
    post(session, event_of(invoice, Cause.VOID), taken_off(invoice.amount_minor, invoice.tax_minor))
    invoice.amount_minor, invoice.tax_minor, invoice.open_minor = amount_minor, tax_minor, amount_minor - gone
    post(session, event_of(invoice, Cause.INVOICE), sold(amount_minor, tax_minor))
    session.flush()
    for credit, amount in paid:
        if part := min(amount, invoice.open_minor):
            set_against(session, credit, Spread(((invoice.id, part),)), now, by=None)
    after = {"amount_minor": amount_minor, "tax_minor": tax_minor}
    record(session, "invoice.restate", ("invoice", invoice.id), actor_id=None, now=now, before=before, after=after)


def _past_us(session: Session, invoice: Invoice) -> int:
    theirs = Posting.source_id == invoice.id, Posting.cause == Cause.ELSEWHERE
    return int(session.scalar(select(func.coalesce(func.sum(Posting.amount_minor), 0)).where(*theirs)) or 0)
