"""Each time that something was tried to be delivered, and what came of it."""

from __future__ import annotations

import uuid
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id


class DeliveryAttempt(Base):
    """One attempt to hand a letter to the mail server, or an event to a webhook. Never changed.

    `status` is the other side's HTTP status if it answered, `answer` the beginning of what it said, or why nobody did.
    """

    __tablename__ = "delivery_attempt"
    __table_args__ = (CheckConstraint("(letter_id IS NULL) <> (webhook_delivery_id IS NULL)", name="of_one"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    letter_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("letter.id", ondelete="CASCADE"), index=True)
    webhook_delivery_id: Mapped[uuid.UUID | None] = mapped_column(
        ForeignKey("webhook_delivery.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    taken: Mapped[bool]
    status: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(String(500))
