"""Pay of a month: a run, a slip for each rep, its lines, what was looked at, and what was corrected afterwards."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of
from fieldsales.earnings.rules import EntryKind, SourceKind

_CLOSED = text("state = 'closed'")
_OPEN = text("state = 'open'")


class RunState(StrEnum):
    """An open run may be closed, after which nothing of it changes any more, or discarded, which deletes its lines."""

    OPEN = "open"
    CLOSED = "closed"
    DISCARDED = "discarded"


class PayRun(Base):
    """What a scheme paid in one month. Its figures are never changed; a trigger of the database sees to it.

    `inputs_hash` names what was read of the books, `content_hash` all lines. `nobodys_minor` are sales of the month by
    which nobody earned, as no rep took them and none owned the customer.
    """

    __tablename__ = "pay_run"
    __table_args__ = (
        CheckConstraint("first <= last", name="days"),
        Index("uq_pay_run_closed", "code", "first", unique=True, sqlite_where=_CLOSED, postgresql_where=_CLOSED),
        Index("uq_pay_run_open", "code", "first", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "scheme_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    scheme_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("commission_scheme.id"))
    code: Mapped[str] = mapped_column(String(40))
    first: Mapped[date]
    last: Mapped[date]
    currency: Mapped[str] = mapped_column(String(3))
    state: Mapped[RunState] = mapped_column(one_of(RunState, "state"), default=RunState.OPEN)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    lines: Mapped[int]
    nobodys_minor: Mapped[int] = mapped_column(BigInteger)
    inputs_hash: Mapped[str] = mapped_column(String(64))
    content_hash: Mapped[str] = mapped_column(String(64))
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))


class PaySlip(Base):
    """What one rep gets of a run. `content` is how each rule came to its amount."""

    __tablename__ = "pay_slip"
    __table_args__ = (Index(None, "rep_id"),)

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pay_run.id"), primary_key=True)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    content: Mapped[dict[str, Any]]


class PayLine(Base):
    """A line of a slip: what one rule pays for one order, return or amount of money; or takes back of `origin_id`.

    `weight` of `of_weights` is the rep's share. `facts` has its parts down to the lines of the order, and why it is.
    """

    __tablename__ = "pay_line"
    __table_args__ = (
        Index(None, "run_id", "rep_id", "position", unique=True),
        Index(None, "source_id"),
        Index(None, "origin_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pay_run.id"))
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    position: Mapped[int]
    rule: Mapped[str] = mapped_column(String(60))
    kind: Mapped[EntryKind] = mapped_column(one_of(EntryKind, "kind"))
    source_kind: Mapped[SourceKind] = mapped_column(one_of(SourceKind, "source_kind"))
    source_id: Mapped[uuid.UUID]
    origin_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pay_line.id"))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customer.id"))
    day: Mapped[date]
    basis: Mapped[int] = mapped_column(BigInteger)
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    weight: Mapped[int]
    of_weights: Mapped[int]
    facts: Mapped[dict[str, Any]]


class PaySeen(Base):
    """A source that a run looked at, whether anybody earned by it or not: no later run pays it again."""

    __tablename__ = "pay_seen"
    __table_args__ = (Index(None, "source_id"),)

    run_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("pay_run.id"), primary_key=True)
    source_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)


class PayCorrection(Base):
    """An amount that a person asks to add to a rep's pay, or below 0 to take off; the next run of `code` enters it.

    It counts once an approval granted it. `line_id` is the line of a closed run that it mends, if it is about one.
    """

    __tablename__ = "pay_correction"
    __table_args__ = (
        CheckConstraint("amount_minor <> 0", name="amount"),
        Index(None, "code", "granted_at"),
        Index(None, "rep_id"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    code: Mapped[str] = mapped_column(String(40))
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    line_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pay_line.id"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    reason: Mapped[str] = mapped_column(String(500))
    asked_at: Mapped[datetime]
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    granted_at: Mapped[datetime | None]
    refused_at: Mapped[datetime | None]
