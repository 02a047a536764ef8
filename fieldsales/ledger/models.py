"""The ledger: every amount that moved from one account to another. Nothing in it is ever changed."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class Account(StrEnum):
    """Between what money moves.

    `receivable` (what is owed by invoices) and `credit` (on account, not yet against an invoice) are a customer's own,
    the four forms of money in hand are a rep's own. `till` and `bank` are the house's: what reps handed in. A
    `shortage` is what a rep did not hand in and still owes the house, an `overage` what was too much. `elsewhere` is
    what was paid past us, as another system told.
    """

    RECEIVABLE = "receivable"
    CREDIT = "credit"
    CASH = "cash"
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    WALLET = "wallet"
    SALES = "sales"
    TAX = "tax"
    RETURNS = "returns"
    WRITE_OFFS = "write_offs"
    ELSEWHERE = "elsewhere"
    TILL = "till"
    BANK = "bank"
    SHORTAGE = "shortage"
    OVERAGE = "overage"


class Cause(StrEnum):
    """Why money moved."""

    INVOICE = "invoice"
    PAYMENT = "payment"
    ALLOCATION = "allocation"
    CREDIT_NOTE = "credit_note"
    WRITE_OFF = "write_off"
    BOUNCE = "bounce"
    VOID = "void"
    ELSEWHERE = "elsewhere"
    HAND_IN = "hand_in"
    DIFFERENCE = "difference"
    REPAID = "repaid"
    REOPENED = "reopened"


class Posting(Base):
    """One amount, debited to one account and credited to another: a row cannot be out of balance.

    The postings of one event share `entry_id`, and `source_id` names the invoice, payment or order that it is about.
    Money that moves between a rep and the house is no customer's.
    Triggers refuse to change or delete a row; what was wrong is posted the other way round.
    """

    __tablename__ = "posting"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        CheckConstraint("debit <> credit", name="two_accounts"),
        CheckConstraint("length(currency) = 3", name="currency"),
        CheckConstraint("customer_id IS NOT NULL OR rep_id IS NOT NULL", name="whose"),
        Index(None, "customer_id", "day"),
        Index(None, "rep_id", "day"),
        Index(None, "source_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    entry_id: Mapped[uuid.UUID]
    cause: Mapped[Cause] = mapped_column(one_of(Cause, "cause"))
    source_id: Mapped[uuid.UUID]
    day: Mapped[date]
    at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    debit: Mapped[Account] = mapped_column(one_of(Account, "debit"))
    credit: Mapped[Account] = mapped_column(one_of(Account, "credit"))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customer.id"))
    rep_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
