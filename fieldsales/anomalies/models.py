"""Customers whose buying has changed."""

from __future__ import annotations

import uuid
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fieldsales.customers.models import Customer
from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of


class AnomalyKind(StrEnum):
    """About to churn, buying for much less, or ordering much less often."""

    CHURN_RISK = "churn_risk"
    AMOUNT_PLUNGE = "amount_plunge"
    COUNT_PLUNGE = "count_plunge"


class Anomaly(Base):
    """One flag on one customer, with the evidence in words and numbers. At most one of a kind is open."""

    __tablename__ = "anomaly"
    __table_args__ = (
        Index(
            "uq_anomaly_open",
            "customer_id",
            "kind",
            unique=True,
            sqlite_where=text("closed_on IS NULL"),
            postgresql_where=text("closed_on IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id"), index=True)
    kind: Mapped[AnomalyKind] = mapped_column(one_of(AnomalyKind, "kind"))
    opened_on: Mapped[date]
    seen_on: Mapped[date]
    closed_on: Mapped[date | None]
    closed_because: Mapped[str | None] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(String(500))
    evidence: Mapped[dict[str, Any]]
    at_risk_minor: Mapped[int] = mapped_column(BigInteger)

    customer: Mapped[Customer] = relationship()
