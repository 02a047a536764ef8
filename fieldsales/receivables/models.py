"""Money that customers pay."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.changes.models import Feed, Scope, Synced
from fieldsales.db.base import Base
from fieldsales.db.types import one_of


class Method(StrEnum):
    """What the money came as."""

    CASH = "cash"
    TRANSFER = "transfer"
    CHEQUE = "cheque"
    WALLET = "wallet"


class Payment(Synced, Base):
    """Money that a rep took from a customer. The phone makes its id; it is recorded once and never changed.

    `reference` is what the paper or the wallet calls it: a cheque's or a transfer's number.
    """

    __tablename__ = "payment"
    __feed__: ClassVar[Feed] = Feed("payment", Scope.CUSTOMER, "customer_id")
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount"),
        Index(None, "customer_id", "paid_on"),
        Index(None, "rep_id", "paid_on"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"))
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    visit_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("visit.id"))
    method: Mapped[Method] = mapped_column(one_of(Method, "method"))
    currency: Mapped[str] = mapped_column(String(3))
    amount_minor: Mapped[int] = mapped_column(BigInteger)
    paid_on: Mapped[date]
    paid_at: Mapped[datetime]
    reference: Mapped[str | None] = mapped_column(String(80))
    flags: Mapped[list[str]] = mapped_column(default=list)
