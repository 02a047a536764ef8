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
from fieldsales.ledger.rules import FORMS, InHand

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
    return {each: balance[each] for each in FORMS if balance.get(each)}


def held_items(session: Session, rep_id: uuid.UUID) -> list[InHand]:
    """Return the money in a rep's hands, payment by payment, by currency, form and payment."""
    return _held(session, Posting.rep_id == rep_id)


def still_held(session: Session, source_id: uuid.UUID) -> int:
    """Return what is in a rep's hands of one payment, in minor units."""
    return sum(each.amount_minor for each in _held(session, Posting.source_id == source_id))


def _held(session: Session, only: ColumnElement[bool]) -> list[InHand]:
    found: dict[tuple[str, Account, uuid.UUID], int] = defaultdict(int)
    for column, sign in ((Posting.debit, 1), (Posting.credit, -1)):
        keys = (Posting.currency, column, Posting.source_id)
        total = func.sum(Posting.amount_minor)
        rows = session.execute(select(*keys, total).where(only, column.in_(FORMS)).group_by(*keys))
        for currency, form, source_id, amount in rows:
            found[currency, form, source_id] += sign * int(amount)
    return [InHand(source, currency, form, left) for (currency, form, source), left in sorted(found.items()) if left]


def owed_by_reps(session: Session, rep_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, dict[str, int]]:
    """Return what reps still owe the house for money that they did not hand in, by currency, in minor units."""
    found: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for column, sign in ((Posting.debit, 1), (Posting.credit, -1)):
        keys = (Posting.rep_id, Posting.currency)
        mine = select(*keys, func.sum(Posting.amount_minor)).where(column == Account.SHORTAGE)
        for rep_id, currency, amount in session.execute(mine.where(Posting.rep_id.in_(rep_ids)).group_by(*keys)):
            if rep_id is not None:
                found[rep_id][currency] += sign * int(amount)
    return {rep_id: {key: amount for key, amount in each.items() if amount} for rep_id, each in found.items()}


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
