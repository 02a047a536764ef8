"""What the accounts hold."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, or_, select
from sqlalchemy.orm import Session

from fieldsales.ledger.models import Account, Cause, Posting

OWN = (Account.RECEIVABLE, Account.CREDIT)
"""The accounts that make up what a customer owes: invoices, less what is on account."""


@dataclass(frozen=True, slots=True)
class Movement:
    """By how much an event changed what a customer owes (minor units; below 0: it owes less)."""

    entry_id: uuid.UUID
    cause: Cause
    source_id: uuid.UUID
    day: date
    at: datetime
    currency: str
    amount_minor: int


def trial_balance(session: Session, currency: str, *only: ColumnElement[bool]) -> dict[Account, int]:
    """Return debits less credits of each account in a currency, of all postings or of some; the sum is 0."""
    found: dict[Account, int] = defaultdict(int)
    for column, sign in ((Posting.debit, 1), (Posting.credit, -1)):
        total = func.sum(Posting.amount_minor)
        rows = session.execute(select(column, total).where(Posting.currency == currency, *only).group_by(column))
        for account, amount in rows:
            found[account] += sign * int(amount)
    return dict(found)


def customer_balance(session: Session, customer_id: uuid.UUID, currency: str) -> dict[Account, int]:
    """Return the accounts of one customer: `receivable` is owed, `credit` is below 0 by what is on account."""
    found = trial_balance(session, currency, Posting.customer_id == customer_id)
    return {account: found.get(account, 0) for account in OWN}


def in_hand(session: Session, rep_ids: Collection[uuid.UUID], currency: str) -> dict[uuid.UUID, dict[Account, int]]:
    """Return the money in the hands of reps, by form, in minor units."""
    return {each: _forms(trial_balance(session, currency, Posting.rep_id == each)) for each in rep_ids}


def _forms(balance: dict[Account, int]) -> dict[Account, int]:
    forms = (Account.CASH, Account.TRANSFER, Account.CHEQUE, Account.WALLET)
    return {each: balance[each] for each in forms if balance.get(each)}


def owed_before(session: Session, customer_id: uuid.UUID, day: date) -> dict[str, int]:
    """Return what a customer owed on the morning of a day, by currency."""
    rows = session.execute(
        select(Posting.currency, func.sum(_effect()))
        .where(*_of(customer_id), Posting.day < day)
        .group_by(Posting.currency)
    )
    return {currency: int(amount) for currency, amount in rows if amount}


def owed_at(
    session: Session, customer_id: uuid.UUID, currency: str, moment: datetime, without: Collection[uuid.UUID] = ()
) -> int:
    """Return what a customer owed in a currency at a moment of the books, what was posted for some sources left out."""
    owed = select(func.coalesce(func.sum(_effect()), 0)).where(
        *_of(customer_id), Posting.currency == currency, Posting.at <= moment, Posting.source_id.not_in(without)
    )
    return int(session.scalar(owed) or 0)


def movements(session: Session, customer_id: uuid.UUID, since: date, until: date) -> list[Movement]:
    """Return what changed a customer's debt between two days, both included; allocations change nothing."""
    amount = func.sum(_effect())
    keys = (Posting.entry_id, Posting.cause, Posting.source_id, Posting.day, Posting.currency)
    first = func.min(Posting.at, type_=Posting.at.type)
    rows = session.execute(
        select(*keys, first, amount)
        .where(*_of(customer_id), Posting.day >= since, Posting.day <= until)
        .group_by(*keys)
        .having(amount != 0)
        .order_by(Posting.day, first, Posting.entry_id)
    )
    return [
        Movement(entry_id, cause, source_id, day, at, currency, int(total))
        for entry_id, cause, source_id, day, currency, at, total in rows
    ]


def _of(customer_id: uuid.UUID) -> tuple[ColumnElement[bool], ...]:
    return Posting.customer_id == customer_id, or_(Posting.debit.in_(OWN), Posting.credit.in_(OWN))


def _effect() -> ColumnElement[int]:
    raised = case((Posting.debit.in_(OWN), Posting.amount_minor), else_=0)
    return raised - case((Posting.credit.in_(OWN), Posting.amount_minor), else_=0)
