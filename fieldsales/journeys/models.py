"""Journey plans as they are stored."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id


class Journey(Base):
    """A rep's journey plan from one day to another, both included. Of a rep's plans no two share a day.

    `figures` say how good it is, see `journeys.rules.Figures`.
    """

    __tablename__ = "journey"
    __table_args__ = (
        CheckConstraint("first_day <= last_day", name="in_order"),
        Index(None, "rep_id", "first_day"),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    rep_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("user_account.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    figures: Mapped[dict[str, Any]]


class JourneyLine(Base):
    """The days of one customer in a journey plan, counted from its first day. None: not in these weeks."""

    __tablename__ = "journey_line"

    journey_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("journey.id", ondelete="CASCADE"), primary_key=True)
    customer_id: Mapped[uuid.UUID] = mapped_column(
        ForeignKey("customer.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    days: Mapped[list[int]]
