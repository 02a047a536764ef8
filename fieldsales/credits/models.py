"""How much a customer may owe, and how long it has to pay."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base


class CreditTerms(Base):
    """What a manager set for one customer in one currency. Null: no limit, or the days of the policy."""

    __tablename__ = "credit_terms"
    __table_args__ = (
        CheckConstraint("limit_minor >= 0", name="limit"),
        CheckConstraint("payment_days BETWEEN 0 AND 365", name="days"),
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), primary_key=True)
    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    limit_minor: Mapped[int | None] = mapped_column(BigInteger)
    payment_days: Mapped[int | None]
    set_at: Mapped[datetime]
    set_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
