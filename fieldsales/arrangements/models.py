"""What was arranged with a customer."""

from __future__ import annotations

import uuid
from datetime import datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base


class Arrangement(Base):
    """What goes before the cadence of the customer's tier; what is empty does not.

    `weekdays` are named as in RFC 5545 (MO,TH). `from_time` and `to_time` are on the wall clock of the territory.
    """

    __tablename__ = "arrangement"
    __table_args__ = (
        CheckConstraint("(from_time IS NULL) = (to_time IS NULL)", name="hours_whole"),
        CheckConstraint("from_time < to_time", name="hours_in_order"),
        CheckConstraint("minimum_gap_days > 0", name="gap"),
    )

    customer_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True)
    rrule: Mapped[str | None] = mapped_column(String(200))
    minimum_gap_days: Mapped[int | None]
    weekdays: Mapped[str | None] = mapped_column(String(20))
    from_time: Mapped[time | None]
    to_time: Mapped[time | None]
    note: Mapped[str | None] = mapped_column(String(200))
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime]
