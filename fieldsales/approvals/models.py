"""What is asked of a person, with the facts laid out, and what persons said."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_SUBJECTS = ("mutation_id", "invoice_id", "count_id", "settlement_id", "correction_id", "adjustment_id")
_OPEN = text("state = 'open'")
_NAMED = ("count_id", "settlement_id", "correction_id", "adjustment_id", "customer_id")
_ABOUT = " OR ".join(f"{each} IS NOT NULL" for each in _NAMED)
_ONE_SUBJECT = " + ".join(f"CASE WHEN {each} IS NULL THEN 0 ELSE 1 END" for each in _SUBJECTS) + " = 1"


class ApprovalKind(StrEnum):
    """What is to be approved."""

    OVER_CREDIT = "over_credit"
    DISCOUNT = "discount"
    STALE_PRICE = "stale_price"
    GIFT = "gift"
    RETURN = "return"
    WRITE_OFF = "write_off"
    STOCK_COUNT = "stock_count"
    SETTLEMENT = "settlement"
    TARGET = "target"
    COMMISSION = "commission"


class ApprovalState(StrEnum):
    """What became of a request. `lapsed`: there was nothing left to decide, for instance as the limit was raised."""

    OPEN = "open"
    GRANTED = "granted"
    REFUSED = "refused"
    EXPIRED = "expired"
    LAPSED = "lapsed"


class Approval(Synced, Base):
    """A request to let something pass that is beyond what the system decides on its own.

    `kinds` are all reasons, `kind` the first of them. `mutation_id` is the held mutation that waits for it,
    `invoice_id` the invoice to write off; `count_id` the count of stock, `settlement_id` the settlement of a rep's day,
    `adjustment_id` the adjustment of a target and `correction_id` the correction of a rep's pay are about no customer.
    `needed` persons must agree; `facts` are as of `asked_at`.
    """

    __tablename__ = "approval"
    __feed__: ClassVar[Feed] = Feed("approval", Scope.REP, "asked_by")
    __table_args__ = (
        CheckConstraint("needed BETWEEN 1 AND 2", name="needed"),
        CheckConstraint("amount_minor >= 0", name="amount"),
        CheckConstraint(_ONE_SUBJECT, name="subject"),
        CheckConstraint(_ABOUT, name="about"),
        Index(None, "state", "expires_at"),
        Index(None, "mutation_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "invoice_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "count_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "settlement_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "adjustment_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index(None, "correction_id", unique=True, sqlite_where=_OPEN, postgresql_where=_OPEN),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    kind: Mapped[ApprovalKind] = mapped_column(one_of(ApprovalKind, "kind"))
    kinds: Mapped[list[str]]
    state: Mapped[ApprovalState] = mapped_column(one_of(ApprovalState, "state"), default=ApprovalState.OPEN)
    mutation_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("mutation.id"))
    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoice.id"))
    count_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stock_count.id"))
    settlement_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("settlement.id"))
    adjustment_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("target_adjustment.id"))
    correction_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("pay_correction.id"))
    customer_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("customer.id"))
    asked_by: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    needed: Mapped[int]
    reason: Mapped[str] = mapped_column(String(500))
    facts: Mapped[dict[str, Any]]
    decided_at: Mapped[datetime | None]
    decision_reason: Mapped[str | None] = mapped_column(String(500))

    votes: Mapped[list[Vote]] = relationship(order_by="Vote.at", lazy="selectin")


class Vote(Base):
    """What one person said, once. Null: the operator at the machine's own terminal."""

    __tablename__ = "approval_vote"
    __table_args__ = (UniqueConstraint("approval_id", "by"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    approval_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("approval.id", ondelete="CASCADE"))
    by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    grant: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(String(500))
    at: Mapped[datetime]
