"""Addresses that are told what happens, and what was sent to each."""

from __future__ import annotations

import uuid
from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from fieldsales.db.base import Base, new_id
from fieldsales.db.types import one_of

_WAITING = text("state = 'waiting'")


class DeliveryState(StrEnum):
    """A delivery waits until the other side has taken it, or is set aside after it refused it too often."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    SET_ASIDE = "set_aside"


class Webhook(Base):
    """An address of another system, the `topics` that it wants, and how far in the feed it has been told.

    `cursor_tx` is the first transaction of the feed's `epoch` that it has not been told of, `sequence` the number of
    the last event made for it. `failures` counts the attempts that failed since the last success, the next comes at
    `next_at`. One worker at a time sends to it, until `leased_until`. While `paused_at` is set nothing is sent, and
    nothing is lost. The secret signs: it must be kept as it is.
    """

    __tablename__ = "webhook"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    url: Mapped[str] = mapped_column(String(500))
    secret: Mapped[str] = mapped_column(String(80))
    topics: Mapped[list[str]]
    cursor_tx: Mapped[int] = mapped_column(BigInteger)
    epoch: Mapped[uuid.UUID]
    sequence: Mapped[int] = mapped_column(BigInteger, default=0)
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    next_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    lease: Mapped[uuid.UUID | None]
    made_at: Mapped[datetime]
    made_by: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("user_account.id"))
    paused_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]


class WebhookDelivery(Base):
    """One event on its way to one address, in the order of `sequence`. Its body never changes, nor does `event_id`.

    A delivery that is sent again is another row, with the same event and a later place.
    """

    __tablename__ = "webhook_delivery"
    __table_args__ = (
        UniqueConstraint("webhook_id", "sequence"),
        Index(
            "ix_webhook_delivery_waiting", "webhook_id", "sequence", sqlite_where=_WAITING, postgresql_where=_WAITING
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=new_id)
    webhook_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("webhook.id"))
    sequence: Mapped[int] = mapped_column(BigInteger)
    event_id: Mapped[uuid.UUID]
    topic: Mapped[str] = mapped_column(String(32))
    subject_id: Mapped[uuid.UUID]
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[DeliveryState] = mapped_column(one_of(DeliveryState, "state"), default=DeliveryState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    status: Mapped[int | None]
    answer: Mapped[str | None] = mapped_column(String(500))
