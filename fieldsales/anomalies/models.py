"""Customers whose buying has changed."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, false, text
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
    """One flag on one customer, with the evidence in words and numbers. At most one of a kind is open.

    `probability` is the chance at the last look that it orders nothing for 60 days, or that its orders have fallen to
    less than half. `cause_code` is what a person found out, who said so and when; that closes it.

    Where lots were drawn for whom to hold out (`holdout.rules`), `trial_bp` is the share in force, None on an anomaly
    that only joins an earlier draw of its customer; `trial_until` is the first day after. Nobody is sent to one that is
    `held_out` before that day, unless a person released it.
    """

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
        # The draws of a period, whatever else a few years of anomalies hold.
        Index(
            "ix_anomaly_drawn",
            "opened_on",
            sqlite_where=text("trial_bp IS NOT NULL"),
            postgresql_where=text("trial_bp IS NOT NULL"),
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
    probability: Mapped[float | None]
    cause_code: Mapped[str | None] = mapped_column(String(40))
    cause_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    cause_at: Mapped[datetime | None]
    held_out: Mapped[bool] = mapped_column(default=False, server_default=false())
    trial_bp: Mapped[int | None]
    trial_until: Mapped[date | None]
    released_at: Mapped[datetime | None]
    released_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    released_because: Mapped[str | None] = mapped_column(String(300))

    customer: Mapped[Customer] = relationship()

    @property
    def held_until(self) -> date | None:
        """The first day on which somebody may be sent; None if it was not held out, or was released."""
        return self.trial_until if self.held_out and self.released_at is None else None

    def held_on(self, day: date) -> bool:
        """Tell whether nobody is sent on a day."""
        return self.held_until is not None and day < self.held_until
