"""What happens to a customer's account, and what must be true of the books whatever happened."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from worlds.small_town import NOON, SmallTown

from fieldsales.allocations.service import Taken, take_payment
from fieldsales.claims.rules import Filed
from fieldsales.claims.service import file_claims
from fieldsales.db.base import new_id
from fieldsales.invoices.models import Allocation, Credit, Invoice
from fieldsales.invoices.rules import Claim
from fieldsales.ledger.models import Account, Cause, Posting
from fieldsales.ledger.queries import customer_balance, trial_balance
from fieldsales.receivables.models import Method
from fieldsales.receivables.rules import Receipt
from fieldsales.visits.service import Call

TODAY = NOON.date()


def bill(session: Session, customer_id: uuid.UUID, number: str, amount: int, **told: Any) -> Filed:
    """Have another system tell of an invoice, or below 0 of a credit note."""
    issued = told.pop("issued_on", TODAY)
    claim = Claim(customer_id, number, told.pop("currency", "EUR"), amount, issued, **told)
    return file_claims(session, [(number, lambda: claim)], by=None, now=NOON)[0]


def pay(session: Session, world: SmallTown, customer_id: uuid.UUID, amount: int, **told: Any) -> Taken:
    """Have Anna take money."""
    choices, method = told.pop("choices", None), told.pop("method", Method.CASH)
    receipt = Receipt(new_id(), customer_id, method, told.pop("currency", "EUR"), amount)
    return take_payment(session, receipt, Call(world.anna.id, NOON, NOON), choices)


def days_ago(days: int) -> date:
    """A day before today."""
    return TODAY - timedelta(days=days)


def check_books(session: Session, customer_ids: list[uuid.UUID], currency: str = "EUR") -> None:
    """Assert that the ledger balances, and that invoices and money on account say what it says."""
    session.flush()
    assert sum(trial_balance(session, currency).values()) == 0
    for who in customer_ids:
        owed = _sum(session, Invoice.open_minor, Invoice.customer_id == who, Invoice.currency == currency)
        spare = _sum(session, Credit.left_minor, Credit.customer_id == who, Credit.currency == currency)
        assert customer_balance(session, who, currency) == {Account.RECEIVABLE: owed, Account.CREDIT: -spare}
    for invoice in session.scalars(select(Invoice).execution_options(populate_existing=True)):
        paid = _sum(session, Allocation.amount_minor, Allocation.invoice_id == invoice.id)
        past = _sum(session, Posting.amount_minor, Posting.source_id == invoice.id, Posting.cause == Cause.ELSEWHERE)
        assert invoice.open_minor + invoice.written_off_minor + paid + past == invoice.amount_minor
    for credit in session.scalars(select(Credit).execution_options(populate_existing=True)):
        paid = _sum(session, Allocation.amount_minor, Allocation.credit_id == credit.id)
        assert credit.left_minor + paid == (0 if credit.voided_at else credit.amount_minor)


def _sum(session: Session, column: Any, *only: Any) -> int:
    return int(session.scalar(select(func.coalesce(func.sum(column), 0)).where(*only)) or 0)
